"""The action that reads rows (contract 1.6): CKAN 2.12's, with the `_links` that clients of 2.11 read beside its `next_page`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from functions.data_access.ckan import rows, search_parameters, searching, tables
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import table
from functions.data_access.ckan.datastore_info import METADATA, table_metadata
from functions.data_access.ckan.envelope import Written, written
from functions.data_access.ckan.search_parameters import Search
from functions.data_access.ckan.searching import Asking
from functions.data_access.ckan.tables import Column
from functions.data_access.ckan.values import required
from functions.data_access.queries import columns as queried

LARGEST_ANSWER = 4_000_000
"""Bytes of rows in one answer. Lambda takes 6 MB, and each quotation mark of a body costs two."""

_SEPARATORS: Mapping[str, rows.Separator] = {"csv": ",", "tsv": "\t"}


def datastore_search(asked: Asked) -> object:
    """Search the rows of a table: `filters`, `q`, `fields`, `sort`, `limit`, `offset`, `distinct`, `records_format`.

    An answer that would be too large has fewer rows, and says so in its `limit`, which `_links` and `next_page` go on from.
    """
    wanted = required(asked.parameters, "resource_id", "id")
    if wanted == METADATA:
        return table_metadata(asked)
    about = tables.of(table(wanted))
    with about.at_head() as current:
        columns = queried.of(current.dictionary)
        search = search_parameters.read(asked.parameters, about, columns)
        asking = Asking(search, about, columns)
        found = searching.rows(current.connection, asking.statement()) if search.limit else []
        total = searching.rows(current.connection, asking.total())[0][0] if search.total else None
    given = [*asking.given, *asking.ranks]
    records, kept = _fitting(search, given, found)
    limit = search.limit if kept == len(found) else kept
    result: dict[str, object] = {
        "include_next_page": search.next_page,
        "include_total": search.total,
        "limit": limit,
        "records_format": search.format,
        "resource_id": about.id,
        **_echoed(asked.parameters, search),
        "records": records,
        "fields": [column.wire() for column in given],
        "_links": _links(asked.parameters, about.id, search.offset, limit),
    }
    if total is not None:
        result["total"] = total
    if kept and (page := searching.page_after(search, given, found[kept - 1])):
        result["next_page"] = page
    return result


def _fitting(search: Search, given: Sequence[Column], found: Sequence[rows.Row]) -> tuple[str | Written, int]:
    """As many of the rows as one answer holds, and how many they are."""
    kept = len(found)
    while True:
        text = _text(search.format, given, found[:kept])
        size = len(text.encode())
        if size <= LARGEST_ANSWER or kept <= 1:
            return text if search.format in _SEPARATORS else Written(text), kept
        kept = max(1, int(kept * LARGEST_ANSWER / size * 0.95))


def _text(format_: str, given: Sequence[Column], found: Sequence[rows.Row]) -> str:
    if separator := _SEPARATORS.get(format_):
        return rows.separated(given, found, separator)
    return written(rows.shown(given, found) if format_ == "lists" else rows.objects(given, found))


def _echoed(parameters: Mapping[str, Any], search: Search) -> dict[str, object]:
    there = {name: parameters[name] for name in ("q", "language", "plain", "distinct") if name in parameters}
    if "offset" in parameters:
        there["offset"] = search.offset
    if search.given_filters:
        there |= {"filters": search.given_filters, "filterops": search.filters.echo}
    return there | ({"sort": search.sort} if search.sort else {})


def _links(parameters: Mapping[str, Any], resource_id: str, offset: int, limit: int) -> dict[str, str]:
    asked = {**parameters, "resource_id": resource_id, "limit": limit}
    texts = {name: value if isinstance(value, str) else written(value) for name, value in asked.items() if name not in ("id", "offset")}
    address = f"/api/3/action/datastore_search?{urlencode(texts)}"
    links = {"start": address, "next": f"{address}&offset={offset + limit}"}
    return links | ({"prev": f"{address}&offset={max(0, offset - limit)}"} if offset else {})
