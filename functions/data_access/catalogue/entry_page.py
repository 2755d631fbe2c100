"""What the page of an entry tells: what it says, and each step by which anybody can check that it is in the log."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import partial

from functions.common.log import logger
from functions.data_access import tiles
from functions.data_access.canonical import item_hash
from functions.data_access.catalogue import proving, words
from functions.data_access.catalogue.proving import Span
from functions.data_access.merkle import Tree
from functions.data_access.registers import Head, Logged
from schemas.proof import leaf_bytes, leaf_hash, printed


@dataclass(frozen=True, slots=True)
class Step:
    """One hash of the proof, in words: what is given and where it stands, and what both are together."""

    given: str
    beside: str
    before: bool
    computed: str
    covers: str


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry and its way up to the root hash; `holds` says whether both ends meet."""

    item: str
    item_hash: str
    leaf: str
    leaf_hash: str
    steps: list[Step]
    root: str
    root_in_base64: str
    size: int
    holds: bool


def prove(register: str, head: Head, logged: Logged) -> Proof:
    """The proof of an entry, computed from its item up as a reader would, and compared with the root hash of the register."""
    leaf = leaf_bytes(logged.entry.wire())
    path = Tree(head.frontier, partial(tiles.fetch, register)).inclusion(logged.number - 1, head.size)
    steps = proving.steps(leaf_hash(leaf), logged.number, head.size, path)
    computed = steps[-1].computed if steps else leaf_hash(leaf)
    hashed = item_hash(logged.canonical.encode())
    holds = computed == head.root and hashed == printed(logged.hash)
    if not holds:
        logger.error("an entry is not what the root hash covers", register=register, entry_number=logged.number)
    return Proof(
        logged.canonical,
        hashed,
        leaf.decode(),
        printed(leaf_hash(leaf)),
        [
            Step(printed(step.given), _entries(step.beside), step.before, printed(step.computed), _entries(step.covers, head.size))
            for step in steps
        ],
        printed(head.root),
        base64.b64encode(head.root).decode(),
        head.size,
        holds,
    )


def _entries(span: Span, size: int = 0) -> str:
    if span.first == span.last:
        return f"entry {span.first:,}"
    if span == Span(1, size):
        return f"all {words.amount(size, 'entry', 'entries')}"
    return f"entries {span.first:,} to {span.last:,}"
