"""The data dictionary of a register: which fields its records have, and what a value of each is, in the log and out of it.

The log keeps texts and lists of texts (contract 2.1). A dictionary checks them on the way in, and gives them their types on the way out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from functions.common.failures import Invalid
from functions.data_access import definitions
from functions.data_access.canonical import Item
from schemas.datatypes import problem

type Value = int | float | bool | str | list[int | float | bool | str]
"""A value with its type: what JSON shows."""
type Cell = int | float | str | None
"""The same as a column of the replica holds it: a boolean as 0 or 1, a list as JSON text."""
type ColumnType = Literal["INTEGER", "REAL", "TEXT"]

LONGEST_SHOWN = 50

_COLUMNS: Mapping[str, ColumnType] = {"integer": "INTEGER", "boolean": "INTEGER", "number": "REAL"}
_POSTGRES = {"integer": "int4", "number": "numeric", "boolean": "bool", "date": "date", "datetime": "timestamp"}
_JSON_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}
_JSON_FORMATS = {"date": "date", "url": "uri"}
_UNSEARCHABLE = frozenset({"rank", "rowid", "records_text"})
"""Names that the full-text index has for itself."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `values` are all that it may be, where there are any; `register` the one whose keys it holds."""

    name: str
    datatype: str = "string"
    cardinality: str = "1"
    text: str = ""
    required: bool = False
    values: tuple[str, ...] = ()
    register: str = ""
    index: bool = False

    @property
    def many(self) -> bool:
        """Whether it holds a list."""
        return self.cardinality == "n"

    @property
    def column_type(self) -> ColumnType:
        """The type of its column in SQLite."""
        return "TEXT" if self.many else _COLUMNS.get(self.datatype, "TEXT")

    @property
    def postgres_type(self) -> str:
        """What CKAN calls its type (contract 1.6)."""
        name = _POSTGRES.get(self.datatype, "text")
        return f"_{name}" if self.many else name

    @property
    def json_schema(self) -> dict[str, Any]:
        """Its values as JSON Schema (2020-12) has them."""
        schema: dict[str, Any] = {"type": _JSON_TYPES.get(self.datatype, "string")}
        if self.datatype in _JSON_FORMATS:
            schema["format"] = _JSON_FORMATS[self.datatype]
        if self.values:
            schema["enum"] = [_typed(self.datatype, value) for value in self.values]
        described = {"description": self.text} if self.text else {}
        return described | ({"type": "array", "items": schema} if self.many else schema)

    def check(self, value: str | list[str]) -> None:
        """Raises Invalid, naming the field, for what is no value of it."""
        if isinstance(value, list) != self.many:
            raise Invalid("must be a list of texts" if self.many else "must be one text, not a list", self.name)
        for text in value if isinstance(value, list) else [value]:
            if wrong := problem(self.datatype, text):
                raise Invalid(f"{_shown(text)} {wrong}", self.name)
            if self.values and text not in self.values:
                raise Invalid(f"{_shown(text)} is not one of {', '.join(self.values[:20])}", self.name)

    def typed(self, text: str) -> int | float | bool | str:
        """One value with its type. Raises Invalid, naming the field, for what has not this datatype."""
        if wrong := problem(self.datatype, text):
            raise Invalid(f"{_shown(text)} {wrong}", self.name)
        return _typed(self.datatype, text)

    def cell(self, value: str | list[str]) -> Cell:
        """What the column holds for a value of the log; nothing for one that is not of its type, from before the field had this one."""
        if self.many:
            texts = value if isinstance(value, list) else [value]
            typed = [_typed(self.datatype, text) for text in texts if self._fits(text)]
            return json.dumps(typed, ensure_ascii=False, separators=(",", ":"))
        return _typed(self.datatype, value) if isinstance(value, str) and self._fits(value) else None

    def value(self, cell: Cell) -> Value | None:
        """A cell with its type again."""
        if cell is None:
            return None
        if self.many:
            many: list[int | float | bool | str] = json.loads(str(cell))
            return many
        return bool(cell) if self.datatype == "boolean" else cell

    def _fits(self, text: str) -> bool:
        # A text column holds any text: a date that is none, from before there were dates, is still told as it was written.
        return self.datatype not in _COLUMNS or problem(self.datatype, text) is None


@dataclass(frozen=True)
class Dictionary:
    """The fields of a register in their order, which of them is its key, and whether the text of its records can be searched."""

    fields: tuple[Field, ...]
    key: str
    search: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Each field by its name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """The fields whose text can be searched; none, where none can."""
        texts = (field.name for field in self.fields if field.column_type == "TEXT" and field.name.lower() not in _UNSEARCHABLE)
        return tuple(texts) if self.search else ()

    @cached_property
    def hash(self) -> str:
        """The name of this layout: two dictionaries of one name make the same tables."""
        made_of = [[field.name, field.datatype, field.cardinality, field.index] for field in self.fields]
        return sha256(json.dumps([made_of, self.searched]).encode()).hexdigest()

    @cached_property
    def json_schema(self) -> dict[str, Any]:
        """A record as JSON Schema has it, without the columns of the platform."""
        required = [field.name for field in self.fields if field.required]
        properties = {field.name: field.json_schema for field in self.fields}
        return {"type": "object", "properties": properties, **({"required": required} if required else {})}

    def field(self, name: str) -> Field:
        """One field. Raises Invalid, listing what there is, for a name that none has."""
        if found := self.by_name.get(name):
            return found
        raise Invalid(f"is not a field of the register, which has {', '.join(self.names[:50])}", name[:LONGEST_SHOWN])

    def check(self, item: Item) -> None:
        """Raises Invalid, naming the field, for an item that does not fit: one unknown, absent and required, or of another type.

        The empty item fits always: it removes the record.
        """
        for name, value in item.items():
            self.field(name).check(value)
        for field in self.fields if item else ():
            if field.required and not item.get(field.name):
                raise Invalid("is required", field.name)

    def cells(self, item: Item) -> tuple[Cell, ...]:
        """The row of an item, in the order of the fields. What the dictionary does not know of it stays in the log alone."""
        return tuple(
            [
                value if (value := item.get(name)) is None or (as_it_stands and value.__class__ is str) else field.cell(value)
                for name, as_it_stands, field in self._plan
            ]
        )

    @cached_property
    def _plan(self) -> list[tuple[str, bool, Field]]:
        # Millions of rows are made in a row: most of their values are one text, which is its own cell.
        return [(field.name, field.column_type == "TEXT" and not field.many, field) for field in self.fields]


def of(declared: Mapping[str, Any]) -> Dictionary:
    """The dictionary of a compiled register (`infra/declarations.py`)."""
    fields = tuple(
        Field(
            name=field["field"],
            datatype=field["datatype"],
            cardinality=field["cardinality"],
            text=field.get("text", ""),
            required=field.get("required", False),
            values=tuple(field.get("values", ())),
            register=field.get("register", ""),
            index=field.get("index", False),
        )
        for field in declared["fields"]
    )
    return Dictionary(fields, declared["key"], declared.get("search", False))


def named(register: str) -> Dictionary | None:
    """The dictionary of a register, or None where there is no such register."""
    declared = definitions.find(register)
    if declared is None:
        return None
    made = _made.get(register)
    if made is None or made[0] is not declared:
        made = _made[register] = declared, of(declared)
    return made[1]


_made: dict[str, tuple[Mapping[str, Any], Dictionary]] = {}
"""Dictionaries beside the declarations they were made of, which a bundle holds as they are."""


def _typed(datatype: str, text: str) -> int | float | bool | str:
    match datatype:
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "boolean":
            return text == "true"
    return text


def _shown(text: str) -> str:
    """A value in an error that its sender reads; an excerpt, where it is long."""
    return json.dumps(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…", ensure_ascii=False)
