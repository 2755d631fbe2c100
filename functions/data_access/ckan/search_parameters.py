"""What `datastore_search` is asked, read and checked; every fault has CKAN's words (contract 1.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from functions.data_access.ckan.failures import invalid_fields
from functions.data_access.ckan.tables import OWN, Table
from functions.data_access.ckan.values import flag, listed, natural, structured, whole
from functions.data_access.queries import filters
from functions.data_access.queries.columns import Columns
from functions.data_access.queries.filters import Filters, NoFilters
from functions.data_access.queries.query import Order

MOST_ROWS = 32_000
"""In one answer, whatever is asked for."""

FORMATS = ("objects", "lists", "csv", "tsv")
KNOWN = frozenset(
    {
        "resource_id", "id", "filters", "q", "full_text", "distinct", "plain", "language", "limit", "offset", "fields", "sort",
        "include_total", "total_estimation_threshold", "records_format", "include_next_page",
    }
)  # fmt: skip

_SORT = re.compile(
    r'(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<bare>.+?))(?:\s+(?P<way>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?', re.IGNORECASE
)
_BETWEEN = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')


@dataclass(frozen=True)
class Search:
    """A search of one table. `fields` are the columns to give, empty for all; `sort` what was asked for, `order` what it means."""

    filters: Filters
    given_filters: object
    q: str | dict[str, str] | None
    plain: bool
    distinct: bool
    limit: int
    offset: int
    fields: tuple[str, ...]
    sort: str
    order: tuple[Order, ...]
    format: str
    total: bool
    next_page: bool


def read(parameters: Mapping[str, Any], table: Table, columns: Columns) -> Search:
    """The search that the parameters ask for."""
    refuse_unknown(parameters, KNOWN)
    given = structured(parameters.get("filters"), "filters")
    sort = parameters.get("sort")
    fields = tuple(listed(parameters.get("fields"), "fields"))
    for name in fields:
        if name != OWN and table.column(name) is None:
            raise invalid_fields({"fields": f'invalid value "{name[:100]}"'})
    sorting = ", ".join(listed(sort, "sort")) if isinstance(sort, list) else str(sort or "")
    return Search(
        filters=read_filters(given, columns),
        given_filters=given,
        q=_words(parameters, table),
        plain=flag(parameters, "plain", default=True),
        distinct=flag(parameters, "distinct"),
        limit=min(natural(parameters, "limit", 100), MOST_ROWS),
        offset=_offset(parameters),
        fields=fields,
        sort=sorting,
        order=_orders(sorting, table),
        format=_format(parameters),
        total=flag(parameters, "include_total", default=True),
        next_page=flag(parameters, "include_next_page"),
    )


def read_filters(given: object, columns: Columns) -> Filters:
    """Filters over a table's columns."""
    try:
        return filters.parse(given, columns)
    except NoFilters as wrong:
        raise invalid_fields({"filters": wrong.messages}) from None


def refuse_unknown(parameters: Mapping[str, Any], known: frozenset[str]) -> None:
    """Refuse parameters that the action does not have."""
    if unknown := sorted(parameters.keys() - known):
        raise invalid_fields({"__extras": [f'invalid value "{name[:100]}"' for name in unknown]})


def _offset(parameters: Mapping[str, Any]) -> int:
    offset = whole(parameters, "offset", 0)
    if offset < 0:
        raise invalid_fields({"offset": f'invalid value "{offset}"'})
    return offset


def _format(parameters: Mapping[str, Any]) -> str:
    given = str(parameters.get("records_format") or "objects")
    if given not in FORMATS:
        raise invalid_fields({"records_format": f"Value must be one of {list(FORMATS)}"})
    return given


def _words(parameters: Mapping[str, Any], table: Table) -> str | dict[str, str] | None:
    given = parameters.get("q") or parameters.get("full_text")
    if isinstance(given, str) and given.lstrip().startswith("{"):
        given = structured(given, "q")
    if not isinstance(given, dict):
        return str(given) if given else None
    for name in given:
        if table.column(name) is None:
            raise invalid_fields({"q": f'invalid value "{name[:100]}"'})
    return {name: str(words) for name, words in given.items()}


def _orders(sort: str, table: Table) -> tuple[Order, ...]:
    return tuple(_order(part.strip(), table) for part in _BETWEEN.split(sort) if part.strip())


def _order(part: str, table: Table) -> Order:
    found = _SORT.fullmatch(part)
    name = (found["quoted"] or "").replace('""', '"') or found["bare"] if found else ""
    if not found or (name != OWN and table.column(name) is None):
        raise invalid_fields({"sort": f'invalid value "{part[:100]}"'})
    descending = (found["way"] or "").lower() == "desc"
    # PostgreSQL takes what is not there for the greatest.
    nulls: Literal["first", "last"] | str = (found["nulls"] or ("first" if descending else "last")).lower()
    return Order(name, descending, empty_first=nulls == "first")
