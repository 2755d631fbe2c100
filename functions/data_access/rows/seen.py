"""The keys that a file has had so far, on disk: a file may have more of them than fit in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory

MOST_ASKED = 1_000
"""Keys in one question to SQLite."""


class Seen:
    """Keys, each with the number of the row that had it first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE TABLE seen(key TEXT PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID")

    def add(self, rows: Sequence[tuple[str, int]]) -> dict[int, int]:
        """Remember keys with the numbers of their rows, a thousand at most; for a row whose key was there before, the row that had it."""
        added = self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", rows).rowcount
        if added == len(rows):
            return {}
        first = self._rows([key for key, _ in rows])
        return {row: first[key] for key, row in rows if first[key] != row}

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Which of these keys, a thousand at most, the file has not had."""
        found = self._rows(keys)
        return [key for key in keys if key not in found]

    def _rows(self, keys: Sequence[str]) -> dict[str, int]:
        asked = ",".join("?" * len(keys))
        return dict(self._connection.execute(f"SELECT key, row FROM seen WHERE key IN ({asked})", keys))  # noqa: S608  # marks alone


@contextmanager
def seen() -> Iterator[Seen]:
    """An empty memory, which goes with its file at the end."""
    with TemporaryDirectory(prefix="seen-") as folder:
        connection = sqlite3.connect(f"{folder}/seen.sqlite", isolation_level=None)
        # Nobody reads it after a crash: it need not be safe from one.
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN")
        try:
            yield Seen(connection)
        finally:
            connection.close()
