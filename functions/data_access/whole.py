"""A register read whole into memory, which follows its log: each question costs a read of the head, and of what is new since the last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from functions.data_access.registers import Entry, Head, Logged, Record
from functions.data_access.store import log
from schemas.proof import parsed

_followed: dict[str, Whole] = {}


class Whole:
    """All entries of a register, and its records in the order in which their keys first came."""

    def __init__(self) -> None:
        self._log: list[Logged] = []
        self._trails: dict[str, list[int]] = {}
        self._items: dict[bytes, str] = {}

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._log)

    @property
    def total(self) -> int:
        """How many records there are."""
        return len(self._trails)

    def add(self, one: Logged) -> None:
        """Take the next entry."""
        self._log.append(one)
        self._trails.setdefault(one.key, []).append(one.number)
        self._items[one.hash] = one.canonical

    def entry(self, number: int) -> Entry | None:
        """One entry."""
        return self._log[number - 1].entry if 1 <= number <= self.size else None

    def entries(self, start: int, count: int) -> Iterator[Entry]:
        """At most `count` entries from a number on."""
        return (one.entry for one in self._log[start - 1 : start - 1 + count])

    def trail(self, key: str, start: int, count: int) -> list[Entry]:
        """At most `count` entries of a key, oldest first, from the place `start` (from 1) on."""
        return [self._log[number - 1].entry for number in self._trails.get(key, [])[start - 1 : start - 1 + count]]

    def item(self, digest: str) -> str | None:
        """An item by its hash, in its canonical form."""
        return self._items.get(parsed(digest))

    def record(self, key: str) -> Record | None:
        """The record of a key."""
        trail = self._trails.get(key)
        return self._record(trail[-1]) if trail else None

    def records(self, start: int, count: int) -> Iterator[Record]:
        """At most `count` records, from a place (from 0) on."""
        return (self._record(trail[-1]) for trail in islice(self._trails.values(), start, start + count))

    def having(self, field: str, value: str, most: int) -> list[Record]:
        """At most so many records whose field has this value, or has it among its values."""
        found = (record for record in self.records(0, self.total) if value in _values(record.item.get(field, [])))
        return list(islice(found, most))

    def _record(self, number: int) -> Record:
        one = self._log[number - 1]
        return Record(one.entry, json.loads(one.canonical))


def at_head(register: str, head: Head) -> Whole:
    """The register as it stands at its head."""
    whole = _followed.setdefault(register, Whole())
    if whole.size > head.size:
        whole = _followed[register] = Whole()
    for one in log.since(register, whole.size, head.size):
        whole.add(one)
    return whole


def _values(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
