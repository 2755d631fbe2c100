"""Run a query on a replica: a page of it, never larger than an answer may be, and never for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import batched, count
from typing import TYPE_CHECKING, Any

from functions.common.failures import Refusal
from functions.data_access.queries import sql
from functions.data_access.queries.columns import Columns, Scalar
from functions.data_access.queries.query import Query
from functions.data_access.queries.sqlite import SQLITE, WALKING, json_row, walks

if TYPE_CHECKING:
    from sqlite3 import Connection

LARGEST_PAGE = 4_000_000
"""Bytes of records in one answer. Lambda takes 6 MB, and each quotation mark of a body costs two."""
LONGEST = 5.0
"""Seconds that a query may take."""
STEPS = 20_000
"""Of SQLite's own machine, between two looks at the clock: some tenths of a millisecond."""
WALK = 50
"""Looks, at the most, while the index of an order is walked along: some tens of thousands of records."""

TOGETHER = 200
"""Rows that are weighed at once: so many of the largest records still take little memory."""

type Row = tuple[Any, ...]
type Size = Callable[[Sequence[Row]], int]
"""How many bytes rows take in an answer."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, each as it was asked for; `after` is the place of the last one where there are more behind it."""

    rows: list[Row]
    after: tuple[Scalar | None, ...] | None


def page(connection: Connection, query: Query, columns: Columns, shown: str | None = None, *, size: Size | None = None) -> Page:
    """One page. It ends before its limit where the `size` of its rows, in bytes, would be more than an answer holds.

    Raises Refusal 400 for a query that takes too long, and 413 for a record that no answer holds.
    """
    more = replace(query, limit=query.limit + 1)
    if walks(more, columns) and (found := _walked(connection, sql.select(more, columns, WALKING, shown))) is not None:
        return cut(found, query, size)
    with _limited(connection):
        return cut(_rows(connection, sql.select(more, columns, SQLITE, shown)), query, size)


def cut(rows: Iterable[Row], query: Query, size: Size | None = None) -> Page:
    """A page of rows that end with their places in the query's order: one more than its limit, where there are more behind it."""
    width, kept, place, held = len(query.whole_order), list[Row](), None, 0
    for some in batched(rows, TOGETHER, strict=False):
        records = [row[:-width] for row in some]
        weight = size(records) if size else 0
        if len(kept) + len(some) <= query.limit and held + weight <= LARGEST_PAGE:
            kept += records
            place, held = some[-1][-width:], held + weight
            continue
        for row, record in zip(some, records, strict=True):
            held += size([record]) if size else 0
            if len(kept) == query.limit or held > LARGEST_PAGE:
                if not kept:
                    raise Refusal(413, "This record is larger than an answer may be: name fewer of its _fields.", code="too_large")
                return Page(kept, place)
            kept.append(record)
            place = row[-width:]
    return Page(kept, None)


def text_bytes(rows: Sequence[Row]) -> int:
    """How many bytes rows of text take."""
    return sum(len("".join([cell for cell in row if isinstance(cell, str)]).encode()) + 10 * len(row) for row in rows)


def object_bytes(rows: Sequence[Row]) -> int:
    """How many bytes rows of one text each take, with a comma."""
    return len(",".join([row[0] for row in rows]).encode()) + 1


def distinct(connection: Connection, query: Query, columns: Columns) -> list[Row]:
    """The rows of a query that gives each combination once. Raises Refusal, as above."""
    with _limited(connection):
        return list(_rows(connection, sql.select(query, columns, SQLITE)))


def total(connection: Connection, query: Query, columns: Columns) -> int:
    """How many records a query finds in all. Raises Refusal, as above."""
    with _limited(connection):
        return next(_rows(connection, sql.count(query, columns, SQLITE)))[0]  # type: ignore[no-any-return]  # a count is one


def _walked(connection: Connection, statement: sql.Statement) -> list[Row] | None:
    """The rows, where a short walk finds them."""
    looks = count(1)
    try:
        with _watched(connection, lambda: next(looks) > WALK):
            return list(_rows(connection, statement))
    except _Stopped:
        return None


def _rows(connection: Connection, statement: sql.Statement) -> Iterator[Row]:
    return connection.execute(statement.text, statement.parameters)


@dataclass(frozen=True, slots=True)
class OverReplica:
    """The records of a replica, as its `connection` sees them."""

    connection: Connection
    columns: Columns

    def objects(self, query: Query) -> Page:
        """A page whose rows are one text each: a JSON object."""
        shown = json_row(self.columns, query.columns)
        return page(self.connection, query, self.columns, shown, size=object_bytes)

    def rows(self, query: Query) -> Page:
        """A page whose rows have the query's columns."""
        return page(self.connection, query, self.columns, size=text_bytes)

    def total(self, query: Query) -> int:
        """How many records there are in all."""
        return total(self.connection, query, self.columns)


@contextmanager
def _limited(connection: Connection) -> Iterator[None]:
    ends = time.monotonic() + LONGEST
    try:
        with _watched(connection, lambda: time.monotonic() > ends):
            yield
    except _Stopped:
        told = f"This took more than {LONGEST:.0f} seconds: ask for less, by a field that is indexed."
        raise Refusal(400, told, code="too_slow") from None


class _Stopped(Exception):
    """A query was given up."""


@contextmanager
def _watched(connection: Connection, enough: Callable[[], bool]) -> Iterator[None]:
    """What runs meanwhile is asked after every few steps whether it is enough. Raises _Stopped when it is."""
    from sqlite3 import OperationalError  # local: as SQLite itself, which an answer of 304 does not need

    connection.set_progress_handler(enough, STEPS)
    try:
        yield
    except OperationalError as failure:
        if failure.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        raise _Stopped from None
    finally:
        connection.set_progress_handler(None, 0)
