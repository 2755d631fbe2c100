"""Connections to SQLite: one that builds a file as quickly as can be, and those that use it then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE_BYTES = 8192
_QUICKEST = (f"page_size = {PAGE_BYTES}", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE")


def connect(address: str) -> sqlite3.Connection:
    """A connection to a `file:` address, whose transactions begin and end when they are told to."""
    # A writer is used by one thread at a time, under a lock that SQLite's own check knows nothing of.
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)


@contextmanager
def building(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes without a way back, all of it in one transaction: what it leaves unfinished is no file to keep."""
    connection = connect(f"file:{path}")
    try:
        for pragma in _QUICKEST:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()
