"""A dataset's tables as a replica lays them out, of any rows: in SQLite, and in Parquet files that DuckDB reads with Trino's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from functions.data_access.dictionary import Dictionary, Field
from functions.data_access.queries import columns
from functions.data_access.queries.columns import Columns, Kind

STATIONS = Dictionary(
    (
        Field("station", index=True),
        Field("name", text="What people call it."),
        Field("region", index=True, values=("North", "South", "Éast")),
        Field("level", "integer", index=True),
        Field("height", "number"),
        Field("tidal", "boolean"),
        Field("opened", "date", index=True),
        Field("checked-at", "datetime"),
        Field("rivers", cardinality="n"),
        Field("odd \"name'__x", text="A name that SQL must quote."),
    ),
    key="station",
    search=True,
)
STATION_COLUMNS = columns.of(STATIONS)

type Record = Mapping[str, Any]
"""A row: its fields, as a replica holds them."""


@dataclass(frozen=True)
class Version:
    """A row that stood from one entry until another, or still stands."""

    id: int
    key: str
    entry: int
    until: int | None
    record: Record

    def row(self, of: Columns) -> tuple[Any, ...]:
        own = (self.id, self.key, self.entry, f"2026-11-23T09:{self.entry // 60 % 60:02}:{self.entry % 60:02}Z")
        return (*own, *(self.record.get(name) for name in of.fields))


def versions(history: Sequence[tuple[str, Record | None]]) -> list[Version]:
    """What a log comes to: each entry gives a key a row, or takes it away (None)."""
    standing, ids, found = dict[str, Version](), dict[str, int](), list[Version]()
    for number, (key, record) in enumerate(history, 1):
        ids.setdefault(key, len(ids) + 1)
        if before := standing.pop(key, None):
            found.append(Version(before.id, key, before.entry, number, before.record))
        if record is not None:
            standing[key] = Version(ids[key], key, number, None, record)
    return [*found, *standing.values()]


def sqlite(found: Sequence[Version], of: Columns = STATION_COLUMNS) -> sqlite3.Connection:
    """The tables of a replica."""
    connection = sqlite3.connect(":memory:")
    kinds = {Kind.INTEGER: "INTEGER", Kind.BOOLEAN: "INTEGER", Kind.NUMBER: "REAL"}
    fields = ", ".join(f"{_quoted(name)} {kinds.get(of[name].kind, 'TEXT')}" for name in of.fields)
    connection.execute(f"CREATE TABLE records(_id INTEGER PRIMARY KEY, _key TEXT UNIQUE, _entry INTEGER, _timestamp TEXT, {fields})")
    connection.execute(f"CREATE TABLE past(_id INTEGER, _key TEXT, _entry INTEGER, _timestamp TEXT, {fields}, _until INTEGER)")
    for name in set(of.indexed) - {"_id", "_key"}:
        connection.execute(f"CREATE INDEX {_quoted(f'records_by_{name}')} ON records({_quoted(name)}, _id)")
    marks = ", ".join("?" * len(of))
    connection.executemany(f"INSERT INTO records VALUES ({marks})", [one.row(of) for one in found if one.until is None])
    connection.executemany(f"INSERT INTO past VALUES ({marks}, ?)", [(*one.row(of), one.until) for one in found if one.until])
    if of.searched:
        texts = ", ".join(_quoted(name) for name in of.searched)
        connection.execute(f"CREATE VIRTUAL TABLE records_text USING fts5({texts}, content='')")
        connection.execute(f"INSERT INTO records_text(rowid, {texts}) SELECT _id, {texts} FROM records")
    return connection


def parquet(found: Sequence[Version], folder: Path, of: Columns = STATION_COLUMNS) -> duckdb.DuckDBPyConnection:
    """The files of a snapshot, behind the functions that Trino has and DuckDB calls otherwise."""
    connection = duckdb.connect()
    connection.execute("CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)")
    connection.execute("CREATE MACRO json_array_contains(list, one) AS list_contains(CAST(list AS JSON) ->> '$[*]', CAST(one AS VARCHAR))")
    kinds = {Kind.INTEGER: "BIGINT", Kind.BOOLEAN: "BOOLEAN", Kind.NUMBER: "DOUBLE"}
    fields = ", ".join(f"{_quoted(column.name)} {kinds.get(column.kind, 'VARCHAR')}" for column in of.values())
    for table, rows in {
        "records": [one.row(of) for one in found if one.until is None],
        "history": [(*one.row(of), one.until) for one in found],
    }.items():
        more = ", _until BIGINT" if table == "history" else ""
        connection.execute(f"CREATE TABLE made({fields}{more})")
        if rows:
            connection.executemany(f"INSERT INTO made VALUES ({', '.join('?' * len(rows[0]))})", rows)
        connection.execute(f"COPY made TO '{folder / table}.parquet' (FORMAT parquet)")
        connection.execute("DROP TABLE made")
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder / table}.parquet'")
    return connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
