"""What a file would change in a register: the rows that are new or other than the records, and in the end what is to go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Protocol

from functions.data_access.dictionary import Dictionary
from functions.data_access.registers import REMOVED
from functions.data_access.rows.checking import Checked
from functions.data_access.rows.raw import Fault
from functions.data_access.rows.seen import MOST_ASKED, Seen

MOST_FAULTS = 10_000
"""Faults that are told of one file: whoever has more has one cause for them."""

type Change = tuple[str, bytes]
"""A key, and its new item in canonical form."""


class Records(Protocol):
    """What the registers hold now."""

    def hashes(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The hash of the item of each key that has a record."""

    def keys(self) -> Iterator[str]:
        """The keys of all records."""

    def absent(self, register: str, keys: Sequence[str]) -> set[str]:
        """Which of these keys have no record in another register."""


@dataclass
class Tally:
    """What was counted on the way, and the faults, `MOST_FAULTS` at the most."""

    rows: int = 0
    unchanged: int = 0
    removed: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether no more faults are told."""
        return len(self.faults) >= MOST_FAULTS


class Reading:
    """One file being read for one register. With `replaces`, records whose keys the file lacks are to go."""

    def __init__(self, register: str, dictionary: Dictionary, records: Records, seen: Seen, *, replaces: bool) -> None:
        self._registers = {field.name: field.register for field in dictionary.fields if field.register}
        self._own = register
        self._records = records
        self._seen = seen
        self._replaces = replaces
        self._awaited: list[tuple[int, str, str]] = []
        self.tally = Tally()

    def changes(self, rows: Iterable[Checked | Fault]) -> Iterator[Change]:
        """What is to be appended, in the file's order; nothing any more after the first fault, while the others are looked for."""
        for batch in batched(rows, MOST_ASKED, strict=False):
            fits = [row for row in batch if isinstance(row, Checked)]
            self.tally.rows += len({row.number if isinstance(row, Checked) else row.row for row in batch})
            self._fault(row for row in batch if isinstance(row, Fault))
            self._fault(self._repeated(fits))
            self._fault(self._dangling(fits))
            if self.tally.is_full:
                return
            if not self.tally.faults:
                yield from self._new(fits)
        self._fault(self._still_awaited())
        if self._replaces and not self.tally.faults:
            yield from self._removals()

    def _fault(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            if self.tally.is_full:
                return
            self.tally.faults.append(fault)

    def _repeated(self, rows: Sequence[Checked]) -> Iterator[Fault]:
        first = self._seen.add([(row.key, row.number) for row in rows])
        for row in rows:
            if row.number in first:
                yield Fault.of(row.number, "", row.key, f"row {first[row.number]} has this key already")

    def _dangling(self, rows: Sequence[Checked]) -> Iterator[Fault]:
        referred = [(row.number, name, key) for row in rows for name, key in row.references]
        absent = {
            register: self._absent(register, {key for _, name, key in referred if self._registers[name] == register})
            for register in {self._registers[name] for _, name, _ in referred}
        }
        for number, name, key in referred:
            register = self._registers[name]
            if key not in absent[register]:
                continue
            if register == self._own:
                self._awaited.append((number, name, key))  # it may come later in the file
            else:
                yield _dangling(number, name, key, register)

    def _still_awaited(self) -> Iterator[Fault]:
        for batch in batched(self._awaited, MOST_ASKED, strict=False):
            missing = set(self._seen.missing([key for _, _, key in batch]))
            for number, name, key in batch:
                if key in missing:
                    yield _dangling(number, name, key, self._own)

    def _absent(self, register: str, keys: set[str]) -> set[str]:
        return {key for some in batched(sorted(keys), MOST_ASKED, strict=False) for key in self._records.absent(register, some)}

    def _new(self, rows: Sequence[Checked]) -> Iterator[Change]:
        known = self._records.hashes([row.key for row in rows])
        for row in rows:
            if known.get(row.key) == row.hash:
                self.tally.unchanged += 1
            else:
                yield row.key, row.canonical

    def _removals(self) -> Iterator[Change]:
        for batch in batched(self._records.keys(), MOST_ASKED, strict=False):
            for key in self._seen.missing(batch):
                self.tally.removed += 1
                yield key, REMOVED.encode()


def _dangling(row: int, column: str, key: str, register: str) -> Fault:
    return Fault.of(row, column, key, f"there is no record of this key in the register {register}")
