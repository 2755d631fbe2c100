"""The fields of a declared register: those it lists, or those of an event's schema as registers know them."""

import json
from collections.abc import Mapping
from typing import Any

from schemas.declaration import Register, RegisterField

_FORMATS = {"date": "date", "date-time": "datetime", "uri": "url"}
_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}


def fields_of(register: Register, schema: Mapping[str, Any]) -> list[RegisterField]:
    """Its fields, in their order; `schema` is that of its fact, and empty where it has none."""
    if register.fields:
        return register.fields
    return [_field(register, name, _part(part), schema) for name, part in schema.get("properties", {}).items()]


def _field(register: Register, name: str, schema: Mapping[str, Any], whole: Mapping[str, Any]) -> RegisterField:
    listed = "array" in _types(schema)
    item = _part(schema.get("items", True)) if listed else schema
    values = [value if isinstance(value, str) else json.dumps(value) for value in item.get("enum", ()) if value is not None]
    # Built without validation: what a fact's schema says is not for the department's file to be blamed for.
    return RegisterField.model_construct(
        field=name,
        datatype=_datatype(item),
        cardinality="n" if listed else "1",
        text=schema.get("description"),
        required=name in whole.get("required", ()),
        values=values or None,
        register_name=register.references.get(name),
        index=name in register.index,
    )


def _part(schema: Mapping[str, Any] | bool) -> Mapping[str, Any]:
    """A part of a schema that may be a mere true or false, of which a register knows no more than that it is there."""
    return {} if isinstance(schema, bool) else schema


def _datatype(schema: Mapping[str, Any]) -> Any:
    if found := _FORMATS.get(schema.get("format", "")):
        return found
    types = _types(schema) - {"null"}
    return _TYPES.get(types.pop(), "string") if len(types) == 1 else "string"


def _types(schema: Mapping[str, Any]) -> set[str]:
    types = schema.get("type", "string")
    return {types} if isinstance(types, str) else set(types)
