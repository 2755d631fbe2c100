"""Each row against the dictionary of its dataset: what a register may keep, or what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from functions.common.failures import Invalid
from functions.data_access.canonical import canonical_json
from functions.data_access.dictionary import Dictionary
from functions.data_access.registers import MAXIMUM_ITEM_BYTES, checked_key
from functions.data_access.rows.raw import Fault, RawRow, Value


@dataclass(frozen=True, slots=True)
class Checked:
    """A row that fits: its number in the file, its key, its item in canonical form with its hash, and what it refers to."""

    number: int
    key: str
    canonical: bytes
    hash: bytes
    references: tuple[tuple[str, str], ...]
    """A field and a value of it, for each that must be a key of another register."""


def check(rows: Iterable[RawRow | Fault], dictionary: Dictionary) -> Iterator[Checked | Fault]:
    """What fits, and every fault of what does not, in the order of the rows."""
    referring = frozenset(field.name for field in dictionary.fields if field.register)
    for row in rows:
        if isinstance(row, Fault):
            yield row
        else:
            yield from _check(row, dictionary, referring)


def _check(row: RawRow, dictionary: Dictionary, referring: frozenset[str]) -> Iterator[Checked | Fault]:
    if faults := [*_faults(row, dictionary)]:
        yield from faults
        return
    try:
        canonical = canonical_json(row.values)
    except UnicodeEncodeError:
        yield Fault.of(row.number, "", "", "holds half of a surrogate pair, which UTF-8 cannot write")
        return
    if len(canonical) > MAXIMUM_ITEM_BYTES:
        yield Fault.of(row.number, "", "", f"has {len(canonical)} bytes, and a register takes {MAXIMUM_ITEM_BYTES}")
        return
    references = tuple((name, text) for name in referring for text in _texts(row.values.get(name, [])))
    yield Checked(row.number, str(row.values[dictionary.key]), canonical, sha256(canonical).digest(), references)


def _faults(row: RawRow, dictionary: Dictionary) -> Iterator[Fault]:
    for name, value in row.values.items():
        try:
            dictionary.field(name).check(value)
            if name == dictionary.key:
                checked_key(str(value))
        except Invalid as invalid:
            yield Fault.of(row.number, name, "; ".join(_texts(value)), invalid.message)
    for field in dictionary.fields:
        if (field.required or field.name == dictionary.key) and not row.values.get(field.name):
            yield Fault.of(row.number, field.name, "", "is required")


def _texts(value: Value) -> list[str]:
    return value if isinstance(value, list) else [value]
