"""Register Serialisation Format, version 1 (contract 2.3): a register, or a part of its log, as lines of text with its root hashes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal

from functions.common.failures import Invalid, Problem
from functions.data_access.canonical import Item, canonical_json
from functions.data_access.dictionary import Dictionary
from functions.data_access.registers import MAXIMUM_ITEM_BYTES, Entry, checked_key
from schemas.proof import parsed, printed

MEDIA_TYPE = "application/uk-gov-rsf"
MOST_PROBLEMS = 100
"""Broken lines that one answer tells of."""

_TIMESTAMP = "%Y-%m-%dT%H:%M:%SZ"
_SYSTEM_KEY = re.compile(r"name|register-name|custodian|(field|register):[a-z][a-z0-9-]*")

type FindItem = Callable[[str], str | None]
"""An item of the register by its hash, in its canonical form."""


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """What a register says of itself, which its root hash does not cover: a key such as `name` or `field:<f>`, and an item."""

    key: str
    timestamp: str
    item: Item


@dataclass(frozen=True, slots=True)
class UserEntry:
    """An entry to append, which takes the next number."""

    key: str
    timestamp: str
    canonical: str


@dataclass(slots=True)
class Reading:
    """What was read: entries, root hashes that must hold after so many of the user entries, and what is wrong with which line."""

    user: list[UserEntry] = field(default_factory=list)
    system: list[SystemEntry] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    asserted: dict[int, int] = field(default_factory=dict)
    """The number of the line that gave each root hash."""
    problems: list[Problem] = field(default_factory=list)


def assert_root(root: bytes) -> str:
    """The line that asserts a root hash."""
    return f"assert-root-hash\t{printed(root)}\n"


def add_item(canonical: str) -> str:
    """The line that adds an item."""
    return f"add-item\t{canonical}\n"


def append_entry(kind: Literal["user", "system"], key: str, timestamp: str, item_hash: str) -> str:
    """The line that appends an entry."""
    return f"append-entry\t{kind}\t{key}\t{timestamp}\t{item_hash}\n"


def part_lines(entries: Callable[[], Iterator[Entry]], item: FindItem, before: bytes, after: bytes) -> Iterator[str]:
    """A part of the log, from one root to another. `entries` begins them anew: they are gone through twice, items first."""
    yield assert_root(before)
    if before != after:
        yield from _item_lines(entries(), item)
        yield from _entry_lines(entries())
        yield assert_root(after)


def whole_lines(system: Collection[SystemEntry], entries: Callable[[], Iterator[Entry]], item: FindItem, root: bytes) -> Iterator[str]:
    """The whole register, from the empty root to the present one."""
    yield assert_root(sha256().digest())
    items = {one.key: canonical_json(one.item) for one in system}
    yield from (add_item(canonical.decode()) for canonical in dict.fromkeys(items.values()))
    yield from _item_lines(entries(), item)
    yield from (append_entry("system", one.key, one.timestamp, printed(sha256(items[one.key]).digest())) for one in system)
    yield from _entry_lines(entries())
    yield assert_root(root)


def read(body: bytes, dictionary: Dictionary, known: FindItem) -> Reading:
    """Read a stream for a register with this dictionary, which may know its items already. What is wrong stands in the answer."""
    reader = _Reader(dictionary, known)
    lines = body.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, 1):
        try:
            reader.take(number, line)
        except Invalid as wrong:
            reader.refuse(number, str(wrong))
        if len(reader.reading.problems) >= MOST_PROBLEMS:
            return reader.reading
    reader.finish()
    return reader.reading


class _Reader:
    """The state of a stream: which items it has added, and which of them an entry has named."""

    def __init__(self, dictionary: Dictionary, known: FindItem) -> None:
        self.reading = Reading()
        self._dictionary = dictionary
        self._known = known
        self._added: dict[str, tuple[int, str]] = {}
        self._named: set[str] = set()
        self._broken: set[str] = set()

    def take(self, number: int, line: bytes) -> None:
        """Take one line. Raises Invalid for a broken one."""
        try:
            command, *arguments = line.decode().split("\t")
        except UnicodeDecodeError:
            raise Invalid("is not UTF-8") from None
        match command, arguments:
            case "assert-root-hash", [root]:
                self._assert(number, root)
            case "add-item", [canonical]:
                self._add(number, canonical)
            case "append-entry", [("user" | "system") as kind, key, timestamp, item_hash]:
                self._append(kind, key, timestamp, item_hash)
            case (("assert-root-hash" | "add-item" | "append-entry"), _):
                raise Invalid(f"is no {command}: its parts are separated by one tab each, and all must be there")
            case _:
                raise Invalid("must begin with assert-root-hash, add-item or append-entry, and a tab")

    def refuse(self, number: int, message: str) -> None:
        """Say what is wrong with a line."""
        self.reading.problems.append(Problem(("line", number), "rsf", message))

    def finish(self) -> None:
        """Refuse the items that no entry has named."""
        for item_hash, (number, _) in self._added.items():
            if item_hash not in self._named and len(self.reading.problems) < MOST_PROBLEMS:
                self.refuse(number, "adds an item that no entry of this stream names")

    def _add(self, number: int, canonical: str) -> None:
        item_hash = printed(sha256(canonical.encode()).digest())
        try:
            _check_canonical(canonical)
        except Invalid:
            self._broken.add(item_hash)
            raise
        self._added.setdefault(item_hash, (number, canonical))

    def _assert(self, number: int, root: str) -> None:
        after, digest = len(self.reading.user), _digest(root)
        if self.reading.roots.setdefault(after, digest) != digest:
            raise Invalid(f"asserts another root hash than line {self.reading.asserted[after]}, with no user entry between")
        self.reading.asserted.setdefault(after, number)

    def _append(self, kind: str, key: str, timestamp: str, item_hash: str) -> None:
        _check_timestamp(timestamp)
        _digest(item_hash)
        if item_hash in self._broken:
            return  # which has been told of the line that adds it
        self._named.add(item_hash)
        _, canonical = self._added.get(item_hash) or (0, self._known(item_hash))
        if canonical is None:
            raise Invalid(f"names the item {item_hash}, which neither this stream has added before nor the register has")
        if kind == "system":
            self._append_system(key, timestamp, json.loads(canonical))
            return
        if len(canonical.encode()) > MAXIMUM_ITEM_BYTES:
            raise Invalid(f"names an item of more than {MAXIMUM_ITEM_BYTES} bytes, which are all that a register takes")
        self._dictionary.check(json.loads(canonical))
        self.reading.user.append(UserEntry(checked_key(key), timestamp, canonical))

    def _append_system(self, key: str, timestamp: str, item: Item) -> None:
        if not _SYSTEM_KEY.fullmatch(key):
            raise Invalid("must be name, register-name, custodian, field:<name> or register:<name>", "key")
        kind, _, name = key.partition(":")
        if kind == "field" and name not in self._dictionary.by_name:
            raise Invalid(f"names a field that the register does not have: it has {', '.join(self._dictionary.names)}", "key")
        self.reading.system.append(SystemEntry(key, timestamp, item))


def _item_lines(entries: Iterator[Entry], item: FindItem) -> Iterator[str]:
    seen = set[bytes]()
    for entry in entries:
        digest = parsed(entry.item_hash)
        if digest not in seen:
            seen.add(digest)
            canonical = item(entry.item_hash)
            if canonical is None:
                raise LookupError(f"entry {entry.number} names an item that is not there")
            yield add_item(canonical)


def _entry_lines(entries: Iterator[Entry]) -> Iterator[str]:
    return (append_entry("user", one.key, one.timestamp, one.item_hash) for one in entries)


def _check_canonical(text: str) -> None:
    """Raises Invalid for what is not an item, written as the one way to write it down has it."""
    try:
        item = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("adds an item that is not JSON") from None
    if not isinstance(item, dict) or not all(map(_is_value, item.values())):
        raise Invalid("adds an item that is not an object of texts and lists of texts")
    try:
        canonical = canonical_json(item)
    except UnicodeEncodeError:
        raise Invalid("adds an item with half of a surrogate pair") from None
    if canonical != text.encode():
        raise Invalid("adds an item that is not in its canonical form: keys sorted, no white space, UTF-8 unescaped")


def _is_value(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(part, str) for part in value))


def _digest(text: str) -> bytes:
    if not re.fullmatch(r"sha-256:[0-9a-f]{64}", text):
        raise Invalid("has a hash that is not sha-256: and 64 lower-case hexadecimal digits")
    return parsed(text)


def _check_timestamp(text: str) -> None:
    try:
        well_formed = datetime.strptime(text, _TIMESTAMP).strftime(_TIMESTAMP) == text  # noqa: DTZ007  # Z is in the pattern
    except ValueError:
        well_formed = False
    if not well_formed:
        raise Invalid("has a time that is not RFC 3339 in UTC and whole seconds, as 2016-04-05T13:23:05Z")
