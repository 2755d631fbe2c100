"""Recompute a register from what is stored, entry for entry, and find the first place where it is not what its tree says.

Every item is hashed again, every leaf compared with the tree's, every tile and the frontier computed anew. Whoever changes an item, an
entry, a segment, a tile or the head is found out by the others; whoever changes them all alike, by a checkpoint that was signed before.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from functions.data_access import tiles
from functions.data_access.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Frontier, Growing, Tile
from functions.data_access.registers import Head, Logged, entry_leaf
from functions.data_access.store import segments, tail
from functions.data_access.store.segments import Segment
from schemas.proof import printed


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and the first entry that it touches."""

    entry: int
    what: str


class Found(Exception):
    """The audit ends here: what follows cannot be told from what was tampered with."""

    def __init__(self, entry: int, what: str) -> None:
        super().__init__(what)
        self.finding = Finding(entry, what)


@dataclass(frozen=True, slots=True)
class Audited:
    """How far the log is as it should be, and what is wrong after that, if anything is."""

    frontier: Frontier
    finding: Finding | None = None


def audit(register: str, head: Head, begun: Frontier, roots: Mapping[int, bytes], has_time: Callable[[], bool]) -> Audited:
    """Audit the entries after those that `begun` covers, as long as there is time. `roots` are those of earlier checkpoints, by size."""
    checked = begun
    try:
        for upto, entries in _parts(register, begun.size, head.size):
            checked = _follow(register, head, checked, upto, entries, roots)
            if not has_time():
                return Audited(checked)
        if checked.size == head.size and checked != head.frontier:
            raise Found(_last_tile(head.size), "the head's frontier is not that of the entries")
    except Found as found:
        return Audited(checked, found.finding)
    return Audited(checked)


def _follow(register: str, head: Head, begun: Frontier, upto: int, entries: Iterator[Logged], roots: Mapping[int, bytes]) -> Frontier:
    growing = Growing(begun, lambda tile: _check_tile(register, tile))
    expected, first = b"", -1
    for one in entries:
        index, offset = divmod(one.number - 1, TILE_WIDTH)
        if index != first:
            expected, first = _leaves(register, head, index), index
        leaf = entry_leaf(one.number, one.timestamp, one.key, one.hash)
        if leaf != expected[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]:
            raise Found(one.number, f"its key ({one.key}), its time or its item was changed, or the tree was")
        growing.append(leaf)
        _check_root(growing, roots)
    if growing.size < upto:
        raise Found(growing.size + 1, "it is not there")
    return growing.frontier()


def _parts(register: str, after: int, size: int) -> Iterator[tuple[int, Iterator[Logged]]]:
    """The log in parts: up to which number each goes, and its entries. Segments, and then the tail."""
    reached = after
    for segment in segments.index(register, after):
        if segment.first > reached + 1:
            raise Found(reached + 1, f"no segment has it, and the next begins with entry {segment.first}")
        upto = min(segment.last, size)
        yield upto, _segment(register, segment, reached, upto)
        reached = upto
    if reached < size:
        yield size, tail.read(register, reached, size)


def _segment(register: str, segment: Segment, after: int, upto: int) -> Iterator[Logged]:
    """The entries of a segment, as far as it can be read, whether or not it is what was written: of that, the tree is the judge."""
    reached, compressed = after, _raw(register, segment, after)
    try:
        for one in segments.numbered(segment, segments.lines(compressed), after, upto):
            yield one
            reached = one.number
    except (OSError, EOFError, ValueError, zlib.error):
        raise Found(reached + 1, f"segment {segment.file.digest} cannot be read from here on") from None
    if reached < upto:
        raise Found(reached + 1, f"it is not in segment {segment.file.digest}, where it was")
    if sha256(compressed).hexdigest() != segment.file.digest:
        raise Found(
            after + 1, f"segment {segment.file.digest} was changed, though its entries hold: what they are owed to, or how it is packed"
        )


def _raw(register: str, segment: Segment, after: int) -> bytes:
    from botocore.exceptions import ClientError  # here, as everything of boto3: importing a handler must cost little

    try:
        return segments.raw(register, segment.file)
    except ClientError:
        raise Found(after + 1, f"segment {segment.file.digest} is not there") from None


def _leaves(register: str, head: Head, index: int) -> bytes:
    return _stored(register, head.frontier, 0, index, min(TILE_WIDTH, head.size - index * TILE_WIDTH))


def _check_tile(register: str, tile: Tile) -> None:
    if tile.level and _stored(register, None, tile.level, tile.index, TILE_WIDTH) != tile.hashes:
        raise Found(_first_under(tile.level, tile.index), f"tile {tile.level}/{tile.index} of the tree is not that of the entries under it")


def _stored(register: str, frontier: Frontier | None, level: int, index: int, width: int) -> bytes:
    from botocore.exceptions import ClientError

    try:
        served = tiles.served(register, frontier, level, index, width) if frontier else tiles.fetch(register, level, index)
    except ClientError:
        served = None
    if served is None:
        raise Found(_first_under(level, index), f"tile {level}/{index} of the tree is not there")
    return served


def _check_root(growing: Growing, roots: Mapping[int, bytes]) -> None:
    wanted = roots.get(growing.size)
    if wanted is not None and wanted != (root := growing.frontier().root()):
        told = f"a checkpoint says {printed(wanted)} of {growing.size} entries, and they have {printed(root)}"
        raise Found(1, f"it or one up to entry {growing.size} was changed: {told}")


def _first_under(level: int, index: int) -> int:
    return (index << TILE_HEIGHT * (level + 1)) + 1


def _last_tile(size: int) -> int:
    return (size - 1) // TILE_WIDTH * TILE_WIDTH + 1 if size else 1
