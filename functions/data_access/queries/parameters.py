"""A query as it stands in a URL, with Datasette's names: `?name=Leeds&opened__gte=2020&_sort_desc=opened` (contract 4).

Every parameter is known or refused, with its name and what there is instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from functions.common.failures import Invalid
from functions.data_access.queries import patterns
from functions.data_access.queries.columns import Column, Columns, Kind, checked_text
from functions.data_access.queries.query import PARTS, PATTERNS, PRESENCE, SETS, TAKES, Condition, Every, Operator, Order, Query
from functions.data_access.queries.words import phrases

MOST = 5_000
"""Records to a page."""
USUAL = 100
MOST_CONDITIONS = 50
MOST_VALUES = 200
"""In one set."""
MOST_PARAMETERS = 100

FORMATS = ("json", "csv", "ndjson")
SHOWN_UNLESS_TOLD = ("_key", "_entry", "_timestamp")
"""What is shown of every record beside its fields."""

_SURE = frozenset({"", "1", "true", "on"})
_MOMENT = Column("as_at", Kind.MOMENT)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and what else a URL says: the moment of `as_at`, where it is a time; the cursor; whether the total is wanted; the format."""

    query: Query
    moment: str | None = None
    cursor: str | None = None
    total: bool = False
    format: str | None = None


def parse(raw: str, columns: Columns) -> Asked:
    """The query of a URL's query string. Raises Invalid, naming the parameter."""
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Invalid(f"has more than {MOST_PARAMETERS} parameters", "the query") from None
    asked, conditions, seen = Asked(Query(columns=(*SHOWN_UNLESS_TOLD, *columns.fields))), list[Condition](), set[str]()
    for name, value in pairs:
        if name not in PARAMETERS:
            conditions.append(_condition(name, value, columns))
            continue
        if name in seen:
            raise Invalid("is given twice", name)
        seen.add(name)
        try:
            asked = PARAMETERS[name](asked, value, columns)
        except ValueError as wrong:
            raise Invalid(str(wrong), name) from None
    if {"_sort", "_sort_desc"} <= seen:
        raise Invalid("can be given, or _sort, not both", "_sort_desc")
    if len(conditions) > MOST_CONDITIONS:
        raise Invalid(f"holds {len(conditions)} conditions, and {MOST_CONDITIONS} is the most", "the query")
    return replace(asked, query=replace(asked.query, where=Every(tuple(conditions))))


def _condition(name: str, given: str, columns: Columns) -> Condition:
    column, operator = _compared(name, columns)
    try:
        return Condition(column.name, operator, _value(column, operator, given))
    except ValueError as wrong:
        raise Invalid(str(wrong), name) from None


def _compared(name: str, columns: Columns) -> tuple[Column, Operator]:
    """What a parameter compares, and how. A field's whole name comes first: it may have two underscores in it."""
    if name in columns:
        column, asked = columns[name], Operator.EXACT.value
    else:
        of, _, asked = name.rpartition("__")
        if of not in columns:
            raise Invalid(_nothing_like(of or name, [*columns], "field or parameter"), name[:100] or "the query")
        column = columns[of]
    takes = sorted(TAKES[column.kind])
    if asked not in takes:
        told = "; of a list, ask for what is in it" if column.kind is Kind.LIST else ""
        raise Invalid(f"{column.name} cannot be compared by {asked[:40]}: it takes {', '.join(takes)}{told}", name[:100])
    return column, Operator(asked)


def _value(column: Column, operator: Operator, given: str) -> Any:
    if operator in PRESENCE:
        if given not in _SURE:
            raise ValueError("takes no value but 1")
        return None
    if operator in SETS:
        members = _members(given)
        if len(members) > MOST_VALUES:
            raise ValueError(f"has {len(members)} values, and {MOST_VALUES} is the most")
        return tuple(column.value(member) for member in members)
    if operator in PARTS:
        if operator in PATTERNS:
            patterns.check(operator, given)
        return checked_text(given)
    value = column.value(given)
    if operator is Operator.DATE and len(str(value)) < len("2026-11-23"):
        raise ValueError("must be a whole date, such as 2026-11-23")
    return value


def _members(given: str) -> list[str]:
    """The values of a set: separated by commas, or a JSON array where they have commas in them."""
    if not given.startswith("["):
        return given.split(",")
    try:
        members = json.loads(given)
    except (ValueError, RecursionError):
        raise ValueError('must be values with commas between them, or a JSON array such as ["a", "b, c"]') from None
    return [member if isinstance(member, str) else json.dumps(member) for member in members]


def _nothing_like(name: str, there: Sequence[str], what: str) -> str:
    from difflib import get_close_matches  # local: most parameters are right

    near = get_close_matches(name, there, n=1)
    return f"there is no such {what}{f' (did you mean {near[0]}?)' if near else ''}: there are {', '.join(there)}"


def _named(given: str, columns: Columns, what: str) -> list[Column]:
    names = [name.strip() for name in given.split(",")]
    if unknown := [name for name in names if name not in columns]:
        raise ValueError(f"{unknown[0][:100] or 'an empty name'} is no field: there are {', '.join(columns)}")
    if len(set(names)) < len(names):
        raise ValueError(f"{what} a field twice")
    return [columns[name] for name in names]


def _order(given: str, columns: Columns, *, descending: bool) -> tuple[Order, ...]:
    by = _named(given, columns, "sorts by")
    if lists := [column.name for column in by if column.kind is Kind.LIST]:
        raise ValueError(f"{lists[0]} holds lists, which have no order")
    return tuple(Order(column.name, descending) for column in by)


def _sort(asked: Asked, given: str, columns: Columns) -> Asked:
    return replace(asked, query=replace(asked.query, order=_order(given, columns, descending=False)))


def _sort_desc(asked: Asked, given: str, columns: Columns) -> Asked:
    return replace(asked, query=replace(asked.query, order=_order(given, columns, descending=True)))


def _limit(asked: Asked, given: str, _: Columns) -> Asked:
    if not re.fullmatch(r"[0-9]{1,6}", given, re.ASCII) or not 1 <= int(given) <= MOST:
        raise ValueError(f"must be a whole number from 1 to {MOST}")
    return replace(asked, query=replace(asked.query, limit=int(given)))


def _fields(asked: Asked, given: str, columns: Columns) -> Asked:
    return replace(asked, query=replace(asked.query, columns=tuple(column.name for column in _named(given, columns, "names"))))


def _search(asked: Asked, given: str, columns: Columns) -> Asked:
    if not columns.searched:
        raise ValueError("this dataset has no search: filter by its fields")
    phrases(given)
    return replace(asked, query=replace(asked.query, search=given))


def _total(asked: Asked, given: str, _: Columns) -> Asked:
    if given not in {"0", *_SURE}:
        raise ValueError("must be 1, or 0")
    return replace(asked, total=given != "0")


def _as_at(asked: Asked, given: str, _: Columns) -> Asked:
    if re.fullmatch(r"[0-9]{1,15}", given, re.ASCII):
        return replace(asked, query=replace(asked.query, as_at=int(given)))
    try:
        return replace(asked, moment=str(_MOMENT.value(given)))
    except ValueError:
        raise ValueError("must be the number of an entry, or a time, such as 2026-11-23T09:30:00Z") from None


def _cursor(asked: Asked, given: str, _: Columns) -> Asked:
    return replace(asked, cursor=given)


def _format(asked: Asked, given: str, _: Columns) -> Asked:
    if given not in FORMATS:
        raise ValueError(f"must be one of {', '.join(FORMATS)}")
    return replace(asked, format=given)


PARAMETERS: dict[str, Callable[[Asked, str, Columns], Asked]] = {
    "_sort": _sort,
    "_sort_desc": _sort_desc,
    "_limit": _limit,
    "_fields": _fields,
    "_search": _search,
    "_total": _total,
    "as_at": _as_at,
    "_cursor": _cursor,
    "_format": _format,
}
"""What a URL may say beside conditions."""
