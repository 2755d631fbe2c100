"""Rows of a replica as CKAN shows them: as objects, as lists, or as lines of CSV and TSV (contract 1.6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from functions.data_access.ckan import types
from functions.data_access.ckan.tables import Column

type Show = Callable[[Any], object] | None
type Row = Sequence[object]
type Separator = Literal[",", "\t"]

LINE = "\n"


def shown(columns: Sequence[Column], rows: Iterable[Row]) -> list[list[object]]:
    """The values of rows as JSON has them."""
    shows = [(place, show) for place, column in enumerate(columns) if (show := types.show(column.type))]
    found = list[list[object]]()
    for row in rows:
        values = list(row[: len(columns)])
        for place, show in shows:
            if values[place] is not None:
                values[place] = show(values[place])
        found.append(values)
    return found


def objects(columns: Sequence[Column], rows: Iterable[Row]) -> list[dict[str, object]]:
    """Rows as dictionaries."""
    names = [column.name for column in columns]
    return [dict(zip(names, values, strict=True)) for values in shown(columns, rows)]


def separated(columns: Sequence[Column], rows: Iterable[Row], separator: Separator) -> str:
    """Rows as text with separators, without a header."""
    import csv  # here: rows are asked for as JSON, as a rule
    import io

    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=LINE)
    cells = [_cell(column.type) for column in columns]
    for row in rows:
        writer.writerow([cell(value) for cell, value in zip(cells, row, strict=False)])
    return text.getvalue()


def _cell(type_: str) -> Callable[[Any], object]:
    if type_ == "bool":
        return lambda value: "" if value is None else "t" if value else "f"
    if type_ == "json":
        return lambda value: "null" if value is None else value
    show = types.show(type_)
    if show is None:
        return lambda value: "" if value is None else value
    if type_.startswith("_"):
        return lambda value: "" if value is None else json.dumps(json.loads(value), ensure_ascii=False)
    return lambda value: "" if value is None else show(value)
