"""CKAN's filters, as its 2.12 takes them (contract 1.6): `{"name": "Leeds", "opened": {"gte": 2020}}`, with `$or` and `$and`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeIs

from functions.data_access.queries.columns import Column, Columns, Kind, Scalar, as_text
from functions.data_access.queries.query import ALL, Condition, Either, Every, Operator, Where

AND, OR = "$and", "$or"
MOST_DEPTH, MOST_OPERATIONS = 10, 100

_COMPARED = {"eq": Operator.EXACT, "gt": Operator.GT, "gte": Operator.GTE, "lt": Operator.LT, "lte": Operator.LTE}
_POSTGRESQL = {Kind.INTEGER: "integer", Kind.NUMBER: "numeric", Kind.BOOLEAN: "boolean", Kind.DATE: "date", Kind.MOMENT: "timestamp"}


class NoFilters(Exception):
    """They cannot be understood; `messages` say why, as CKAN says it."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = list(messages)


@dataclass(frozen=True, slots=True)
class Filters:
    """What filters come to: what holds of the records they find, and the parsed tree that an answer echoes as `filterops`."""

    where: Where = ALL
    echo: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class _Operation:
    """A node of the tree: a field compared with a value, or `$and` or `$or` of `parts`."""

    op: str
    field: str | None
    value: object
    parts: tuple[_Operation, ...]

    def echo(self) -> dict[str, object]:
        """The node as an answer shows it."""
        value = self.value if self.field is not None else [part.echo() for part in self.parts]
        return {"op": self.op, "field": self.field, "value": value}


def parse(given: object, columns: Columns) -> Filters:
    """The filters of a call: a dictionary, a list of them, or either as JSON text. Raises NoFilters."""
    if isinstance(given, str) and given:
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise NoFilters(["Cannot parse JSON"]) from None
    if not given:
        return Filters()
    reader = _Reader(columns)
    found = reader.whole(given)
    if reader.faults:
        raise NoFilters(reader.faults)
    return Filters(_where(found, columns), found.echo())


class _Reader:
    """Reads filters into operations; what is wrong with a field is gathered in `faults`, what is too much is raised at once."""

    def __init__(self, columns: Columns) -> None:
        self.faults: list[str] = []
        self._columns = columns
        self._made = 0

    def whole(self, given: object) -> _Operation:
        """All of them: a dictionary's hold together, of a list's one."""
        if _are_dictionaries(given):
            return self._operation(OR, self._members(given, OR, 1))
        if not isinstance(given, dict):
            raise NoFilters(["Filters must be defined as a dict or a list of dicts"])
        return self._together(self._parts(given, 0))

    def _members(self, given: Iterable[Mapping[str, object]], within: str, depth: int) -> list[_Operation]:
        """What each of a list of dictionaries comes to; one that joins as the list does is spread in it."""
        if depth >= MOST_DEPTH:
            raise NoFilters(["Maximum nesting depth for filter operations reached"])
        return _spread(within, [self._together(_spread(AND, self._parts(one, depth))) for one in given])

    def _parts(self, given: Mapping[str, object], depth: int) -> list[_Operation]:
        found = list[_Operation]()
        for name, value in given.items():
            if not name.startswith("$") or name.startswith("$$"):
                found.append(self._field(name[1:] if name.startswith("$$") else name, value))
            elif name not in (AND, OR):
                self.faults.append(f"Unknown operators (must be one of $or, $and): {name}")
            elif not _are_dictionaries(value):
                self.faults.append(f"Filter operations must be defined as a list of dicts: {value}")
            elif name == AND and depth == 0:
                found += self._members(value, AND, 1)  # the root holds together as it is
            else:
                found.append(self._operation(name, self._members(value, name, depth + 1)))
        return found

    def _field(self, field: str, value: object) -> _Operation:
        if isinstance(value, dict):
            # Without any, which CKAN takes for no filter: a deletion would then take everything.
            return self._together([self._compared(op, field, of) for op, of in (value or {"": value}).items()])
        if not isinstance(value, list):
            return self._compared("eq", field, value)
        compared = [self._field(field, part) for part in value if isinstance(part, dict)]
        plain = [part for part in value if not isinstance(part, dict)]
        if not compared:
            return self._compared("in", field, plain)
        return self._operation(OR, [*compared, *([self._compared("in", field, plain)] if plain else [])])

    def _compared(self, op: str, field: str, value: object) -> _Operation:
        if field not in self._columns:
            self.faults.append(f"Unknown field: {field}")
        elif op not in (*_COMPARED, "in") or (op == "in" and not isinstance(value, list)):
            self.faults.append(f"Unknown filter operation: FilterOp(field={field!r}, op={op!r}, value={value!r})")
        else:
            try:
                _condition(op, self._columns[field], value)
            except ValueError as wrong:
                self.faults.append(str(wrong))
        return self._operation(op, [], field, value)

    def _together(self, parts: Sequence[_Operation]) -> _Operation:
        return parts[0] if len(parts) == 1 else self._operation(AND, parts)

    def _operation(self, op: str, parts: Sequence[_Operation], field: str | None = None, value: object = None) -> _Operation:
        self._made += 1
        if self._made > MOST_OPERATIONS:
            raise NoFilters(["Maximum number of filter operations exceeded"])
        return _Operation(op, field, value, tuple(parts))


def _are_dictionaries(given: object) -> TypeIs[list[dict[str, object]]]:
    # Empty ones, which CKAN passes over, are refused: they would find, and delete, everything.
    return isinstance(given, list) and bool(given) and all(isinstance(one, dict) and one for one in given)


def _spread(op: str, found: Sequence[_Operation]) -> list[_Operation]:
    return [part for one in found for part in (one.parts if one.op == op and one.field is None else [one])]


def _where(operation: _Operation, columns: Columns) -> Where:
    if operation.field is not None:
        return _condition(operation.op, columns[operation.field], operation.value)
    parts = tuple(_where(part, columns) for part in operation.parts)
    return Every(parts) if operation.op == AND else Either(parts)


def _condition(op: str, column: Column, value: object) -> Where:
    """Raises ValueError in PostgreSQL's words."""
    if value is None:
        return Either()  # nothing equals what is not there
    if isinstance(value, list):
        if op not in ("in", "eq"):
            raise ValueError(f"invalid input syntax for type {_type(column)}: {json.dumps(value)[:100]}")
        if op == "eq":
            return _whole_list(column, value)
        scalars = tuple(_scalar(column, part) for part in value if part is not None)
        if column.kind is Kind.LIST:
            return Either(tuple(Condition(column.name, Operator.ARRAYCONTAINS, scalar) for scalar in scalars))
        return Condition(column.name, Operator.IN, scalars)
    if column.kind is Kind.LIST:
        if op != "eq":
            raise ValueError(f"operator does not exist: {_type(column)} {op}")
        return Condition(column.name, Operator.ARRAYCONTAINS, _scalar(column, value))
    return Condition(column.name, _COMPARED[op], _scalar(column, value))


def _whole_list(column: Column, value: list[object]) -> Where:
    if column.kind is not Kind.LIST:
        raise ValueError(f"invalid input syntax for type {_type(column)}: {json.dumps(value)[:100]}")
    members = tuple(Condition(column.name, Operator.ARRAYCONTAINS, _scalar(column, part)) for part in value)
    return Every(members) if members else Condition(column.name, Operator.ISBLANK)


def _scalar(column: Column, value: object) -> Scalar:
    try:
        return column.value(as_text(value))
    except ValueError:
        raise ValueError(f"invalid input syntax for type {_type(column)}: {json.dumps(value)[:100]}") from None


def _type(column: Column) -> str:
    return _POSTGRESQL.get(column.each if column.kind is Kind.LIST else column.kind, "text")
