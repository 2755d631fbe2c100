"""A register as at one entry number, to be read in SQL: what every reader of registers, datasets and CKAN's actions asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from functions.data_access.registers import Entry, Origin, Record
from functions.data_access.replica.tables import listed, quoted, told
from schemas.proof import parsed, printed

if TYPE_CHECKING:
    from sqlite3 import Connection

    from functions.data_access.dictionary import Dictionary

_ENTRY = "number, timestamp, key, hash, event_id, event_source, correlation_id, version"
_ENTRIES = f"SELECT {_ENTRY} FROM entries JOIN origins ON origins.id = entries.origin"
_RECORDS = f"SELECT {_ENTRY}, item FROM entries JOIN origins ON origins.id = entries.origin"


class Replica:
    """The tables of `tables.py` in a read-only `connection`, which stands at `size` until it is left or asked for again in this thread.

    What is asked here is what registers show (contract 2.1): a record that was removed is there, with an empty item.
    """

    def __init__(self, register: str, dictionary: Dictionary, connection: Connection) -> None:
        self.register = register
        self.dictionary = dictionary
        self.connection = connection
        # The first read decides what all others see.
        connection.execute("BEGIN")
        about = told(connection)
        self.size = int(about["size"])
        self.total = int(about["keys"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Look no longer at this state of the register."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    @property
    def bytes_held(self) -> int:
        """How large all of it is."""
        return int(self._one("PRAGMA page_count")) * int(self._one("PRAGMA page_size"))

    def entry(self, number: int) -> Entry | None:
        """One entry."""
        return next(self._entries(f"{_ENTRIES} WHERE number = ?", number), None)

    def entries(self, start: int, count: int) -> Iterator[Entry]:
        """At most `count` entries from number `start` on."""
        return self._entries(f"{_ENTRIES} WHERE number >= ? ORDER BY number LIMIT ?", start, count)

    def trail(self, key: str, start: int, count: int) -> list[Entry]:
        """At most `count` entries of a key, oldest first, from the place `start` (from 1) on."""
        place = self._place(key)
        return [*self._entries(f"{_ENTRIES} WHERE entries.id = ? ORDER BY number LIMIT ? OFFSET ?", place, count, start - 1)]

    def revisions(self, key: str) -> int:
        """How many entries a key has had."""
        return int(self._one("SELECT count(*) FROM entries WHERE id = ?", self._place(key)))

    def item(self, item_hash: str) -> str | None:
        """An item by its hash, in its canonical form."""
        found: str | None = self._one("SELECT item FROM entries WHERE hash = ? LIMIT 1", parsed(item_hash))
        return found

    def record(self, key: str) -> Record | None:
        """The record of a key."""
        return next(self._records(f"{_RECORDS} WHERE entries.id = ? ORDER BY number DESC LIMIT 1", self._place(key)), None)

    def records(self, start: int, count: int) -> Iterator[Record]:
        """At most `count` records from place `start` (from 0) on, in the order in which their keys first came."""
        standing = "SELECT _id, _entry FROM {} WHERE _id > ?1 AND _id <= ?1 + ?2"
        both = f"{standing.format('records')} UNION ALL {standing.format('removed')}"
        return self._records(f"{_RECORDS} WHERE number IN (SELECT _entry FROM ({both})) ORDER BY entries.id", start, count)

    def having(self, field: str, value: str, most: int) -> list[Record]:
        """At most so many records whose field has this value, or has it among its values, in the order of their keys' places."""
        known = self.dictionary.by_name.get(field)
        cell = known.cell([value] if known.many else value) if known else None
        if known is None or cell is None:
            return []
        name = quoted(field)
        members = f"EXISTS (SELECT 1 FROM json_each({name}) WHERE value IN (SELECT value FROM json_each(?)))"
        found = f"SELECT _entry FROM records WHERE {members if known.many else f'{name} = ?'} ORDER BY _id LIMIT ?"
        return [*self._records(f"{_RECORDS} WHERE number IN ({found}) ORDER BY entries.id", cell, most)]

    def removed(self, key: str) -> int | None:
        """The number of the entry that removed a key's record, where that is its latest."""
        number: int | None = self._one("SELECT _entry FROM removed WHERE _key = ?", key)
        return number

    def hashes(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The hash of the item of each of these keys that has a record."""
        asked = "SELECT _key, hash FROM records JOIN entries ON number = _entry WHERE _key IN (SELECT value FROM json_each(?))"
        return dict(self.connection.execute(asked, (listed(keys),)).fetchall())

    def keys(self) -> Iterator[str]:
        """The keys of all records, in the order in which they first came."""
        return (key for (key,) in self.connection.execute("SELECT _key FROM records ORDER BY _id"))

    def _place(self, key: str) -> int | None:
        both = "SELECT _id FROM records WHERE _key = ?1 UNION ALL SELECT _id FROM removed WHERE _key = ?1"
        place: int | None = self._one(both, key)
        return place

    def _one(self, sql: str, *values: object) -> Any:
        found = self.connection.execute(sql, values).fetchone()
        return found[0] if found else None

    def _entries(self, sql: str, *values: object) -> Iterator[Entry]:
        return (_entry(row) for row in self.connection.execute(sql, values))

    def _records(self, sql: str, *values: object) -> Iterator[Record]:
        return (Record(_entry(row), json.loads(row[8])) for row in self.connection.execute(sql, values))


def _entry(row: tuple[Any, ...]) -> Entry:
    number, timestamp, key, digest, *origin = row[:8]
    return Entry(number, timestamp, key, printed(digest), Origin(*origin))
