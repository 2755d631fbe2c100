"""What a file's readers give: the values of a row by field, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_EXCERPT = 100

type Value = str | list[str]


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file: its number there, and the values of the fields it gives. An empty value is no value."""

    number: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a row: which row and column, how the value begins, and what to do about it."""

    row: int
    column: str
    value: str
    message: str

    @classmethod
    def of(cls, row: int, column: str, value: object, message: str) -> Fault:
        """A fault that repeats no more of the file than its reader needs to find the place."""
        return cls(row, column[:LONGEST_EXCERPT], str(value)[:LONGEST_EXCERPT], message)
