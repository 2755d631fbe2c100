"""Rows of a CSV file (RFC 4180), as spreadsheets and programs really write them.

Nothing is guessed about values: leading zeros, spaces and formulas stay as they are. What is guessed is the delimiter, from the header: a
comma, a semicolon or a tab, whichever gives the most known names. The header is row 1, as a spreadsheet counts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from functions.data_access.csv_text import LIST_SEPARATOR
from functions.data_access.rows.raw import Fault, RawRow, Value
from functions.data_access.rows.text import Unreadable

LARGEST_CELL = 100_000
"""Characters: more than an item may have in all."""

_DELIMITERS = ",;\t"
_TOLD = 10
"""Unknown columns that an error names."""


def read(lines: Iterable[str], fields: Sequence[str], lists: Sequence[str] = ()) -> Iterator[RawRow | Fault]:
    """The rows of a file with a header, for a dataset with these `fields`, of which `lists` hold several values, parted by `;`.

    Raises Unreadable for a header that does not fit, and where no further row can be made out.
    """
    # The csv module knows only one limit for the whole process; everyone who reads here wants this one.
    csv.field_size_limit(LARGEST_CELL)
    lines = iter(lines)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise Unreadable("the file is empty: its first row names the columns")
    delimiter = _delimiter(first, fields)
    records = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    header = _header(_next(records, 1), fields)
    number = 1
    while True:
        number += 1
        try:
            cells = next(records, None)
        except csv.Error as broken:
            yield _broken(number, broken)
            continue
        if cells is None:
            return
        if any(cells):
            yield _row(number, header, cells, lists, delimiter)


def _delimiter(line: str, fields: Sequence[str]) -> str:
    known = frozenset(fields)

    def recognised(delimiter: str) -> int:
        return sum(cell.strip().strip('"') in known for cell in line.split(delimiter))

    return max(_DELIMITERS, key=recognised)


def _header(cells: Sequence[str], fields: Sequence[str]) -> list[str]:
    """The names of the columns, without those that trailing delimiters add."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    known = frozenset(fields)
    if unknown := [name for name in names if name not in known]:
        more = f" and {len(unknown) - _TOLD} more" if len(unknown) > _TOLD else ""
        told = ", ".join(repr(name[:100]) for name in unknown[:_TOLD]) + more
        raise Unreadable(f"the dataset has no {told}: its columns are {', '.join(fields)}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Unreadable(f"the column {', '.join(twice)} is there more than once")
    return names


def _row(number: int, header: Sequence[str], cells: Sequence[str], lists: Sequence[str], delimiter: str) -> RawRow | Fault:
    told = f"the row has {len(cells)} cells, and the header {len(header)}"
    if len(cells) < len(header):
        return Fault.of(number, header[len(cells)], "", told)
    if beyond := next((cell for cell in cells[len(header) :] if cell), None):
        return Fault.of(number, "", beyond, f"{told}: is a value with a {delimiter} in it unquoted?")
    values = {name: _value(cell) if name in lists else cell for name, cell in zip(header, cells, strict=False) if cell}
    return RawRow(number, values)


def _value(cell: str) -> Value:
    return [part for part in cell.split(LIST_SEPARATOR) if part]


def _next(records: Iterator[list[str]], number: int) -> list[str]:
    try:
        return next(records)
    except csv.Error as broken:
        raise Unreadable(_broken(number, broken).message) from None


def _broken(number: int, broken: csv.Error) -> Fault:
    """A row that cannot be parsed. Raises Unreadable where what follows cannot either."""
    match str(broken):
        case message if "field larger" in message:
            raise Unreadable(f"row {number} has a cell of more than {LARGEST_CELL} characters: is a quotation mark missing?")
        case "unexpected end of data":
            raise Unreadable(f"row {number} does not end: a quotation mark that opens a cell is not closed")
        case _:
            return Fault.of(number, "", "", "a cell in quotation marks goes on after they close: write a quotation mark in it twice")
