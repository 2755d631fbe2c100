"""What a JSON Schema says of a value: its types, its fields, its items. The part of 2020-12 that event schemas use.

Understood: type, const, enum, properties, required, additionalProperties, items, $ref within the schema, allOf, anyOf, oneOf.
What is not understood leaves a value free: nothing is then reported of it, and run time decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

type Schema = Mapping[str, Any] | bool
type Later = Callable[[], Shape]

TYPES = frozenset({"null", "boolean", "number", "string", "array", "object"})
NULL = frozenset({"null"})


@dataclass(frozen=True)
class Shape:
    """What a value may be. Fields and items are worked out when asked for, since a schema may refer to itself."""

    types: frozenset[str] = TYPES
    fields: Mapping[str, Later] = field(default_factory=dict)
    is_open: bool = True
    items: Later | None = None
    values: tuple[Any, ...] | None = None
    """All values it may have, where the schema lists them."""
    name: str = ""
    """How the expression reached it, for messages; empty for the event's data."""

    @property
    def is_unknown(self) -> bool:
        return self.types == TYPES

    @property
    def may_be_absent(self) -> bool:
        return "null" in self.types and not self.is_unknown

    def or_null(self) -> "Shape":
        return replace(self, types=self.types | NULL)

    def given(self) -> "Shape":
        return replace(self, types=self.types - NULL)

    def item(self) -> "Shape":
        return self.items() if self.items else Shape()


def of(*types: str) -> Shape:
    """The shape of a value of which only the types are known."""
    return Shape(types=frozenset(types))


def of_list(item: Later) -> Shape:
    """The shape of a list of items of one shape."""
    return Shape(types=frozenset({"array"}), items=item)


def of_object(fields: Mapping[str, Later]) -> Shape:
    """The shape of an object that has these fields and no other."""
    return Shape(types=frozenset({"object"}), fields=fields, is_open=False)


def of_value(found: Any) -> Shape:
    """The shape of a literal."""
    match found:
        case None:
            return Shape(types=NULL, values=(None,))
        case bool():
            return Shape(types=frozenset({"boolean"}), values=(found,))
        case int() | float():
            return Shape(types=frozenset({"number"}), values=(found,))
        case str():
            return Shape(types=frozenset({"string"}), values=(found,))
        case list():
            return of_list(lambda: either(*map(of_value, found)))
        case dict():
            return of_object({name: partial(of_value, value) for name, value in found.items()})
    return Shape()


def of_schema(schema: Schema, root: Mapping[str, Any]) -> Shape:
    """The shape of what a schema accepts; references are looked up in `root`."""
    if isinstance(schema, bool):
        return Shape()
    if "$ref" in schema:
        return of_schema(referred(str(schema["$ref"]), root), root)
    shape = _own(schema, root)
    for part in schema.get("allOf", ()):
        shape = _both(shape, of_schema(part, root))
    for keyword in ("anyOf", "oneOf"):
        if choices := schema.get(keyword):
            shape = _both(shape, either(*(of_schema(choice, root) for choice in choices)))
    return shape


def either(*shapes: Shape) -> Shape:
    """The shape of a value that is one of several."""
    if not shapes:
        return Shape()
    objects = [shape for shape in shapes if "object" in shape.types]
    lists = [shape for shape in shapes if "array" in shape.types]
    known = [shape.values for shape in shapes]
    return Shape(
        types=frozenset().union(*(shape.types for shape in shapes)),
        fields={name: partial(_field_of_either, name, objects) for shape in objects for name in shape.fields},
        is_open=any(shape.is_open for shape in objects),
        items=(lambda: either(*(shape.item() for shape in lists))) if lists else None,
        values=tuple(value for values in known for value in values or ()) if None not in known else None,
    )


def referred(reference: str, root: Mapping[str, Any]) -> Schema:
    """What a `$ref` within a schema names; anything at all where it leads nowhere there."""
    found: Any = root
    if not reference.startswith("#"):
        return True
    for step in filter(None, reference[1:].split("/")):
        found = found.get(step.replace("~1", "/").replace("~0", "~"), True) if isinstance(found, Mapping) else True
    return found  # type: ignore[no-any-return]


def _own(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Shape:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    required = schema.get("required", ())
    values = _values(schema)
    items = schema.get("items")
    # A schema that lists its fields means those; one that lists none, or allows others in so many words, may have any.
    is_open = bool(schema.get("additionalProperties", not properties)) or "patternProperties" in schema
    return Shape(
        types=_types(schema, values),
        fields={name: partial(_property, schema, root, optional=name not in required) for name, schema in properties.items()},
        is_open=is_open,
        items=(lambda: of_schema(items, root)) if items is not None else None,
        values=values,
    )


def _types(schema: Mapping[str, Any], values: tuple[Any, ...] | None) -> frozenset[str]:
    if values is not None:
        return frozenset().union(*(of_value(value).types for value in values))
    if (declared := schema.get("type")) is not None:
        names = [declared] if isinstance(declared, str) else declared
        return frozenset("number" if name == "integer" else name for name in names)
    if "properties" in schema:
        return frozenset({"object"})
    return frozenset({"array"}) if "items" in schema else TYPES


def _values(schema: Mapping[str, Any]) -> tuple[Any, ...] | None:
    if "const" in schema:
        return (schema["const"],)
    return tuple(schema["enum"]) if "enum" in schema else None


def _both(one: Shape, other: Shape) -> Shape:
    shared = one.fields.keys() & other.fields.keys()
    merged: dict[str, Later] = {**one.fields, **other.fields}
    merged |= {name: partial(_both_fields, name, one, other) for name in shared}
    return Shape(
        types=one.types & other.types or one.types,
        fields=merged,
        is_open=one.is_open and other.is_open,
        items=one.items or other.items,
        values=one.values if one.values is not None else other.values,
    )


def _property(schema: Schema, root: Mapping[str, Any], *, optional: bool) -> Shape:
    shape = of_schema(schema, root)
    return shape.or_null() if optional else shape


def _both_fields(name: str, one: Shape, other: Shape) -> Shape:
    return _both(one.fields[name](), other.fields[name]())


def _field_of_either(name: str, objects: list[Shape]) -> Shape:
    found = [shape.fields[name]() if name in shape.fields else (Shape() if shape.is_open else of("null")) for shape in objects]
    return either(*found)
