"""A search of a table, run over the replica: what CKAN's words come to in the platform's one query."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions.data_access.ckan import full_text
from functions.data_access.ckan.failures import invalid_fields
from functions.data_access.ckan.search_parameters import Search
from functions.data_access.ckan.tables import OWN, Column, Table
from functions.data_access.queries import sql
from functions.data_access.queries.columns import Columns
from functions.data_access.queries.query import Every, Order, Query, Where
from functions.data_access.queries.sql import Statement
from functions.data_access.queries.sqlite import SQLITE

if TYPE_CHECKING:
    import sqlite3

SECONDS = 15.0
"""That one statement may take."""
STEPS = 20_000
"""Of SQLite's machine, between two looks at the clock."""
ONE_MATCH = 0.0607927
"""What PostgreSQL's `ts_rank` gives for one word found once."""


@dataclass(frozen=True)
class Asking:
    """A search over a table's columns: which of them are given, and how rows are ranked, where they are."""

    search: Search
    table: Table
    columns: Columns

    @property
    def given(self) -> list[Column]:
        """The columns of the answer's rows."""
        own = Column(OWN, "int")
        if self.search.fields:
            return [own if name == OWN else column for name in self.search.fields if (column := self.table.column(name) or own)]
        return list(self.table.columns) if self.search.distinct else [own, *self.table.columns]

    @property
    def ranks(self) -> list[Column]:
        """The columns that say how well a row answers `q`: one, or one for each column that is searched."""
        q = self.search.q
        if not q or self.search.distinct:
            return []
        return [Column("rank", "float4")] if isinstance(q, str) else [Column(f"rank {name}", "float4") for name in q]

    @property
    def query(self) -> Query:
        """What it comes to."""
        search = self.search
        named = tuple(column.name for column in self.given)
        where, words = self._searched()
        return Query(
            where=Every(tuple(part for part in (search.filters.where, where) if part != Every())),
            order=search.order,
            columns=named,
            limit=search.limit,
            offset=search.offset,
            search=words,
            distinct=search.distinct,
        )

    def statement(self) -> Statement:
        """The page of rows; by rank, where words are searched for and nothing else is asked."""
        query, ranks = self.query, self._ranked()
        if not ranks:
            return sql.select(query, self.columns, SQLITE)
        every = replace(query, limit=-1, offset=0) if not query.order else query
        shown = ", ".join(
            [sql.listed(query.columns), *(f"{rank.text} AS {sql.quoted(name.name)}" for rank, name in zip(ranks, self.ranks, strict=True))]
        )
        found = sql.select(every, self.columns, SQLITE, shown)
        parameters = (*(value for rank in ranks for value in rank.parameters), *found.parameters)
        if query.order:
            return Statement(found.text, parameters)
        by = ", ".join(f"{sql.quoted(name.name)} DESC" for name in self.ranks)
        page = SQLITE.page(query.limit, query.offset)
        ranked = f"SELECT * FROM ({found.text}) ORDER BY {by}, _place0 {page}"  # noqa: S608  # made of what was made safely
        return Statement(ranked, parameters)

    def total(self) -> Statement:
        """How many rows there are in all."""
        return sql.count(self.query, self.columns, SQLITE)

    def _searched(self) -> tuple[Where, str | None]:
        q, plain = self.search.q, self.search.plain
        if not q:
            return Every(), None
        if isinstance(q, dict):
            reads = full_text.holding if plain else full_text.asked
            return Every(tuple(reads(words, [name]) for name, words in q.items())), None
        if not plain:
            return full_text.asked(q, self.table.names), None
        if self.columns.searched and full_text.words_of(q):
            return Every(), q
        return full_text.holding(q, self.table.names), None

    def _ranked(self) -> list[Statement]:
        q = self.search.q
        if not self.ranks or not q:
            return []
        return [_rank(q, self.table.names)] if isinstance(q, str) else [_rank(words, [name]) for name, words in q.items()]


def rows(connection: sqlite3.Connection, statement: Statement) -> list[tuple[object, ...]]:
    """What a statement finds. Refuses, as CKAN does, one that takes too long."""
    with limited(connection):
        return connection.execute(statement.text, statement.parameters).fetchall()


@contextmanager
def limited(connection: sqlite3.Connection) -> Iterator[None]:
    """While this lasts, a statement that runs for too long is stopped and refused."""
    from sqlite3 import OperationalError  # here, as all of SQLite: most of the catalogue's actions do without

    until = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        yield
    except OperationalError:
        # What is stopped inside the full text says something else than that it was interrupted.
        if time.monotonic() <= until:
            raise
        raise invalid_fields({"query": "Search took too long"}) from None
    finally:
        connection.set_progress_handler(None, 0)


def page_after(search: Search, given: Sequence[Column], last: Sequence[object]) -> dict[str, object] | None:
    """The filter that the next page begins with, where rows are in the order of `_id`."""
    if not search.next_page or search.distinct or search.q:
        return None
    order = search.order or (Order(OWN),)
    place = next((place for place, column in enumerate(given) if column.name == OWN), None)
    if order[0].column != OWN or not last:
        return None
    # The place of the row in the order stands after its columns, for rows that do not show their `_id`.
    return {OWN: {"lt" if order[0].descending else "gt": last[place if place is not None else len(given)]}}


def _rank(text: str, names: Sequence[str]) -> Statement:
    words = full_text.words_of(text) or [""]
    parts = [f"(ifnull({sql.quoted(name)}, '') LIKE ?)" for _ in words for name in names]
    parameters = tuple(f"%{word}%" for word in words for _ in names)
    return Statement(f"({' + '.join(parts)}) * {ONE_MATCH}", parameters)
