"""The proof of an entry, step by step, so that whoever reads it can take each step themselves (RFC 6962, 2.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from functions.data_access.merkle import largest_power_below
from schemas.proof import node_hash


@dataclass(frozen=True, slots=True)
class Span:
    """Entries in a row, from the first to the last."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Step:
    """A hash that the proof gives, which covers the entries of `beside` and stands before or behind what is known so far.

    Both together have the hash `computed`, which covers the entries of `covers`.
    """

    given: bytes
    before: bool
    beside: Span
    computed: bytes
    covers: Span


def steps(leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> list[Step]:
    """The way from the leaf hash of an entry to the root hash of the first `size` entries, along its audit path.

    Raises ValueError for a path that is not as long as the place of the entry makes it.
    """
    taken, computed, covers = list[Step](), leaf, Span(number, number)
    for given, (beside, before) in zip(path, _siblings(number, size), strict=True):
        computed = node_hash(given, computed) if before else node_hash(computed, given)
        covers = Span(min(covers.first, beside.first), max(covers.last, beside.last))
        taken.append(Step(given, before, beside, computed, covers))
    return taken


def _siblings(number: int, size: int) -> list[tuple[Span, bool]]:
    """What stands beside the way from an entry up to the root, nearest to the entry first, and whether it stands before it."""
    beside, start, end = list[tuple[Span, bool]](), 0, size
    while end - start > 1:
        split = start + largest_power_below(end - start)
        if number <= split:
            beside.append((Span(split + 1, end), False))
            end = split
        else:
            beside.append((Span(start + 1, split), True))
            start = split
    return beside[::-1]
