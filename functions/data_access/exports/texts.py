"""Records as CSV and as NDJSON: as the datasets' API gives them, all at once."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.data_access.csv_text import LIST_SEPARATOR
from functions.data_access.replica.tables import columns, quoted

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
    lists = [number for number, field in enumerate(current.dictionary.fields, len(SHOWN)) if field.many]
    fields = "".join(f", {_told(field)}" for field in current.dictionary.fields)
    with plain.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*SHOWN, *current.dictionary.names])
        rows = _rows(current, fields)
        writer.writerows(_joined(rows, lists) if lists else rows)
    with plain.open("rb") as written, _packed(to) as packed:
        shutil.copyfileobj(written, packed, 1 << 20)
    return to


def write_ndjson(current: Replica, to: Path) -> Path:
    """Write a JSON object for each record, a line each, with gzip."""
    names = [*SHOWN, *current.dictionary.names]
    odd = {number: field for number, field in enumerate(current.dictionary.fields, len(SHOWN)) if field.many or field.datatype == "boolean"}
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with _packed(to) as packed, io.TextIOWrapper(packed, encoding="utf-8", newline="") as file:
        for row in _rows(current, columns(current.dictionary)):
            values = [odd[number].value(cell) if number in odd else cell for number, cell in enumerate(row)] if odd else row
            file.write(encode(dict(zip(names, values, strict=True))) + "\n")
    return to


def _rows(current: Replica, fields: str) -> Iterator[tuple[Any, ...]]:
    return current.connection.execute(f"SELECT {', '.join(SHOWN)}{fields} FROM records ORDER BY _id")


def _told(field: Field) -> str:
    """A column of a field as CSV tells it, in SQL; a list stays what it is."""
    name = quoted(field.name)
    return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END" if field.datatype == "boolean" and not field.many else name


def _joined(rows: Iterable[tuple[Any, ...]], lists: Collection[int]) -> Iterator[list[Any]]:
    for row in rows:
        yield [_list(cell) if number in lists else cell for number, cell in enumerate(row)]


def _list(cell: str | None) -> str:
    members = json.loads(cell) if cell else []
    return LIST_SEPARATOR.join(member if isinstance(member, str) else json.dumps(member) for member in members)


@contextmanager
def _packed(to: Path) -> Iterator[gzip.GzipFile]:
    """A file with gzip, without a name or a time in it: the same text gives the same bytes."""
    with to.open("wb") as file, gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=file, mtime=0) as packed:
        yield packed
