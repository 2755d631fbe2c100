"""Run a query on a replica: a page of it, never larger than an answer may be, and never for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.common.failures import Refusal
from functions.data_access.queries import sql
from functions.data_access.queries.columns import Columns, Scalar
from functions.data_access.queries.query import Query
from functions.data_access.queries.sqlite import SQLITE, json_row

if TYPE_CHECKING:
    from sqlite3 import Connection

LARGEST_PAGE = 4_000_000
"""Bytes of records in one answer. Lambda takes 6 MB, and each quotation mark of a body costs two."""
LONGEST = 5.0
"""Seconds that a query may take."""
STEPS = 20_000
"""Of SQLite's own machine, between two looks at the clock: some tenths of a millisecond."""

type Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, each as it was asked for; `after` is the place of the last one where there are more behind it."""

    rows: list[Row]
    after: tuple[Scalar | None, ...] | None


def page(
    connection: Connection, query: Query, columns: Columns, shown: str | None = None, *, size: Callable[[Row], int] | None = None
) -> Page:
    """One page. It ends before its limit where the `size` of its rows, in bytes, would be more than an answer holds.

    Raises Refusal 400 for a query that takes too long, and 413 for a record that no answer holds.
    """
    width = len(query.whole_order)
    kept, place, held = list[Row](), None, 0
    with _limited(connection):
        for row in _rows(connection, sql.select(replace(query, limit=query.limit + 1), columns, SQLITE, shown)):
            record = row[: len(row) - width]
            held += size(record) if size else 0
            if len(kept) == query.limit or held > LARGEST_PAGE:
                if not kept:
                    raise Refusal(413, "This record is larger than an answer may be: name fewer of its _fields.", code="too_large")
                return Page(kept, place)
            kept.append(record)
            place = row[len(row) - width :]
    return Page(kept, None)


def distinct(connection: Connection, query: Query, columns: Columns) -> list[Row]:
    """The rows of a query that gives each combination once. Raises Refusal, as above."""
    with _limited(connection):
        return list(_rows(connection, sql.select(query, columns, SQLITE)))


def total(connection: Connection, query: Query, columns: Columns) -> int:
    """How many records a query finds in all. Raises Refusal, as above."""
    with _limited(connection):
        return next(_rows(connection, sql.count(query, columns, SQLITE)))[0]  # type: ignore[no-any-return]  # a count is one


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
        return page(self.connection, query, self.columns, shown, size=lambda row: len(row[0].encode()))

    def rows(self, query: Query) -> Page:
        """A page whose rows have the query's columns."""
        return page(self.connection, query, self.columns, size=lambda row: sum(len(cell) if isinstance(cell, str) else 10 for cell in row))

    def total(self, query: Query) -> int:
        """How many records there are in all."""
        return total(self.connection, query, self.columns)


@contextmanager
def _limited(connection: Connection) -> Iterator[None]:
    from sqlite3 import OperationalError  # local: as SQLite itself, which an answer of 304 does not need

    ends = time.monotonic() + LONGEST
    connection.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    try:
        yield
    except OperationalError as failure:
        if failure.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        told = f"This took more than {LONGEST:.0f} seconds: ask for less, by a field that is indexed."
        raise Refusal(400, told, code="too_slow") from None
    finally:
        connection.set_progress_handler(None, 0)
