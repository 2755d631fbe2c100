"""Whatever is asked, both engines give the rows that the query means, and pages of them join without a gap."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from functions.data_access.queries import patterns, running, sql
from functions.data_access.queries.columns import Column, Kind, Scalar
from functions.data_access.queries.query import (
    MEMBERS,
    PARTS,
    PATTERNS,
    PRESENCE,
    SETS,
    TAKES,
    Condition,
    Either,
    Every,
    Operator,
    Order,
    Query,
    Where,
)
from functions.data_access.queries.sql import Fragment
from functions.data_access.queries.sqlite import SQLITE
from functions.data_access.queries.trino import over
from tests.laws import examples

from .tables import STATION_COLUMNS, Record, Version, parquet, sqlite, versions

TRINO = over(Fragment("records"), Fragment("history"))
KEYS = ["a", "b", "c", "d", "e", "f", "g"]
TEXTS = st.sampled_from(
    ["", "Ouse", "ouse", "OUSE at Lewes", "É", "50%", "a_b", "a\\b", "x\ny", "]", "[a-c]", "ſ", "K", "ı", "0", "10", "9"]
)
ORDERED = [name for name, column in STATION_COLUMNS.items() if column.kind is not Kind.LIST]


def values(column: Column) -> st.SearchStrategy[Any]:
    match column.kind:
        case Kind.INTEGER:
            return st.integers(-3, 12) | st.sampled_from([2**62, -(2**62)])
        case Kind.NUMBER:
            return st.sampled_from([-1.5, 0.0, 0.1, 2.0, 1e300, 0.1 + 0.2])
        case Kind.BOOLEAN:
            return st.sampled_from([0, 1])
        case Kind.DATE:
            return st.sampled_from(["2024-02-29", "2025-01-01", "2026-11-23"])
        case Kind.MOMENT:
            return st.sampled_from(["2024", "2025-01-01", "2025-01-01T10:00:00Z", "2026-11-23T09:00:05Z"])
    return TEXTS


def cells(column: Column) -> st.SearchStrategy[Any]:
    if column.kind is Kind.LIST:
        return st.none() | st.sampled_from(["[]", '["Ouse"]', '["Ouse","Uck"]', '["50%"]'])
    return st.none() | values(column)


@st.composite
def records(draw: st.DrawFn) -> Record:
    return {name: draw(cells(STATION_COLUMNS[name])) for name in STATION_COLUMNS.fields}


HISTORIES = st.lists(st.tuples(st.sampled_from(KEYS), st.none() | records()), min_size=4, max_size=14)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    column = STATION_COLUMNS[draw(st.sampled_from([*STATION_COLUMNS]))]
    operator = draw(st.sampled_from(sorted(TAKES[column.kind])))
    if operator in PRESENCE:
        return Condition(column.name, operator)
    if operator in SETS:
        return Condition(column.name, operator, tuple(draw(st.lists(values(column), max_size=3))))
    if operator in PARTS:
        parts = (
            ["O", "u", "%", "_", "*", "?", "[a-z]", "[^O]", "É", "\\", "e", "", "[]x]"]
            if operator in PATTERNS
            else ["O", "%", "_", "\\", "use", "é"]
        )
        pattern = "".join(draw(st.lists(st.sampled_from(parts), max_size=4)))
        return Condition(column.name, operator, pattern)
    if operator is Operator.DATE:
        return Condition(column.name, operator, draw(st.sampled_from(["2025-01-01", "2026-11-23"])))
    return Condition(column.name, operator, draw(values(column) if operator not in MEMBERS else st.sampled_from(["Ouse", "50%", "x"])))


WHERES = st.recursive(
    conditions(),
    lambda parts: (
        st.builds(lambda some: Every(tuple(some)), st.lists(parts, max_size=3))
        | st.builds(lambda some: Either(tuple(some)), st.lists(parts, max_size=3))
    ),
    max_leaves=6,
)


@st.composite
def queries(draw: st.DrawFn, entries: int) -> Query:
    order = draw(st.lists(st.sampled_from(ORDERED), unique=True, max_size=3))
    return Query(
        where=draw(WHERES),
        order=tuple(Order(name, draw(st.booleans()), draw(st.sampled_from([None, True, False]))) for name in order),
        columns=("_key", *draw(st.lists(st.sampled_from([*STATION_COLUMNS][4:]), unique=True, max_size=3))),
        limit=draw(st.integers(1, 9)),
        offset=draw(st.integers(0, 2)),
        as_at=draw(st.none() | st.integers(0, entries)),
    )


COMBINED = [
    dict(zip(STATION_COLUMNS.fields, row, strict=True))
    for row in [
        ("a", "Ouse at Lewes", "South", 3, 1.5, 1, "2024-02-29", "2025-01-01T10:00:00Z", '["Ouse"]', "x"),
        ("b", "OUSE 50%", "North", -1, 0.1, 0, "2025-01-01", "2025", '["Ouse","Uck"]', ""),
        ("c", "", "Éast", 0, 1e300, None, "2026-11-23", "2026-11-23T09:00:05Z", "[]", None),
        ("d", "a_b\\c\nd", None, None, None, 1, None, None, None, "%"),
        ("e", None, "South", 2**62, 0.1 + 0.2, 0, "2024-02-29", "2024-02", '["50%"]', "É"),
        ("f", "é ſ K", "South", 3, -1.5, None, "2025-01-01", "2026-11-23", '["a","b"]', "_"),
    ]
]
SEVERAL = versions([*((f"k{number}", row) for number, row in enumerate(COMBINED)), ("k1", {**COMBINED[1], "level": 7}), ("k4", None)])
GIVEN: dict[Kind, list[Scalar]] = {
    Kind.TEXT: ["South", "ouse", "Ouse at Lewes", "", "É", "50%", "k1"],
    Kind.INTEGER: [3, 0, 2**62, 7],
    Kind.NUMBER: [0.1, 0.3, 1.5, 1e300],
    Kind.BOOLEAN: [0, 1],
    Kind.DATE: ["2025-01-01", "2025", "2024-02-29"],
    Kind.MOMENT: ["2025-01-01", "2026-11-23T09:00:05Z", "2025"],
    Kind.LIST: ["Ouse", "50%", "x"],
}
PATTERNED = ["%ouse%", "o_se%", "%\\%", "50%", "*use*", "O?se*", "[NS]*", "[^S]*", "*[a-c]*", "%\n%"]


def single_conditions() -> Iterator[Condition]:
    for column in STATION_COLUMNS.values():
        for operator in sorted(TAKES[column.kind]):
            if operator in PRESENCE:
                yield Condition(column.name, operator)
            elif operator in SETS:
                yield from (
                    Condition(column.name, operator, some) for some in ((), tuple(GIVEN[column.kind][:1]), tuple(GIVEN[column.kind]))
                )
            else:
                given = [*GIVEN[Kind.TEXT], *PATTERNED] if operator in PARTS else GIVEN[column.kind]
                yield from (Condition(column.name, operator, one) for one in given)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[sql.Dialect, Any]]:
    return [(SQLITE, sqlite(SEVERAL)), (TRINO, parquet(SEVERAL, tmp_path_factory.mktemp("snapshot")))]


@pytest.mark.parametrize("as_at", [None, 6, 7, 3])
def test_each_operator_on_each_column_means_the_same_in_both_engines(engines: list[tuple[sql.Dialect, Any]], as_at: int | None) -> None:
    for condition in single_conditions():
        query = Query(condition, columns=("_key",), as_at=as_at)
        expected = [one.key for one in meant(query, SEVERAL)]
        for dialect, run in engines:
            statement = sql.select(query, STATION_COLUMNS, dialect)
            found = [row[0] for row in run.execute(statement.text, list(statement.parameters)).fetchall()]
            assert (dialect is SQLITE, condition, found) == (dialect is SQLITE, condition, expected)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), HISTORIES)
def test_both_engines_give_the_rows_that_a_query_means(data: st.DataObject, history: list[tuple[str, Record | None]]) -> None:
    found = versions(history)
    asked = data.draw(st.lists(queries(len(history)), min_size=3, max_size=6))
    with tempfile.TemporaryDirectory() as folder:
        replica, snapshot = sqlite(found), parquet(found, Path(folder))
        for query in asked:
            expected = meant(query, found)
            for dialect, run in ((SQLITE, replica), (TRINO, snapshot)):
                statement = sql.select(query, STATION_COLUMNS, dialect)
                rows = run.execute(statement.text, list(statement.parameters)).fetchall()
                assert [row[0] for row in rows] == [one.key for one in expected[query.offset :][: query.limit]]
                counted = sql.count(query, STATION_COLUMNS, dialect)
                assert run.execute(counted.text, list(counted.parameters)).fetchall() == [(len(expected),)]


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), HISTORIES)
def test_pages_join_without_a_gap_or_a_record_twice(data: st.DataObject, history: list[tuple[str, Record | None]]) -> None:
    found = versions(history)
    query = replace(data.draw(queries(len(history))), offset=0, limit=data.draw(st.integers(1, 3)))
    with tempfile.TemporaryDirectory() as folder:
        replica, snapshot = sqlite(found), parquet(found, Path(folder))
        expected = [one.key for one in meant(query, found)]
        assert paged(lambda after: running.page(replica, replace(query, after=after), STATION_COLUMNS)) == expected

        def in_the_snapshot(after: tuple[Scalar | None, ...]) -> running.Page:
            statement = sql.select(replace(query, after=after, limit=query.limit + 1), STATION_COLUMNS, TRINO)
            rows = snapshot.execute(statement.text, list(statement.parameters)).fetchall()
            width = len(query.whole_order)
            kept = rows[: query.limit]
            place = tuple(int(cell) if isinstance(cell, bool) else cell for cell in kept[-1][-width:]) if len(rows) > len(kept) else None
            return running.Page(kept, place)

        assert paged(in_the_snapshot) == expected


@settings(max_examples=examples(15), deadline=None)
@given(
    st.lists(st.sampled_from(["a", "[", "]", "-", "^", "*", "?", "\\", "Z", "é", "."]), max_size=7).map("".join),
    st.lists(TEXTS, max_size=6),
)
def test_a_glob_finds_the_same_in_both_engines(pattern: str, texts: list[str]) -> None:
    try:
        patterns.check(Operator.GLOB, pattern)
    except ValueError:
        assume(False)
    found = versions([(f"k{number}", {"name": text}) for number, text in enumerate([*texts, "a", "aZ", "é.", "-", "a-Z", "^", "\\"])])
    query = Query(Condition("name", Operator.GLOB, pattern), columns=("name",), limit=50)
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for dialect, run in ((SQLITE, sqlite(found)), (TRINO, parquet(found, Path(folder)))):
            statement = sql.select(query, STATION_COLUMNS, dialect)
            rows.append(run.execute(statement.text, list(statement.parameters)).fetchall())
        assert rows[0] == rows[1]


def paged(read: Callable[[tuple[Scalar | None, ...]], running.Page]) -> list[str]:
    keys, after = list[str](), tuple[Scalar | None, ...]()
    while True:
        page = read(after)
        keys += [row[0] for row in page.rows]
        if page.after is None:
            return keys
        assert page.rows
        after = page.after


def meant(query: Query, found: list[Version]) -> list[Version]:
    """What a query means, said in Python."""
    standing = [
        one
        for one in found
        if (one.until is None if query.as_at is None else one.entry <= query.as_at and (one.until is None or one.until > query.as_at))
    ]
    kept = sorted((one for one in standing if holds(query.where, one)), key=lambda one: one.id)
    for by in reversed(query.whole_order):
        kept.sort(key=lambda one: _rank(cell(one, by.column)), reverse=by.descending)
        kept.sort(key=lambda one: (cell(one, by.column) is None) != by.begins_with_empty)
    return kept


def cell(one: Version, column: str) -> Any:
    return one.row(STATION_COLUMNS)[[*STATION_COLUMNS].index(column)]


def _rank(value: Any) -> Any:
    return (0, 0, "") if value is None else (1, value, "") if not isinstance(value, str) else (1, 0, value)


def holds(where: Where, one: Version) -> bool:
    match where:
        case Every(parts):
            return all(holds(part, one) for part in parts)
        case Either(parts):
            return any(holds(part, one) for part in parts)
    value, given = cell(one, where.column), where.value
    operator = where.operator
    if operator in PRESENCE:
        blank = value in ("", "[]" if STATION_COLUMNS[where.column].kind is Kind.LIST else "") and not isinstance(value, int | float)
        there = value is not None and not (blank and operator in (Operator.ISBLANK, Operator.NOTBLANK))
        return there == (operator in (Operator.NOTNULL, Operator.NOTBLANK))
    if value is None:
        # A list that is not there holds nothing, in SQLite; the same is asked of Trino.
        return False
    return COMPARED[operator](value, given)


def like(value: str, pattern: str) -> bool:
    expression = "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in ascii_lower(pattern))
    return re.fullmatch(expression, ascii_lower(value), re.DOTALL) is not None


def glob(value: str, pattern: str) -> bool:
    parts = re.split(r"(\[\^?\]?[^\]]*\]|\*|\?)", pattern)
    expression = "".join(
        {"*": ".*", "?": "."}.get(part) or (f"[{part[1:-1].replace(']', chr(92) + ']')}]" if part[:1] == "[" else re.escape(part))
        for part in parts
    )
    return re.fullmatch(expression, value, re.DOTALL) is not None


def ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


COMPARED: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EXACT: lambda value, given: value == given,
    Operator.NOT: lambda value, given: value != given,
    Operator.GT: lambda value, given: value > given,
    Operator.GTE: lambda value, given: value >= given,
    Operator.LT: lambda value, given: value < given,
    Operator.LTE: lambda value, given: value <= given,
    Operator.IN: lambda value, given: value in given,
    Operator.NOTIN: lambda value, given: value not in given,
    Operator.CONTAINS: lambda value, given: ascii_lower(given) in ascii_lower(value),
    Operator.NOTCONTAINS: lambda value, given: ascii_lower(given) not in ascii_lower(value),
    Operator.STARTSWITH: lambda value, given: ascii_lower(value).startswith(ascii_lower(given)),
    Operator.ENDSWITH: lambda value, given: ascii_lower(value).endswith(ascii_lower(given)),
    Operator.LIKE: like,
    Operator.NOTLIKE: lambda value, given: not like(value, given),
    Operator.GLOB: glob,
    Operator.DATE: lambda value, given: value[:10] == given[:10],
    Operator.ARRAYCONTAINS: lambda value, given: f'"{given}"' in value,
    Operator.ARRAYNOTCONTAINS: lambda value, given: f'"{given}"' not in value,
}
