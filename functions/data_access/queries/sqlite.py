"""SQLite's way of saying it, over the tables of a replica."""

# ruff: noqa: S608  # as in `sql.py`
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from functions.data_access.queries.columns import Column, Columns, Kind, Scalar
from functions.data_access.queries.query import Query
from functions.data_access.queries.sql import Dialect, Fragment, listed, quoted
from functions.data_access.queries.words import phrases

MOST_IN_AN_OBJECT = 60
"""Columns that one call of json_object takes: SQLite gives a function 127 arguments at the most."""
MOST_WALKED_TO = 1_000
"""Records, of the largest kind, that are held before their page is cut."""


def json_row(columns: Columns, names: Sequence[str]) -> str:
    """A record as the text of a JSON object: made by SQLite, three times as fast as Python makes it (`make bench`)."""
    objects = [
        ", ".join(f"{_text(name)}, {_json(columns[name])}" for name in names[start : start + MOST_IN_AN_OBJECT])
        for start in range(0, len(names), MOST_IN_AN_OBJECT)
    ]
    if len(objects) == 1:
        return f"json_object({objects[0]})"
    # Laid end to end: each without its closing brace, the next without its opening one.
    inner = " || ',' || ".join(f"trim(json_object({one}), '{{}}')" for one in objects)
    return f"'{{' || {inner} || '}}'"


def _json(column: Column) -> str:
    name = quoted(column.name)
    match column.kind:
        case Kind.BOOLEAN:
            return f"CASE {name} WHEN 1 THEN json('true') WHEN 0 THEN json('false') END"
        case Kind.LIST:
            return f"json({name})"
        case Kind.NUMBER:
            # SQLite writes 15 digits; where the number has more, all 17 that tell it from its neighbours.
            return f"CASE WHEN CAST(CAST({name} AS TEXT) AS REAL) <> {name} THEN json(printf('%!.17g', {name})) ELSE {name} END"
    return name


def _text(name: str) -> str:
    return f"'{name.replace("'", "''")}'"


def _searched(search: str, _: Columns) -> Fragment:
    # Each word in quotation marks, so that none is taken for an operator of FTS5.
    words = " ".join(f'"{phrase.text}"{"*" if phrase.begins else ""}' for phrase in phrases(search))
    return Fragment("_id IN (SELECT rowid FROM records_text WHERE records_text MATCH ?)", (words,))


def _source(query: Query, columns: Columns) -> Fragment:
    if query.as_at is None:
        return Fragment("records")
    names = listed(columns)
    now = f"SELECT {names} FROM records WHERE _entry <= ?"
    if query.search is not None:
        # The full text is that of the records as they are: of those of that time, the ones that still are so can be searched.
        return Fragment(f"({now})", (query.as_at,))
    then = f"SELECT {names} FROM past WHERE _entry <= ? AND _until > ?"
    return Fragment(f"({now} UNION ALL {then})", (query.as_at,) * 3)


def walks(query: Query, columns: Columns) -> bool:
    """Whether the index of what a query is sorted by may lead to its page: where its records are filtered as they are now, and few."""
    if query.as_at is not None or query.search is not None or query.distinct or query.selects_all or not query.order:
        return False
    by = query.order[0].column
    return by in columns.fields and columns[by].indexed and query.offset + query.limit <= MOST_WALKED_TO


def _along(query: Query, _: Columns) -> Fragment:
    return Fragment(f"records INDEXED BY {quoted(f'records_by_{query.order[0].column}')}")


def _same(_: Column, value: Scalar) -> Scalar:
    return value


SQLITE = Dialect(
    source=_source,
    folded=lambda name: name,
    fold=lambda value: value,
    glob=lambda name, pattern: Fragment(f"{name} GLOB ?", (pattern,)),
    holds=lambda name: f"EXISTS (SELECT 1 FROM json_each({name}) WHERE value = ?)",
    given=_same,
    searched=_searched,
    page=lambda limit, offset: f"LIMIT {limit}{f' OFFSET {offset}' if offset else ''}",
    seeks=True,
)

WALKING = replace(SQLITE, source=_along)
"""The same, in the order of the index that the query is sorted by: no more is read than it takes to fill a page, and nothing is sorted.

SQLite would rather find all that a filter lets through, and sort them: some hundred thousand of ten million records. How far apart those
are that the filter lets through it does not know, and so this may also read on for ever: it is given up after a while.
"""
