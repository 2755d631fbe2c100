"""A query in SQL: once for two engines, SQLite over a replica and Athena (Trino) over a snapshot.

Names come from the columns alone, and are quoted; values are parameters, always. Where the engines differ, a `Dialect` says how.
"""

# ruff: noqa: S608  # the words are ours, the names are quoted, and values are parameters
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from functions.data_access.queries.columns import Column, Columns, Kind, Scalar
from functions.data_access.queries.query import SETS, Condition, Either, Every, Operator, Order, Query, Where

_COMPARED = {
    Operator.EXACT: "=",
    Operator.NOT: "<>",
    Operator.GT: ">",
    Operator.GTE: ">=",
    Operator.LT: "<",
    Operator.LTE: "<=",
}
_ABOUND = {  # what stands before and behind a part of a text that is looked for
    Operator.CONTAINS: ("%", "%"),
    Operator.NOTCONTAINS: ("%", "%"),
    Operator.STARTSWITH: ("", "%"),
    Operator.ENDSWITH: ("%", ""),
}
_NEGATIVE = frozenset({Operator.NOTCONTAINS, Operator.NOTLIKE})


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a statement, with the values of its question marks in their order."""

    text: str
    parameters: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL to run, and the values of its question marks."""

    text: str
    parameters: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine says what the other says otherwise. Each takes a column as it is written in SQL.

    `source` is the table of records that a query is about, as they are or as they were. `folded` and `fold` make a column and a value such
    that LIKE knows no case of the letters of ASCII; `holds` finds a member in a list; `given` is a value as a parameter; `searched` finds
    words in a record; `page` is a limit and an offset. It `seeks` where an index can go to a place in an order.
    """

    source: Callable[[Query, Columns], Fragment]
    folded: Callable[[str], str]
    fold: Callable[[str], str]
    glob: Callable[[str, str], Fragment]
    holds: Callable[[str], str]
    given: Callable[[Column, Scalar], Scalar]
    searched: Callable[[str, Columns], Fragment]
    page: Callable[[int, int], str]
    seeks: bool


def quoted(name: str) -> str:
    """A name as an identifier."""
    return f'"{name.replace('"', '""')}"'


def listed(names: Iterable[str]) -> str:
    """Several, as they are selected."""
    return ", ".join(quoted(name) for name in names)


def select(query: Query, columns: Columns, dialect: Dialect, shown: str | None = None) -> Statement:
    """The page of records that is asked for. Each row: what is `shown` (unless told, the query's columns), then its place in the order."""
    if query.distinct:
        return _distinct(query, columns, dialect)
    order = query.whole_order
    places = ", ".join(f"{quoted(by.column)} AS _place{number}" for number, by in enumerate(order))
    beginnings = _beginnings(query, order, columns, dialect) if query.after else [None]
    found = [_sorted(query, columns, dialect, f"{shown or listed(query.columns)}, {places}", beginning) for beginning in beginnings]
    if len(found) == 1:
        return Statement(found[0].text, found[0].parameters)
    together = " UNION ALL ".join(f"SELECT * FROM ({one.text})" for one in found)
    sorted_by = _order_by(order, [f"_place{number}" for number in range(len(order))])
    text = f"{together} ORDER BY {sorted_by} {dialect.page(query.limit, 0)}"
    return Statement(text, tuple(value for one in found for value in one.parameters))


def count(query: Query, columns: Columns, dialect: Dialect) -> Statement:
    """How many records there are in all, whatever the page."""
    source, where = dialect.source(query, columns), _where(query, columns, dialect)
    rows = f"(SELECT DISTINCT {listed(query.columns)} FROM {source.text}{where.text})" if query.distinct else f"{source.text}{where.text}"
    return Statement(f"SELECT count(*) FROM {rows}", source.parameters + where.parameters)


def _sorted(query: Query, columns: Columns, dialect: Dialect, shown: str, beginning: Fragment | None) -> Fragment:
    source, where = dialect.source(query, columns), _where(query, columns, dialect, beginning)
    order = query.whole_order
    sorted_by = _order_by(order, [quoted(by.column) for by in order])
    text = f"SELECT {shown} FROM {source.text}{where.text} ORDER BY {sorted_by} {dialect.page(query.limit, query.offset)}"
    return Fragment(text, source.parameters + where.parameters)


def _distinct(query: Query, columns: Columns, dialect: Dialect) -> Statement:
    source, where = dialect.source(query, columns), _where(query, columns, dialect)
    named = {by.column for by in query.order}
    order = (*query.order, *(Order(name) for name in query.columns if name not in named))
    sorted_by = _order_by(order, [quoted(by.column) for by in order])
    page = dialect.page(query.limit, query.offset)
    text = f"SELECT DISTINCT {listed(query.columns)} FROM {source.text}{where.text} ORDER BY {sorted_by} {page}"
    return Statement(text, source.parameters + where.parameters)


def _where(query: Query, columns: Columns, dialect: Dialect, beginning: Fragment | None = None) -> Fragment:
    parts = [] if query.where == Every() else [_holds(query.where, columns, dialect)]
    if query.search is not None:
        parts.append(dialect.searched(query.search, columns))
    parts += [beginning] if beginning else []
    return _prefixed(" WHERE ", _joined(parts, " AND ")) if parts else Fragment("")


def _holds(where: Where, columns: Columns, dialect: Dialect) -> Fragment:
    match where:
        case Every(parts):
            return _joined([_holds(part, columns, dialect) for part in parts], " AND ") if parts else Fragment("1 = 1")
        case Either(parts):
            return _joined([_holds(part, columns, dialect) for part in parts], " OR ") if parts else Fragment("1 = 0")
    return _compared(where, columns[where.column], dialect)


def _compared(condition: Condition, column: Column, dialect: Dialect) -> Fragment:
    name, operator, value = quoted(column.name), condition.operator, condition.value
    if operator in SETS:
        return _among(column, value if isinstance(value, tuple) else (), operator is Operator.NOTIN, dialect)
    if value is None or isinstance(value, tuple):
        return Fragment(_present(column, operator))
    if operator in _COMPARED:
        return Fragment(f"{name} {_COMPARED[operator]} ?", (dialect.given(column, value),))
    negation = "NOT " if operator in _NEGATIVE else ""
    match operator:
        case Operator.GLOB:
            return dialect.glob(name, str(value))
        case Operator.DATE:
            return Fragment(f"substr({name}, 1, 10) = ?", (str(value)[:10],))
        case Operator.ARRAYCONTAINS:
            return Fragment(dialect.holds(name), (dialect.given(column, value),))
        case Operator.ARRAYNOTCONTAINS:
            return Fragment(f"{name} IS NOT NULL AND NOT {dialect.holds(name)}", (dialect.given(column, value),))
        case Operator.LIKE | Operator.NOTLIKE:
            return Fragment(f"{dialect.folded(name)} {negation}LIKE ?", (dialect.fold(str(value)),))
    before, behind = _ABOUND[operator]
    pattern = before + dialect.fold(_literally(str(value))) + behind
    return Fragment(f"{dialect.folded(name)} {negation}LIKE ? ESCAPE '\\'", (pattern,))


def _among(column: Column, values: Sequence[Scalar], without: bool, dialect: Dialect) -> Fragment:
    name = quoted(column.name)
    if not values:
        return Fragment(f"{name} IS NOT NULL" if without else "1 = 0")
    marks = ", ".join("?" * len(values))
    return Fragment(f"{name} {'NOT ' if without else ''}IN ({marks})", tuple(dialect.given(column, value) for value in values))


def _present(column: Column, operator: Operator) -> str:
    name = quoted(column.name)
    empty = {Kind.LIST: "'[]'", Kind.TEXT: "''", Kind.DATE: "''", Kind.MOMENT: "''"}.get(column.kind)
    match operator:
        case Operator.ISBLANK if empty:
            return f"({name} IS NULL OR {name} = {empty})"
        case Operator.NOTBLANK if empty:
            return f"({name} IS NOT NULL AND {name} <> {empty})"
        case Operator.ISNULL | Operator.ISBLANK:
            return f"{name} IS NULL"
    return f"{name} IS NOT NULL"


def _beginnings(query: Query, order: Sequence[Order], columns: Columns, dialect: Dialect) -> list[Fragment]:
    """What holds of the records behind the place that the last page ended with; in two parts where an index can then go to each."""
    values = [None if value is None else dialect.given(columns[by.column], value) for by, value in zip(order, query.after, strict=True)]
    if dialect.seeks and len(order) == 1:
        return [_beyond(order[0], values[0])]
    if dialect.seeks and len(order) == 2 and order[0].descending == order[1].descending:
        return _sought(order, values)
    ways = []
    for number, by in enumerate(order):
        equal = [_equal(before, value) for before, value in zip(order[:number], values[:number], strict=True)]
        ways.append(_joined([*equal, _beyond(by, values[number])], " AND "))
    return [_joined(ways, " OR ")]


def _sought(order: Sequence[Order], values: Sequence[Scalar | None]) -> list[Fragment]:
    by, value = order[0], values[0]
    name, sign = quoted(by.column), "<" if by.descending else ">"
    if value is None:
        here = _joined([Fragment(f"{name} IS NULL"), _beyond(order[1], values[1])], " AND ")
        return [here, Fragment(f"{name} IS NOT NULL")] if by.begins_with_empty else [here]
    here = Fragment(f"({name}, {quoted(order[1].column)}) {sign} (?, ?)", (value, values[1] or 0))
    return [here] if by.begins_with_empty else [here, Fragment(f"{name} IS NULL")]


def _beyond(by: Order, value: Scalar | None) -> Fragment:
    name = quoted(by.column)
    if value is None:
        return Fragment(f"{name} IS NOT NULL" if by.begins_with_empty else "1 = 0")
    beyond = f"{name} {'<' if by.descending else '>'} ?"
    return Fragment(beyond if by.begins_with_empty or by.column == "_id" else f"({beyond} OR {name} IS NULL)", (value,))


def _equal(by: Order, value: Scalar | None) -> Fragment:
    return Fragment(f"{quoted(by.column)} IS NULL") if value is None else Fragment(f"{quoted(by.column)} = ?", (value,))


def _order_by(order: Sequence[Order], names: Sequence[str]) -> str:
    return ", ".join(f"{name} {_direction(by)}" for by, name in zip(order, names, strict=True))


def _direction(by: Order) -> str:
    way = "DESC" if by.descending else "ASC"
    return way if by.column == "_id" else f"{way} NULLS {'FIRST' if by.begins_with_empty else 'LAST'}"


def _literally(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _joined(parts: Sequence[Fragment], between: str) -> Fragment:
    if len(parts) == 1:
        return parts[0]
    return Fragment(between.join(f"({part.text})" for part in parts), tuple(value for part in parts for value in part.parameters))


def _prefixed(prefix: str, fragment: Fragment) -> Fragment:
    return Fragment(prefix + fragment.text, fragment.parameters)
