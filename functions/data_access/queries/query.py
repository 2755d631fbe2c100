"""What a query is, whoever asked it: which records, in which order, which of their columns, from where on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from functions.data_access.queries.columns import Kind, Scalar


class Operator(StrEnum):
    """How a column is compared, by Datasette's names (contract 4). What is not there answers to `isnull` and `isblank` alone."""

    EXACT = "exact"
    NOT = "not"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    NOTIN = "notin"
    CONTAINS = "contains"
    NOTCONTAINS = "notcontains"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"
    LIKE = "like"
    NOTLIKE = "notlike"
    GLOB = "glob"
    DATE = "date"
    ARRAYCONTAINS = "arraycontains"
    ARRAYNOTCONTAINS = "arraynotcontains"
    ISNULL = "isnull"
    NOTNULL = "notnull"
    ISBLANK = "isblank"
    NOTBLANK = "notblank"


SETS = frozenset({Operator.IN, Operator.NOTIN})
PRESENCE = frozenset({Operator.ISNULL, Operator.NOTNULL, Operator.ISBLANK, Operator.NOTBLANK})
"""Those that ask whether there is a value, and take none."""
EQUALITY = frozenset({Operator.EXACT, Operator.NOT}) | SETS | PRESENCE
ORDER = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
MEMBERS = frozenset({Operator.ARRAYCONTAINS, Operator.ARRAYNOTCONTAINS})
PATTERNS = frozenset({Operator.LIKE, Operator.NOTLIKE, Operator.GLOB})
PARTS = frozenset({Operator.CONTAINS, Operator.NOTCONTAINS, Operator.STARTSWITH, Operator.ENDSWITH}) | PATTERNS

TAKES = {
    Kind.TEXT: EQUALITY | ORDER | PARTS,
    Kind.INTEGER: EQUALITY | ORDER,
    Kind.NUMBER: EQUALITY | ORDER,
    Kind.BOOLEAN: EQUALITY,
    Kind.DATE: EQUALITY | ORDER | PARTS | {Operator.DATE},
    Kind.MOMENT: EQUALITY | ORDER | PARTS | {Operator.DATE},
    Kind.LIST: MEMBERS | PRESENCE,
}
"""What each kind of column can be compared by."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A column compared with a value, with several (`in`, `notin`), or with none (`isnull` and its kind)."""

    column: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...] | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold; of none, always."""

    parts: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of these holds; of none, never."""

    parts: tuple[Where, ...] = ()


type Where = Condition | Every | Either
ALL = Every()


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by, and where those go that have no value: as SQLite and Datasette do, they are the least, unless told otherwise."""

    column: str
    descending: bool = False
    empty_first: bool | None = None

    @property
    def begins_with_empty(self) -> bool:
        """Whether records without a value come first."""
        return not self.descending if self.empty_first is None else self.empty_first


@dataclass(frozen=True, slots=True)
class Query:
    """One query. `after` is the place of the record that the last page ended with: its value in each column of `order`, then its `_id`.

    `as_at` is a number of entries: the records as they were when there were so many; without it, as they are. `columns` are those to
    give, in this order; `distinct` gives each combination of them once. `search` asks for words anywhere in a record.
    """

    where: Where = ALL
    order: tuple[Order, ...] = ()
    columns: tuple[str, ...] = ()
    limit: int = 100
    offset: int = 0
    after: tuple[Scalar | None, ...] = ()
    as_at: int | None = None
    search: str | None = None
    distinct: bool = False

    @property
    def whole_order(self) -> tuple[Order, ...]:
        """The order with what settles it: records equal in it stand as their keys first came, or the other way round if it descends."""
        if any(order.column == "_id" for order in self.order):
            return self.order
        return (*self.order, Order("_id", descending=bool(self.order) and self.order[-1].descending))

    @property
    def selects_all(self) -> bool:
        """Whether it asks for every record there is."""
        return self.where == ALL and self.search is None
