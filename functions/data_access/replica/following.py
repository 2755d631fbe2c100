"""Follow the log: take its next entries into the tables of a replica, inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from functions.common.failures import Transient
from functions.data_access.replica.tables import OWN, columns, listed, make_records, quoted, tell, told

if TYPE_CHECKING:
    from sqlite3 import Connection

    from functions.data_access.dictionary import Cell, Dictionary
    from functions.data_access.registers import Logged, Origin

BATCH, BATCH_CHARACTERS = 5000, 8_000_000
"""Entries that are taken at once, and how much text there may be in their items: whatever they hold, they take little memory."""

type Row = tuple[Cell, ...]
type Line = tuple[int, str, str, str, bool]
"""What a record is made of: the entry's number, its key, its time, its item in its canonical form, and whether that removes the record."""


class Following:
    """The tables of one replica, and how far they are. Their full text is kept up where it is there already."""

    def __init__(self, connection: Connection, dictionary: Dictionary) -> None:
        self._connection = connection
        self._dictionary = dictionary
        about = told(connection)
        self.size = int(about.get("size", 0))
        self._keys = int(about.get("keys", 0))
        newest = connection.execute("SELECT * FROM origins ORDER BY id DESC LIMIT 1").fetchone()
        self._origins: int = newest[0] if newest else 0
        self._origin: tuple[str, ...] = newest[1:] if newest else ()
        self._searched = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'records_text'").fetchone() is not None

    def take(self, entries: Iterable[Logged]) -> None:
        """Take entries, of which the first is the next one. Raises Transient for one that does not follow the one before."""
        for batch in _batches(entries, lambda one: len(one.canonical)):
            if [one.number for one in batch] != list(range(self.size + 1, self.size + len(batch) + 1)):
                raise Transient(f"the log goes on after entry {self.size} with another than the next")
            ids = self._take_records([(one.number, one.key, one.timestamp, one.canonical, one.is_removal) for one in batch])
            self._take_entries(batch, ids)
            self.size += len(batch)
        tell(self._connection, "size", self.size)
        tell(self._connection, "keys", self._keys)

    def take_again(self) -> None:
        """Make all records anew, from the entries that are there: the dictionary has changed."""
        make_records(self._connection, self._dictionary)
        self._keys, self._searched = 0, False
        for batch in _batches(self._lines(), lambda line: len(line[3])):
            self._take_records(batch)

    def _lines(self) -> Iterator[Line]:
        reading = self._connection.cursor()
        for number, key, timestamp, item in reading.execute("SELECT number, key, timestamp, item FROM entries ORDER BY number"):
            yield number, key, timestamp, item, item == "{}"

    def _take_entries(self, batch: Sequence[Logged], ids: Sequence[int]) -> None:
        rows = [
            (one.number, id_, one.key, one.timestamp, one.hash, one.canonical, self._owed(one.origin))
            for one, id_ in zip(batch, ids, strict=True)
        ]
        self._connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _owed(self, origin: Origin) -> int:
        owed = (origin.event_id, origin.event_source, origin.correlation_id, origin.version)
        if owed != self._origin:
            self._origin, self._origins = owed, self._origins + 1
            self._connection.execute("INSERT INTO origins VALUES (?, ?, ?, ?, ?)", (self._origins, *owed))
        return self._origins

    def _take_records(self, batch: Sequence[Line]) -> list[int]:
        """Give each line its key's place, and the tables what stands after the last of them; gives the places."""
        standing, gone = self._known(batch)
        ids = standing | gone
        stands: dict[int, Row] = {}
        removed: dict[int, Row] = {}
        replaced: dict[int, int] = {}
        past: list[Row] = []
        places: list[int] = []
        for number, key, timestamp, item, is_removal in batch:
            place = ids.get(key)
            if place is None:
                self._keys += 1
                place = ids[key] = self._keys
            elif before := stands.pop(place, None):
                past.append((*before[:3], number, *before[3:]))
            elif key in standing:
                replaced.setdefault(place, number)
            places.append(place)
            removed.pop(place, None)
            if is_removal:
                removed[place] = (place, key, number)
            else:
                stands[place] = (place, key, number, timestamp, *self._dictionary.cells(json.loads(item)))
        self._supersede(replaced, past)
        touched = [(place,) for place in gone.values()]
        self._connection.executemany("DELETE FROM removed WHERE _id = ?", touched)
        self._connection.executemany("INSERT INTO removed VALUES (?, ?, ?)", removed.values())
        self._stand(list(stands.values()))
        return places

    def _known(self, batch: Sequence[Line]) -> tuple[dict[str, int], dict[str, int]]:
        """The places of those keys that have a record, and of those whose record was removed."""
        if not self._keys:
            return {}, {}
        keys = listed(list({key for _, key, *_ in batch}))
        found = "SELECT _key, _id FROM {} WHERE _key IN (SELECT value FROM json_each(?))"
        standing, gone = (dict(self._connection.execute(found.format(table), (keys,)).fetchall()) for table in ("records", "removed"))
        return standing, gone

    def _supersede(self, replaced: dict[int, int], past: list[Row]) -> None:
        """Rows of `records` become past at the number that replaced them, and what came and went within the batch is past already."""
        fields = columns(self._dictionary)
        ids = [(place,) for place in replaced]
        if self._searched:
            texts = ", ".join(map(quoted, self._dictionary.searched))
            self._connection.executemany(
                f"INSERT INTO records_text (records_text, rowid, {texts}) SELECT 'delete', _id, {texts} FROM records WHERE _id = ?", ids
            )
        self._connection.executemany(
            f"INSERT INTO past SELECT _id, _key, _entry, ?, _timestamp{fields} FROM records WHERE _id = ?",
            [(number, place) for place, number in replaced.items()],
        )
        self._connection.executemany("DELETE FROM records WHERE _id = ?", ids)
        self._connection.executemany(f"INSERT INTO past VALUES ({_marks(len(OWN) + 1 + len(self._dictionary.fields))})", past)

    def _stand(self, rows: list[Row]) -> None:
        self._connection.executemany(f"INSERT INTO records VALUES ({_marks(len(OWN) + len(self._dictionary.fields))})", rows)
        if self._searched:
            texts = ", ".join(map(quoted, self._dictionary.searched))
            self._connection.executemany(
                f"INSERT INTO records_text (rowid, {texts}) SELECT _id, {texts} FROM records WHERE _id = ?", [(row[0],) for row in rows]
            )


def _batches[Taken](taken: Iterable[Taken], length: Callable[[Taken], int]) -> Iterator[list[Taken]]:
    batch, characters = list[Taken](), 0
    for one in taken:
        batch.append(one)
        characters += length(one)
        if len(batch) == BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _marks(count: int) -> str:
    return ", ".join("?" * count)
