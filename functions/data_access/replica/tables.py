"""The tables of a replica: the whole log of a register, and what its records are now and were before, in columns.

| table          | what stands there                                                                                        |
|----------------|----------------------------------------------------------------------------------------------------------|
| `entries`      | every entry with its item; `id` is the place in which its key first came, from 1                         |
| `origins`      | the events that entries are owed to: many entries of one load have one                                   |
| `records`      | what is now: a row for each key that was not removed, with a column for each field                       |
| `past`         | what was: the row of an entry until entry `_until` took its place                                        |
| `removed`      | the keys whose latest entry removed them, and that entry                                                 |
| `records_text` | the full text of `records`, where the dictionary says that it can be searched                            |
| `about`        | how far the log was followed (`size`), how many keys there have been (`keys`), the dictionary's hash,    |
|                | and the version of this layout (`tables`)                                                                |

As at entry N, the records are those of `records` with `_entry <= N` and those of `past` with `_entry <= N AND _until > N`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

    from functions.data_access.dictionary import Dictionary

VERSION = 2
"""Of this layout: a snapshot's replica of another is not used."""

OWN = ("_id", "_key", "_entry", "_timestamp")
"""The columns of `records` that every register has. `past` has `_until` after `_entry`."""

_LOG = """
CREATE TABLE about (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE origins (id INTEGER PRIMARY KEY, event_id TEXT, event_source TEXT, correlation_id TEXT, version TEXT);
CREATE TABLE entries (number INTEGER PRIMARY KEY, id INTEGER, key TEXT, timestamp TEXT, hash BLOB, item TEXT, origin INTEGER);
"""
_LOG_INDEXES = """
CREATE INDEX entries_id ON entries (id, number);
CREATE INDEX entries_hash ON entries (hash);
"""


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return f'"{name.replace('"', '""')}"'


def columns(dictionary: Dictionary) -> str:
    """The columns of the fields, as a list in SQL that follows others."""
    return "".join(f", {quoted(name)}" for name in dictionary.names)


def make_log(connection: Connection) -> None:
    """Make the tables that a dictionary has no part in, without their indexes."""
    _run(connection, _LOG)
    tell(connection, "tables", VERSION)
    tell(connection, "size", 0)
    tell(connection, "keys", 0)


def make_records(connection: Connection, dictionary: Dictionary) -> None:
    """Make the tables whose columns are the dictionary's, in the place of those that there are, without their indexes."""
    fields = "".join(f", {quoted(field.name)} {field.column_type}" for field in dictionary.fields)
    for table in ("records_text", "records", "past", "removed"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(
        f"CREATE TABLE records (_id INTEGER PRIMARY KEY, _key TEXT NOT NULL UNIQUE, _entry INTEGER, _timestamp TEXT{fields})"
    )
    connection.execute(f"CREATE TABLE past (_id INTEGER, _key TEXT, _entry INTEGER, _until INTEGER, _timestamp TEXT{fields})")
    connection.execute("CREATE TABLE removed (_id INTEGER PRIMARY KEY, _key TEXT NOT NULL UNIQUE, _entry INTEGER)")
    tell(connection, "dictionary", dictionary.hash)


def index_log(connection: Connection) -> None:
    """Index the log, once it is there: many times quicker than as it grows."""
    _run(connection, _LOG_INDEXES)


def index_records(connection: Connection, dictionary: Dictionary) -> None:
    """The same for records, with their full text."""
    for field in dictionary.fields:
        if field.index:
            # The place beside it: a page in the order of a field goes on from both.
            connection.execute(f"CREATE INDEX {quoted(f'records_by_{field.name}')} ON records ({quoted(field.name)}, _id)")
    connection.execute("CREATE INDEX past_key ON past (_key)")
    connection.execute("CREATE INDEX past_until ON past (_until)")
    if dictionary.searched:
        texts = ", ".join(map(quoted, dictionary.searched))
        connection.execute(f"CREATE VIRTUAL TABLE records_text USING fts5({texts}, content='records', content_rowid='_id')")
        connection.execute("INSERT INTO records_text (records_text) VALUES ('rebuild')")


def tell(connection: Connection, name: str, value: str | int) -> None:
    """Note something about the replica."""
    connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


def told(connection: Connection) -> dict[str, str | int]:
    """All that is noted."""
    return dict(connection.execute("SELECT name, value FROM about").fetchall())


def listed(values: object) -> str:
    """Values as the one parameter that `json_each` makes rows of."""
    return json.dumps(values)


def _run(connection: Connection, script: str) -> None:
    # Not executescript, which commits first.
    for statement in filter(str.strip, script.split(";")):
        connection.execute(statement)
