"""The columns that a query may name: a dataset's fields as its dictionary has them, and what every record has beside them.

No other name reaches SQL, and no value does that is not of its column's kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.data_access.dictionary import Dictionary, Field

type Scalar = str | int | float

MOST_OF_A_VALUE = 500
"""Characters of one value to compare with. Written as a literal, quotes doubled, it still is a parameter that Athena takes (1,024)."""
LARGEST_INTEGER = 2**63 - 1

_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d(:\d\d(:\d\d(\.\d{1,6})?)?)?(?P<zone>Z|[+-]\d\d:\d\d)?", re.ASCII)
_BOOLEANS = {"true": 1, "false": 0, "1": 1, "0": 0}


class Kind(StrEnum):
    """How the values of a column are written, compared and shown."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    LIST = "list"


KINDS = {"integer": Kind.INTEGER, "number": Kind.NUMBER, "boolean": Kind.BOOLEAN, "date": Kind.DATE, "datetime": Kind.MOMENT}
"""The kind of each datatype; every other is text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name. `indexed` ones are found without reading every record; `each` is the kind of a list's members."""

    name: str
    kind: Kind = Kind.TEXT
    indexed: bool = False
    each: Kind = Kind.TEXT

    def value(self, given: str) -> Scalar:
        """What a text means in this column; in a list, as one of its members. Raises ValueError, saying what it should be."""
        return _read(given, self.each if self.kind is Kind.LIST else self.kind)


OWN = (
    Column("_id", Kind.INTEGER, indexed=True),
    Column("_key", indexed=True),
    Column("_entry", Kind.INTEGER),
    Column("_timestamp", Kind.MOMENT),
)
"""What every record has: the place in which its key first came, its key, the entry that it is owed to, and that entry's time."""


@dataclass(frozen=True)
class Columns(Mapping[str, Column]):
    """Every column of a dataset by its name, its own first; and the fields that its full text is searched in, if it is searched."""

    named: Mapping[str, Column]
    searched: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        return self.named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.named)

    def __len__(self) -> int:
        return len(self.named)

    @property
    def fields(self) -> list[str]:
        """The dataset's own fields, as declared."""
        return [name for name in self.named if name not in _OWN_NAMES]

    @property
    def indexed(self) -> list[str]:
        """The columns that an index serves."""
        return [column.name for column in self.named.values() if column.indexed]


_OWN_NAMES = frozenset(column.name for column in OWN)


def of(dictionary: Dictionary) -> Columns:
    """The columns of a dataset, from its dictionary."""
    fields = [_column(field) for field in dictionary.fields]
    return Columns({column.name: column for column in (*OWN, *fields)}, dictionary.searched)


def checked_text(given: str) -> str:
    """A text that both engines take. Raises ValueError."""
    if len(given) > MOST_OF_A_VALUE:
        raise ValueError(f"is longer than {MOST_OF_A_VALUE} characters")
    if "\0" in given or any("\ud800" <= character <= "\udfff" for character in given):
        raise ValueError("holds a character that is none")
    return given


def _column(field: Field) -> Column:
    kind = KINDS.get(field.datatype, Kind.TEXT)
    if field.many:
        return Column(field.name, Kind.LIST, each=kind)
    return Column(field.name, kind, indexed=field.index)


def _read(given: str, kind: Kind) -> Scalar:
    match kind:
        case Kind.INTEGER:
            return _whole_number(given)
        case Kind.NUMBER:
            return _number(given)
        case Kind.BOOLEAN:
            if given.lower() in _BOOLEANS:
                return _BOOLEANS[given.lower()]
            raise ValueError("must be true or false")
        case Kind.DATE:
            if _DATE.fullmatch(given):
                return given
            raise ValueError("must be a date, such as 2026-11-23, or the beginning of one")
        case Kind.MOMENT:
            return _moment(given)
    return checked_text(given)


def _whole_number(given: str) -> int:
    if _WHOLE_NUMBER.fullmatch(given) and -LARGEST_INTEGER <= int(given) <= LARGEST_INTEGER:
        return int(given)
    raise ValueError("must be a whole number, of 64 bits at most")


def _number(given: str) -> float:
    if len(given) <= MOST_OF_A_VALUE and _NUMBER.fullmatch(given) and isfinite(float(given)):
        return float(given)
    raise ValueError("must be a number")


def _moment(given: str) -> str:
    if _DATE.fullmatch(given):
        return given
    told = "must be a time, such as 2026-11-23T09:30:00Z, or a date"
    found = _MOMENT.fullmatch(given)
    if found is None:
        raise ValueError(told)
    if found["zone"] in (None, "Z"):
        return given
    try:  # with an offset, it is compared as the same moment in UTC
        return datetime.fromisoformat(given).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        raise ValueError(told) from None


def as_text(value: object) -> str:
    """A value from JSON as a URL would have it: booleans and numbers written out. Raises ValueError where it is neither text nor these."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise ValueError("must be a text, a number, true or false")
