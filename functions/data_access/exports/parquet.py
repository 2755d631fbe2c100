"""Records as Parquet, by DuckDB: what Athena, DuckDB and every data frame read as it is.

Dates and times are text, as a register has them: some stop at the year or the month. A list is the text of a JSON array.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from functions.data_access.replica.tables import columns, quoted

if TYPE_CHECKING:
    from functions.data_access.replica import Replica

ROWS_TO_A_GROUP = 50_000
LONGEST_LINE = 200_000_000
MEMORY = "512MB"

_ROWS = {
    "records": "SELECT _id, _key, _entry, _timestamp{fields} FROM records ORDER BY _id",
    "history": "SELECT _id, _key, _entry, _until, _timestamp{fields} FROM past"
    " UNION ALL SELECT _id, _key, _entry, NULL, _timestamp{fields} FROM records ORDER BY _id, _entry",
}
_TYPES = {"_id": "BIGINT", "_entry": "BIGINT", "_until": "BIGINT"}
_COLUMN_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR"}


def write_parquet(current: Replica, table: Literal["records", "history"], to: Path) -> Path:
    """Write the records, or their history, to a file that is not there yet."""
    between = to.with_suffix(".between")
    rows = current.connection.execute(_ROWS[table].format(fields=columns(current.dictionary)))
    types = {name: _TYPES.get(name, "VARCHAR") for name, *_ in rows.description}
    for field in current.dictionary.fields:
        plain = "BOOLEAN" if field.datatype == "boolean" and not field.many else _COLUMN_TYPES[field.column_type]
        types[field.name] = plain
    with between.open("w", encoding="utf-8", newline="") as file:
        # What is not there stays empty; an empty text stands in quotation marks.
        csv.writer(file, quoting=csv.QUOTE_NOTNULL).writerows(rows)
    try:
        _convert(between, types, to)
    finally:
        between.unlink()
    return to


def _convert(between: Path, types: dict[str, str], to: Path) -> None:
    import duckdb  # here: a large shared object, which all that only reads a snapshot does without

    named = ", ".join(f"{_text(name)}: {_text(type_)}" for name, type_ in types.items())
    read = (
        f"read_csv({_text(str(between))}, columns={{{named}}}, header=false, auto_detect=false, delim=',', quote='\"', escape='\"',"
        f" nullstr='', allow_quoted_nulls=false, new_line='\\r\\n', parallel=false, max_line_size={LONGEST_LINE})"
    )
    # One thread, so that rows and groups come in one order; nothing is fetched, and nothing read but this file.
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": MEMORY,
        "temp_directory": str(to.parent),
        "preserve_insertion_order": True,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        shown = ", ".join(map(quoted, types))
        kind = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_TO_A_GROUP})"
        connection.execute(f"COPY (SELECT {shown} FROM {read}) TO {_text(str(to))} {kind}")


def _text(text: str) -> str:
    return f"'{text.replace("'", "''")}'"
