"""What happened in a dataset, entry by entry, its values typed: everything since an entry, or what happened to one key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.data_access.dictionary import Dictionary, Value
from functions.data_access.queries.running import LARGEST_PAGE
from functions.data_access.registers import REMOVED
from schemas.proof import printed

if TYPE_CHECKING:
    from functions.data_access.registers import Logged
    from functions.data_access.replica import Replica

_ENTRIES = """SELECT number, timestamp, key, hash, item, event_id FROM entries JOIN origins ON origins.id = entries.origin
WHERE number > ?1 AND {which} ORDER BY number LIMIT ?2"""
_ALL = _ENTRIES.format(which="number <= ?3")
_OF_A_KEY = _ENTRIES.format(
    which="entries.id = (SELECT _id FROM records WHERE _key = ?3 UNION ALL SELECT _id FROM removed WHERE _key = ?3)"
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Some changes, each as the text of a JSON object; the number of the last one, where there are more behind it."""

    lines: list[str]
    last: int | None


def since(current: Replica, number: int, most: int) -> Changes:
    """At most so many changes, those behind an entry's number, oldest first: fewer, where an answer would hold no more."""
    return _changes(current.dictionary, _rows(current, _ALL, (number, most + 1, current.size)), number, most)


def of_a_key(current: Replica, key: str, number: int, most: int) -> Changes:
    """The same of one key: its history."""
    return _changes(current.dictionary, _rows(current, _OF_A_KEY, (number, most + 1, key)), number, most)


def in_the_log(dictionary: Dictionary, entries: Iterable[Logged], number: int, most: int) -> Changes:
    """The same from the log itself, where a register is larger than a replica may be: its `entries` behind the number."""
    rows = ((one.number, one.timestamp, one.key, one.hash, one.canonical, one.origin.event_id) for one in entries)
    return _changes(dictionary, rows, number, most)


def typed(dictionary: Dictionary, item: Mapping[str, str | list[str]]) -> dict[str, Value | None]:
    """An item with every field of the dictionary, typed; null where it has none, or one that is not of its type."""
    return {field.name: field.value(cell) for field, cell in zip(dictionary.fields, dictionary.cells(item), strict=True)}


def _changes(dictionary: Dictionary, rows: Iterable[tuple[Any, ...]], number: int, most: int) -> Changes:
    lines, size, last = list[str](), 0, number
    for row in rows:
        line = _line(dictionary, *row)
        size += len(line.encode())
        # One line always goes: an entry's item has a bound of its own.
        if len(lines) == most or (lines and size > LARGEST_PAGE):
            return Changes(lines, last)
        lines.append(line)
        last = row[0]
    return Changes(lines, None)


def _rows(current: Replica, statement: str, values: tuple[object, ...]) -> Iterable[tuple[Any, ...]]:
    return current.connection.execute(statement, values)


def _line(dictionary: Dictionary, number: int, timestamp: str, key: str, digest: bytes, item: str, event_id: str) -> str:
    line = {
        "entry": number,
        "key": key,
        "timestamp": timestamp,
        "item_hash": printed(digest),
        "event_id": event_id,
        "removed": item == REMOVED,
        "record": None if item == REMOVED else typed(dictionary, json.loads(item)),
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
