"""A log that is a list, and snapshots that are copies of files: what tests of the replica stand on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import SimpleNamespace

import pytest

from functions.data_access.canonical import Item, canonical_json
from functions.data_access.dictionary import Dictionary, Field
from functions.data_access.registers import Logged, Origin
from functions.data_access.replica import Replica, files, kept
from functions.data_access.replica.copying import write_copy

COUNTRIES = Dictionary(
    (
        Field("country", index=True),
        Field("name"),
        Field("people", "integer", index=True),
        Field("area", "number"),
        Field("island", "boolean"),
        Field("languages", cardinality="n"),
    ),
    "country",
    search=True,
)
RETYPED = Dictionary((Field("country"), Field("people"), Field("area", "integer", index=True), Field("rank")), "country")
DICTIONARIES = (COUNTRIES, RETYPED)
ORIGIN = Origin("event", "uk.gov.foreign-office.registers", "root", "1")


@dataclass
class Written:
    """A register's log, and the copy of a replica that stands for its newest snapshot."""

    folder: Path
    entries: list[Logged] = field(default_factory=list)
    copy: Path | None = None
    given: list[tuple[int, int]] = field(default_factory=list)
    appending: Lock = field(default_factory=Lock)

    def append(self, key: str, item: Item, origin: Origin = ORIGIN) -> int:
        """Append an entry; gives its number."""
        canonical = canonical_json(item)
        with self.appending:
            number = len(self.entries) + 1
            made = f"2026-11-23T09:{number // 60 % 60:02}:{number % 60:02}Z"
            self.entries.append(Logged(number, key, made, canonical.decode(), sha256(canonical).digest(), origin))
        return number

    def since(self, _: str, number: int, upto: int) -> Iterator[Logged]:
        """The entries past a number."""
        self.given.append((number, upto))
        yield from self.entries[number:upto]

    def newest(self, _: str) -> object:
        """The newest snapshot, if any."""
        return SimpleNamespace(number=1) if self.copy else None

    def fetch(self, _: str, __: object, to: Path) -> bool:
        """Download it."""
        if self.copy is None:
            return False
        shutil.copyfile(self.copy, to)
        return True

    def snapshot(self, dictionary: Dictionary = COUNTRIES) -> None:
        """Make a snapshot of what there is."""
        to = self.folder / f"{len(list(self.folder.iterdir()))}.sqlite"
        with self.at(len(self.entries), dictionary) as current:
            write_copy(current, to)
        self.copy = to

    def at(self, number: int | None = None, dictionary: Dictionary = COUNTRIES) -> Replica:
        """The replica with so many entries, or all."""
        return kept.at("country", dictionary, len(self.entries) if number is None else number)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Written]:
    log = Written(tmp_path)

    def since(register: str, number: int, upto: int) -> Iterator[Logged]:
        return log.since(register, number, upto)  # which a test may put something else in the place of

    monkeypatch.setattr(kept, "log", SimpleNamespace(since=since))
    monkeypatch.setattr(kept, "snapshots", SimpleNamespace(newest=log.newest))
    monkeypatch.setattr(files, "fetch", log.fetch)
    yield log
    forget()


def forget() -> None:
    """What a new process begins with: no replica."""
    for register, one in list(kept._all.items()):
        kept._drop(register, one)


def as_at(current: Replica, number: int) -> dict[str, tuple[object, ...]]:
    """The records as at an entry: place, number and cells, by key."""
    fields = "".join(f', "{name}"' for name in current.dictionary.names)
    columns = f"SELECT _key, _id, _entry{fields}"
    both = f"{columns} FROM records WHERE _entry <= ?1 UNION ALL {columns} FROM past WHERE _entry <= ?1 AND _until > ?1"
    rows = current.connection.execute(both, (number,)).fetchall()
    assert len(rows) == len({row[0] for row in rows})
    return {row[0]: row[1:] for row in rows}


def model(entries: list[Logged], dictionary: Dictionary, number: int) -> dict[str, tuple[object, ...]]:
    """The same from the entries themselves, as plainly as can be said."""
    places: dict[str, int] = {}
    records: dict[str, tuple[object, ...]] = {}
    for one in entries[:number]:
        place = places.setdefault(one.key, len(places) + 1)
        item: Mapping[str, str | list[str]] = json.loads(one.canonical)
        if item:
            records[one.key] = (place, one.number, *dictionary.cells(item))
        else:
            records.pop(one.key, None)
    return records
