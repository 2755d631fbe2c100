"""Whether an index serves a query: in a large dataset, one that must look at every record is refused."""

from __future__ import annotations

from functions.common.failures import Invalid
from functions.data_access.queries.columns import Columns
from functions.data_access.queries.query import Condition, Every, Operator, Query, Where

LARGE = 200_000
"""Records above which nothing is scanned: below, it takes some tens of milliseconds."""

_SOUGHT = frozenset({Operator.EXACT, Operator.IN, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.ISNULL})


def check(query: Query, columns: Columns, records: int) -> None:
    """Raise Invalid, naming what can be asked, where a query would scan more than a large dataset's records."""
    if records <= LARGE or query.search is not None or _serves(query.where, columns):
        return
    there = ", ".join(columns.indexed)
    if not query.selects_all:
        told = (
            f"no index serves these conditions, and there are {records:,} records: compare one of {there} by {', '.join(sorted(_SOUGHT))}"
        )
        raise Invalid(told, "the query")
    if query.order and not columns[query.order[0].column].indexed:
        raise Invalid(f"no index serves this order, and there are {records:,} records: sort by one of {there}", "_sort")


def _serves(where: Where, columns: Columns) -> bool:
    match where:
        case Condition(column, operator, _):
            return columns[column].indexed and operator in _SOUGHT
        case Every(parts):
            return any(_serves(part, columns) for part in parts)
    return all(_serves(part, columns) for part in where.parts)
