"""Records as CSV and as NDJSON: as the datasets' API gives them, all at once."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.data_access.csv_text import LIST_SEPARATOR
from functions.data_access.replica.tables import columns

if TYPE_CHECKING:
    from functions.data_access.dictionary import Field
    from functions.data_access.replica import Replica

SHOWN = ("_key", "_entry", "_timestamp")
"""What stands before the fields of a record."""
LEVEL = 6


def write_csv(current: Replica, plain: Path, to: Path) -> Path:
    """Write a header and a line for each record (RFC 4180), plain and with gzip.

    Values stand as they are, one that a spreadsheet takes for a formula too: what is read back is what was written.
    """
    odd = _odd(current)
    with plain.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*SHOWN, *current.dictionary.names])
        for row in _rows(current):
            writer.writerow([_cell(odd[number], cell) if number in odd else cell for number, cell in enumerate(row)] if odd else row)
    with plain.open("rb") as written, _packed(to) as packed:
        shutil.copyfileobj(written, packed, 1 << 20)
    return to


def write_ndjson(current: Replica, to: Path) -> Path:
    """Write a JSON object for each record, a line each, with gzip."""
    names = [*SHOWN, *current.dictionary.names]
    odd = _odd(current)
    with _packed(to) as packed, io.TextIOWrapper(packed, encoding="utf-8", newline="") as file:
        for row in _rows(current):
            values = [odd[number].value(cell) if number in odd else cell for number, cell in enumerate(row)] if odd else row
            file.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False, separators=(",", ":")) + "\n")
    return to


def _rows(current: Replica) -> Iterator[tuple[Any, ...]]:
    return current.connection.execute(f"SELECT {', '.join(SHOWN)}{columns(current.dictionary)} FROM records ORDER BY _id")


def _odd(current: Replica) -> dict[int, Field]:
    """The columns whose cells are not their values."""
    fields = enumerate(current.dictionary.fields, len(SHOWN))
    return {number: field for number, field in fields if field.many or field.datatype == "boolean"}


@contextmanager
def _packed(to: Path) -> Iterator[gzip.GzipFile]:
    """A file with gzip, without a name or a time in it: the same text gives the same bytes."""
    with to.open("wb") as file, gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=file, mtime=0) as packed:
        yield packed


def _cell(field: Field, cell: Any) -> str:
    if cell is None:
        return ""
    if field.many:
        return LIST_SEPARATOR.join(member if isinstance(member, str) else json.dumps(member) for member in json.loads(cell))
    return "true" if cell else "false"
