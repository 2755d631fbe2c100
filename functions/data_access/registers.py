"""What a register is made of (Open Registers v1, contract 2.1).

Items hold the fields of things; entries name an item, a key and a time; a record is the latest entry of a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

from functions.common.failures import Invalid
from functions.data_access.canonical import Item, canonical_json, item_hash
from functions.data_access.merkle import EMPTY, Frontier
from schemas.proof import LEAF_FIELDS, leaf_bytes, leaf_hash, printed

MAXIMUM_KEY = 256
MAXIMUM_ITEM_BYTES = 100_000
"""A record carries its item, so that it is read in one go, and both stand in one transaction: well under DynamoDB's 400 KB an item."""

REMOVED = "{}"
"""The item of an entry that says that a thing is gone."""

NUMBERS = LEAF_FIELDS[:4]
"""What entries and records both begin with."""
ENTRY_COLUMNS = LEAF_FIELDS

_KEY = re.compile(r"[A-Za-z0-9](?:[-_./]?[A-Za-z0-9])*[-_./]?")


@dataclass(frozen=True, slots=True)
class Origin:
    """The event that an entry is owed to, and the version it gave the record."""

    event_id: str
    event_source: str
    correlation_id: str
    version: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: at this time, this key took this item."""

    number: int
    timestamp: str
    key: str
    item_hash: str
    origin: Origin

    def wire(self) -> dict[str, str | list[str]]:
        """The entry as JSON."""
        return {**_numbered(self), "item-hash": [self.item_hash]}

    def leaf(self) -> bytes:
        """Its leaf hash in the register's Merkle tree."""
        return leaf_hash(leaf_bytes(self.wire()))


@dataclass(frozen=True, slots=True)
class Record:
    """The latest entry of a key, with its item."""

    entry: Entry
    item: Item

    def wire(self) -> dict[str, object]:
        """The record as JSON, without the key it stands under."""
        return {**_numbered(self.entry), "item": [self.item]}

    def row(self) -> Item:
        """The record as one row: its numbers, then its fields."""
        return {**_numbered(self.entry), **self.item}


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log with all that it says: the entry, the item in its canonical form with its hash, and what it is owed to."""

    number: int
    key: str
    timestamp: str
    canonical: str
    hash: bytes
    origin: Origin

    @property
    def entry(self) -> Entry:
        """The line without its item."""
        return Entry(self.number, self.timestamp, self.key, printed(self.hash), self.origin)

    @property
    def is_removal(self) -> bool:
        """Whether it says that the thing is gone: an item without a field."""
        return self.canonical == REMOVED


@dataclass(frozen=True, slots=True)
class Range:
    """Entries in a row, from the first to the last; none, where the last is before the first."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where a register stands: whose it is, the frontier of its tree (and so its size), and when it last changed.

    Its first `segmented` entries are in segments, the others in the tail. `loaded` is the version of the newest bulk load. While
    `lease` is that of a bulk load and `leased_until` (seconds since 1970) is to come, nobody else appends.
    """

    owner: str
    frontier: Frontier = EMPTY
    updated: str = ""
    segmented: int = 0
    loaded: str = ""
    lease: str = ""
    leased_until: int = 0

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.frontier.size

    @property
    def root(self) -> bytes:
        """The root hash of all entries: the frontier holds all that it takes."""
        return self.frontier.root()


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """An item in its canonical form, and the hash that names it."""

    fields: Item
    canonical: bytes
    hash: str


def entry_leaf(number: int, timestamp: str, key: str, digest: bytes) -> bytes:
    """The leaf hash of an entry, from its parts: neither a key nor a time needs an escape in JSON. For loads of millions."""
    numbers = f'"index-entry-number":"{number}","entry-number":"{number}"'
    leaf = f'{{{numbers},"entry-timestamp":"{timestamp}","key":"{key}","item-hash":["{printed(digest)}"]}}'
    return leaf_hash(leaf.encode())


def checked_key(key: str) -> str:
    """The key, when it follows the grammar of contract 2.1. Raises Invalid."""
    if len(key) > MAXIMUM_KEY or not _KEY.fullmatch(key):
        raise Invalid("must begin with a letter or digit, and go on with letters, digits and single - _ . or /, 256 in all at most", "key")
    return key


def checked_item(fields: Mapping[str, object], known: Collection[str]) -> CheckedItem:
    """The item a register with these `known` fields keeps: numbers and booleans written out, nulls dropped.

    Raises Invalid for an unknown field, for what is then neither text nor a list of texts, and for too much.
    """
    item = {name: _value(name, value) for name, value in fields.items() if value is not None}
    if unknown := sorted(item.keys() - known):
        raise Invalid(f"is not a field of the register, which has {', '.join(known)}", f"item.{unknown[0][:128]}")
    try:
        canonical = canonical_json(item)
    except UnicodeEncodeError:
        raise Invalid("holds half of a surrogate pair, which UTF-8 cannot write", "item") from None
    if len(canonical) > MAXIMUM_ITEM_BYTES:
        raise Invalid(f"has {len(canonical)} bytes, and a register takes {MAXIMUM_ITEM_BYTES}", "item")
    return CheckedItem(json.loads(canonical), canonical, item_hash(canonical))


def timestamp(moment: datetime) -> str:
    """A moment as registers write it: RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def columns(known: Iterable[str], rows: Iterable[Item]) -> list[str]:
    """The columns of records as rows: their numbers, the register's known fields, and what older rows still have beside."""
    return list(dict.fromkeys([*NUMBERS, *known, *(name for row in rows for name in row)]))


def _numbered(entry: Entry) -> dict[str, str | list[str]]:
    number = str(entry.number)
    return dict(zip(NUMBERS, (number, number, entry.timestamp, entry.key), strict=True))


def _value(name: str, value: object) -> str | list[str]:
    if isinstance(value, list):
        return [_text(name, part) for part in value if part is not None]
    return _text(name, value)


def _text(name: str, value: object) -> str:
    match value:
        case str():
            return value
        case bool() | int():
            return json.dumps(value)
        case float() if isfinite(value):
            return json.dumps(value)
        case float():
            raise Invalid("is a number that cannot be written down", f"item.{name[:128]}")
    raise Invalid(f"must be a text or a list of texts, not a nested {type(value).__name__}", f"item.{name[:128]}")
