"""Records as Parquet, by DuckDB: what Athena, DuckDB and every data frame read as it is.

Dates and times are text, as a register has them: some stop at the year or the month. A list is the text of a JSON array.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from functions.data_access.replica.tables import columns, quoted

if TYPE_CHECKING:
    from functions.data_access.replica import Replica

ROWS_TO_A_GROUP = 50_000
LONGEST_LINE = 200_000_000
MEMORY = "512MB"

# Each in the order of an index: to sort all of it would take as much room again on the disk.
_PAST = "SELECT _id, _key, _entry, _until, _timestamp{fields} FROM past ORDER BY _until"
_PRESENT = "SELECT _id, _key, _entry, NULL, _timestamp{fields} FROM records ORDER BY _id"
_TYPES = {"_id": "BIGINT", "_entry": "BIGINT", "_until": "BIGINT"}
_COLUMN_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR"}


def write_parquet(current: Replica, history: Path, records: Path) -> Iterator[Path]:
    """Write every row that there has been, and those that stand, to files that are not there yet; gives each when it is written.

    The first must still be there when the second is asked for, which is made of it.
    """
    between = history.with_suffix(".between")
    try:
        types = _write_between(current, between)
        _copy(_read(between, types), types, history)
    finally:
        between.unlink(missing_ok=True)
    del types["_until"]
    _copy(f"read_parquet({_text(str(history))}) WHERE _until IS NULL", types, records)
    yield history
    yield records


def _write_between(current: Replica, between: Path) -> dict[str, str]:
    """Write the history as CSV that tells what is not there, which stays empty, from an empty text; gives the types of its columns."""
    past, present = (current.connection.execute(sql.format(fields=columns(current.dictionary))) for sql in (_PAST, _PRESENT))
    types = {name: _TYPES.get(name, "VARCHAR") for name, *_ in past.description}
    for field in current.dictionary.fields:
        is_boolean = field.datatype == "boolean" and not field.many
        types[field.name] = "BOOLEAN" if is_boolean else _COLUMN_TYPES[field.column_type]
    with between.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_NOTNULL).writerows(chain(past, present))
    return types


def _read(between: Path, types: dict[str, str]) -> str:
    named = ", ".join(f"{_text(name)}: {_text(type_)}" for name, type_ in types.items())
    return (
        f"read_csv({_text(str(between))}, columns={{{named}}}, header=false, auto_detect=false, delim=',', quote='\"', escape='\"',"
        f" nullstr='', allow_quoted_nulls=false, new_line='\\r\\n', parallel=false, max_line_size={LONGEST_LINE})"
    )


def _copy(rows: str, types: dict[str, str], to: Path) -> None:
    import duckdb  # here: a large shared object, which all that only reads a snapshot does without

    settings: dict[str, str | bool | int | float | list[str]] = {
        # So that rows and groups come in one order.
        "threads": 1,
        "preserve_insertion_order": True,
        "memory_limit": MEMORY,
        "temp_directory": str(to.parent),
    }
    kind = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_TO_A_GROUP})"
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute(f"COPY (SELECT {', '.join(map(quoted, types))} FROM {rows}) TO {_text(str(to))} {kind}")


def _text(text: str) -> str:
    return f"'{text.replace("'", "''")}'"
