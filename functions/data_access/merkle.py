"""The Merkle tree over a register's entries (RFC 6962), kept as tiles of 256 hashes.

Level 0 holds the leaf hashes, 256 to a tile; a hash of level n+1 is the root of one full tile of level n. The last tile of every level,
full or not, is the frontier: with it an append touches no other tile, and a root of the present size none either. A full tile leaves the
frontier when the next hash of its level arrives, and never changes again: it may be written elsewhere before that append, since its content
is already decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce

from schemas.proof import EMPTY_ROOT, node_hash

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES
HIGHEST = 8
"""Levels of tiles: more than any log will fill."""

type FetchTile = Callable[[int, int], bytes]
"""The full tile at (level, index) that has left the frontier: 256 hashes in a row."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A full tile, and where it stands."""

    level: int
    index: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """How many leaves there are, and the last tile of each level: 1 to 256 hashes in a row."""

    size: int = 0
    tiles: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> tuple[Frontier, list[Tile]]:
        """The frontier with one more leaf hash, and the full tiles that leave it, to be kept elsewhere."""
        leaving = list[Tile]()
        growing = Growing(self, leaving.append)
        growing.append(leaf)
        return growing.frontier(), leaving

    def root(self) -> bytes:
        """The root hash of all leaves, for which no other tile is needed."""
        return Tree(self, _none_left).root(self.size)


EMPTY = Frontier()


class Growing:
    """A frontier that takes many leaf hashes in a row; each full tile that leaves it is handed to `keep`."""

    def __init__(self, begun: Frontier, keep: Callable[[Tile], object]) -> None:
        self.size = begun.size
        self._tiles = [bytearray(tile) for tile in begun.tiles]
        self._keep = keep

    def append(self, leaf: bytes) -> None:
        """Take one more leaf hash."""
        arriving, level = leaf, 0
        while True:
            if level == len(self._tiles):
                self._tiles.append(bytearray())
            last = self._tiles[level]
            if len(last) == TILE_BYTES:
                self._keep(Tile(level, (self.size >> TILE_HEIGHT * (level + 1)) - 1, bytes(last)))
                last.clear()
            last += arriving
            if len(last) < TILE_BYTES:
                break
            arriving, level = _root(bytes(last)), level + 1
        self.size += 1

    def frontier(self) -> Frontier:
        """As it is now."""
        return Frontier(self.size, tuple(bytes(tile) for tile in self._tiles))


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree to ask for roots and proofs, of its present size or any smaller one, in O(log n) tiles."""

    frontier: Frontier
    fetch: FetchTile

    def root(self, size: int) -> bytes:
        """The root hash of the first `size` leaves."""
        return self._hash(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[size]): what the leaf at `index` (from 0) needs beside it to give the root of the first `size` leaves."""
        path, start, end = list[bytes](), 0, size
        while end - start > 1:
            split = start + largest_power_below(end - start)
            if index < split:
                path.append(self._hash(split, end))
                end = split
            else:
                path.append(self._hash(start, split))
                start = split
        return path[::-1]

    def consistency(self, smaller: int, larger: int) -> list[bytes]:
        """PROOF(smaller, D[larger]): what shows that the first `smaller` leaves begin the first `larger` ones."""
        nodes, start, end = list[bytes](), 0, larger
        while smaller != end:
            split = start + largest_power_below(end - start)
            if smaller <= split:
                nodes.append(self._hash(split, end))
                end = split
            else:
                nodes.append(self._hash(start, split))
                start = split
        if start:
            nodes.append(self._hash(start, end))
        return nodes[::-1]

    def _hash(self, start: int, end: int) -> bytes:
        """The hash of the leaves from `start` to `end`, where `start` is aligned as the tree splits."""
        return _fold([self._perfect(height, index) for height, index in _perfect_subtrees(start, end)])

    def _perfect(self, height: int, index: int) -> bytes:
        """The root of the perfect subtree of 2^height leaves at `index` among those of its height."""
        level, above = divmod(height, TILE_HEIGHT)
        tile, offset = divmod(index << above, TILE_WIDTH)
        hashes = self._tile(level, tile)
        return _root(hashes[offset * HASH_BYTES : (offset + (1 << above)) * HASH_BYTES])

    def _tile(self, level: int, index: int) -> bytes:
        last = ((self.frontier.size >> TILE_HEIGHT * level) - 1) >> TILE_HEIGHT
        return self.frontier.tiles[level] if index == last else self.fetch(level, index)


def _none_left(level: int, index: int) -> bytes:
    raise LookupError(f"tile {index} of level {level} has left the frontier")


def _perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees (height, index) that cover a range, widest first."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def _fold(roots: list[bytes]) -> bytes:
    """The root over subtrees that grow narrower: the tree leans left, so it is closed from the right."""
    return reduce(lambda right, left: node_hash(left, right), reversed(roots))


def _root(hashes: bytes) -> bytes:
    """The root over a power of two of hashes in a row."""
    row = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def largest_power_below(number: int) -> int:
    """The largest power of two smaller than a number above 1."""
    return 1 << (number - 1).bit_length() - 1
