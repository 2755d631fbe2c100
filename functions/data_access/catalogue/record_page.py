"""What the page of a record tells: what it is now, and entry by entry what it was before and what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.data_access.canonical import Item
from functions.data_access.catalogue import words
from functions.data_access.catalogue.values import LONG, Part, entry_address, shown
from functions.data_access.dictionary import Dictionary, Field

if TYPE_CHECKING:
    from functions.data_access.registers import Entry
    from functions.data_access.replica import Replica

PAGE = 20
"""Entries of a record's history to a page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of a record and its value."""

    label: str
    name: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that an entry changed, from what to what."""

    label: str
    before: list[Part]
    after: list[Part]


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry in the history of a record: `said` in one sentence, and the fields that it changed."""

    number: int
    href: str
    timestamp: str
    moment: str
    said: str
    changes: list[Change]
    event_id: str


@dataclass(frozen=True, slots=True)
class History:
    """One page of a record's history, the newest first, and how many pages there are."""

    entries: list[Happened]
    total: int
    page: int
    pages: int


def fields(dictionary: Dictionary, item: Item) -> list[Shown]:
    """Every field of the dictionary with its value, then what else an old item has."""
    return [Shown(words.label(field.name), field.name, shown(field, item.get(field.name))) for field in _fields(dictionary, item)]


def history(current: Replica, key: str, page: int) -> History:
    """The entries of a key, the newest first, each compared with the one before it."""
    total = current.revisions(key)
    pages = max(1, -(-total // PAGE))
    page = min(page, pages)
    last = total - (page - 1) * PAGE
    first = max(1, last - PAGE + 1)
    # One more than is shown, where there is one: the oldest shown is compared with it, too.
    start = max(1, first - 1)
    trail = current.trail(key, start, last - start + 1)
    items = [_item(current, entry) for entry in trail]
    told = [
        _happened(current.register, current.dictionary, entry, before, after)
        for entry, before, after in zip(trail, [None, *items], items, strict=False)
    ]
    return History(told[first - start :][::-1], total, page, pages)


def changed(dictionary: Dictionary, before: Item, after: Item) -> list[Change]:
    """The fields whose values are not the same, long ones shortened."""
    return [
        Change(words.label(field.name), shown(field, before.get(field.name), LONG), shown(field, after.get(field.name), LONG))
        for field in _fields(dictionary, {**before, **after})
        if before.get(field.name) != after.get(field.name)
    ]


def _happened(register: str, dictionary: Dictionary, entry: Entry, before: Item | None, after: Item) -> Happened:
    changes = changed(dictionary, before, after) if before and after else []
    return Happened(
        entry.number,
        entry_address(register, entry.number),
        entry.timestamp,
        words.moment(entry.timestamp),
        _said(before, after, changes),
        changes,
        entry.origin.event_id,
    )


def _said(before: Item | None, after: Item, changes: Sequence[Change]) -> str:
    if not after:
        return "The record was removed."
    if before is None:
        return "The record came into the register."
    if not before:
        return "The record came back, after it had been removed."
    return f"{words.amount(len(changes), 'field')} changed." if changes else "It was said again, and nothing changed."


def _fields(dictionary: Dictionary, item: Mapping[str, Any]) -> list[Field]:
    return [*dictionary.fields, *(Field(name) for name in item if name not in dictionary.by_name)]


def _item(current: Replica, entry: Entry) -> Item:
    found: Item = json.loads(current.item(entry.item_hash) or "{}")
    return found
