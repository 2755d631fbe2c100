"""The full tiles of registers' Merkle trees, in the room's bucket, laid out as C2SP's tlog-tiles has it.

Each register's prefix is a log of its own: `registers/<name>/tile/<level>/<index>`, the index in groups of three digits (`x001/x234/067`).
A tile is written before the append that drops it from the frontier, and its hashes are settled by then: all who write it write the same.
"""

from __future__ import annotations

from functools import lru_cache

from functions.common import clients
from functions.common.settings import setting
from functions.data_access.merkle import Tile

KEPT_TILES = 512
"""Tiles a warm function remembers: 4 MB, and never out of date."""


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


def _address(register: str, level: int, index: int) -> str:
    groups = f"{index:,}".split(",")
    return f"registers/{register}/tile/{level}/{'/'.join([*(f'x{group:0>3}' for group in groups[:-1]), f'{groups[-1]:0>3}'])}"
