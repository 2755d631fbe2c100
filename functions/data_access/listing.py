"""A page of a dataset's records, as JSON, CSV or NDJSON, with the link to the next one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from functions.data_access.csv_text import LIST_SEPARATOR
from functions.data_access.queries import cursor
from functions.data_access.queries.columns import Columns, Kind
from functions.data_access.queries.cursor import Place
from functions.data_access.queries.parameters import Asked
from functions.data_access.queries.query import Query
from functions.data_access.queries.running import Page, Row

_UNSAID = frozenset({"_cursor", "_format"})
"""What a next link does not repeat as it was given."""


class Source(Protocol):
    """Where records are read: a replica, or a snapshot in Athena."""

    def objects(self, query: Query) -> Page:
        """A page whose rows are one text each: a JSON object."""

    def rows(self, query: Query) -> Page:
        """A page whose rows have the query's columns."""

    def total(self, query: Query) -> int:
        """How many records there are in all."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as it is sent, and where the next one is, if there is one."""

    body: str
    next: str | None


def listed(source: Source, dataset: str, address: str, asked: Asked, raw: str, columns: Columns, as_at: int) -> Listed:
    """The page that is asked for, of a dataset with `as_at` entries; `address` is its own without a query, `raw` the query string."""
    query, form = asked.query, asked.format or "json"
    found = source.rows(query) if form == "csv" else source.objects(query)
    following = _next(dataset, address, query, form, raw, as_at, found) if found.after else None
    if form == "csv":
        return Listed(csv_page(found.rows, query.columns, columns), following)
    if form == "ndjson":
        return Listed("".join([f"{row[0]}\n" for row in found.rows]), following)
    more: dict[str, object] = {"total": source.total(query)} if asked.total else {}
    more |= {"next": following} if following else {}
    opening = f'{{"dataset":{json.dumps(dataset)},"as_at":{as_at},"records":['
    return Listed(f"{opening}{','.join([row[0] for row in found.rows])}]{_members(more)}}}", following)


def csv_page(rows: Sequence[Row], names: Sequence[str], columns: Columns) -> str:
    """A header and a line for each row (RFC 4180): lists joined with `;`, as registers have them; what is not there stays empty."""
    written = {at: cell for at, name in enumerate(names) if (cell := _CELLS.get(columns[name].kind))}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    told = [[written[at](cell) if at in written else cell for at, cell in enumerate(row)] for row in rows] if written else rows
    writer.writerows(told)
    return text.getvalue()


def _next(dataset: str, address: str, query: Query, form: str, raw: str, as_at: int, found: Page) -> str:
    kept = [(name, value) for name, value in parse_qsl(raw, keep_blank_values=True) if name not in _UNSAID]
    told = [("_format", form)] if form != "json" else []
    place = cursor.written(dataset, query, Place(as_at, found.after or ()))
    return f"{address}?{urlencode([*kept, *told, ('_cursor', place)])}"


def _members(more: Mapping[str, object]) -> str:
    return "".join([f",{json.dumps(name)}:{json.dumps(value)}" for name, value in more.items()])


def _boolean(cell: Any) -> str:
    return "" if cell is None else "true" if cell else "false"


def _list(cell: Any) -> str:
    members = json.loads(cell) if cell else []
    return LIST_SEPARATOR.join(member if isinstance(member, str) else json.dumps(member) for member in members)


_CELLS = {Kind.BOOLEAN: _boolean, Kind.LIST: _list}
"""How a cell is written in CSV, where it is not written as it stands."""
