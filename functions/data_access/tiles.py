"""The full tiles of registers' Merkle trees, in the room's bucket, laid out as C2SP's tlog-tiles has it.

Each register's prefix is a log of its own: `registers/<name>/tile/<level>/<index>`, the index in groups of three digits (`x001/x234/067`).
A tile is written before the append that drops it from the frontier, and its hashes are settled by then: all who write it write the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

from functions.common import clients
from functions.common.settings import setting
from functions.data_access.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Frontier, Tile

KEPT_TILES = 512
"""Tiles a warm function remembers: 4 MB, and never out of date."""

_PLACE = re.compile(r"(?P<index>(?:x\d{3}/){0,5}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?")


def keep(register: str, tile: Tile) -> None:
    """Write a full tile."""
    clients.s3().put_object(
        Bucket=setting("BUCKET"),
        Key=_address(register, tile.level, tile.index),
        Body=tile.hashes,
        ContentType="application/octet-stream",
        CacheControl="public, max-age=31536000, immutable",
    )


@lru_cache(maxsize=KEPT_TILES)
def fetch(register: str, level: int, index: int) -> bytes:
    """Read a full tile."""
    return clients.s3().get_object(Bucket=setting("BUCKET"), Key=_address(register, level, index))["Body"].read()


def served(register: str, frontier: Frontier, level: int, index: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile, where there are so many by now: from the frontier or from the bucket."""
    there = frontier.size >> TILE_HEIGHT * level
    if index * TILE_WIDTH + width > there:
        return None
    last = (there - 1) // TILE_WIDTH
    hashes = frontier.tiles[level] if index == last else fetch(register, level, index)
    return hashes[: width * HASH_BYTES]


def parse(place: str) -> tuple[int, int] | None:
    """The index and the width in the last part of a tile's address, as `x001/x234/067` or `x001/x234/067.p/5`; None for any other."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    index, width = int(found["index"].replace("x", "").replace("/", "")), int(found["width"] or TILE_WIDTH)
    # One address for each tile: no group of zeros before the first that counts.
    return (index, width) if 0 < width <= TILE_WIDTH and _grouped(index) == found["index"] else None


def _address(register: str, level: int, index: int) -> str:
    return f"registers/{register}/tile/{level}/{_grouped(index)}"


def _grouped(index: int) -> str:
    groups = f"{index:,}".split(",")
    return "/".join([*(f"x{group:0>3}" for group in groups[:-1]), f"{groups[-1]:0>3}"])
