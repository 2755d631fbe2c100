"""What a JSON Schema says of a value, as classes and annotations of Python.

An object that lists its fields is a class, any other a mapping; a list is a tuple, so that an event cannot change. Texts with a format stay
the text that travelled: a time that is parsed and written again is not the same text. What has no name in Python is `object`.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WORDS = frozenset({"bool", "ClassVar", "Contract", "field", "float", "int", "Literal", "Mapping", "object", "str", "tuple"})
"""What annotations are made of: a field of that name would hide it from those after it."""
ANYTHING = "object"
ANY_OBJECT = "Mapping[str, object]"
MORE_THAN_FIELDS = frozenset({"patternProperties", "allOf", "anyOf", "oneOf"})
"""What makes an object more than the fields it lists."""
MOST_VALUES = 40
"""Values that an annotation lists; of more, it says the kind."""

type Schema = Mapping[str, Any] | bool


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a class: its name in JSON and in Python, its annotation, and what the schema says of it."""

    wire: str
    name: str
    annotation: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Record:
    """One class."""

    name: str
    description: str
    members: tuple[Member, ...]


@dataclass
class Shapes:
    """The classes of one schema, innermost first, so that each stands after what it refers to."""

    root: Mapping[str, Any]
    records: list[Record] = field(default_factory=list)
    _open: set[str] = field(default_factory=set)
    _known: dict[str, list[str]] = field(default_factory=dict)

    def record(self, schema: Mapping[str, Any], name: str) -> str:
        """Add the class of an object, and those of its parts; gives its name, made another where it is taken."""
        required = schema.get("required", ())
        annotations = {wire: self._annotation(part, wire, optional=wire not in required) for wire, part in schema["properties"].items()}
        names = python_names(annotations, {record.name for record in self.records})
        members = [
            Member(wire, names[wire], annotation, wire in required, described(schema["properties"][wire]))
            for wire, annotation in annotations.items()
        ]
        name = free(name, {record.name for record in self.records})
        self.records.append(Record(name, described(schema), tuple(members)))
        return name

    def _annotation(self, schema: Schema, name: str, *, optional: bool) -> str:
        kinds = self._kinds(schema, name)
        if optional and ANYTHING not in kinds:
            kinds = [*(kind for kind in kinds if kind != "None"), "None"]
        return joined(kinds)

    def _kinds(self, schema: Schema, name: str) -> list[str]:
        """The annotations of all that a value may be."""
        if isinstance(schema, bool) or not schema:
            return [ANYTHING]
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]), name)
        if "const" in schema or "enum" in schema:
            return listed(schema["enum"] if "enum" in schema else [schema["const"]])
        types = schema.get("type")
        if isinstance(types, str):
            return [self._of_type(types, schema, name)]
        if isinstance(types, list):
            return [self._of_type(kind, schema, name) for kind in types]
        if choices := schema.get("anyOf") or schema.get("oneOf"):
            return self._either(choices, name)
        return [self._of_type("object", schema, name)] if "properties" in schema and not schema.get("allOf") else [ANYTHING]

    def _either(self, choices: list[Schema], name: str) -> list[str]:
        kinds = [kind for choice in choices for kind in self._kinds(choice, name)]
        classes = {record.name for record in self.records}
        objects = {kind for kind in kinds if kind in classes or kind.startswith("Mapping")}
        # Which of several objects it is, only the schema can say.
        return [ANYTHING] if len(objects) > 1 else kinds

    def _referred(self, reference: str, name: str) -> list[str]:
        if reference in self._open or not reference.startswith("#"):
            # A schema within itself, or one that is elsewhere.
            return [ANYTHING]
        if reference not in self._known:
            self._open.add(reference)
            self._known[reference] = self._kinds(self._target(reference), reference.rpartition("/")[2] or name)
            self._open.discard(reference)
        return self._known[reference]

    def _target(self, reference: str) -> Schema:
        found: Any = self.root
        for step in filter(None, reference.removeprefix("#").split("/")):
            found = found.get(step.replace("~1", "/").replace("~0", "~"), True) if isinstance(found, Mapping) else True
        return found if isinstance(found, Mapping | bool) else True

    def _of_type(self, kind: str, schema: Mapping[str, Any], name: str) -> str:
        if kind == "object":
            return self._object(schema, name)
        if kind == "array":
            items = schema.get("items", True) if "prefixItems" not in schema else True
            return f"tuple[{self._annotation(items, singular(name), optional=False)}, ...]"
        return SCALARS.get(kind, ANYTHING)

    def _object(self, schema: Mapping[str, Any], name: str) -> str:
        others = schema.get("additionalProperties", not schema.get("properties"))
        if others is not False or schema.keys() & MORE_THAN_FIELDS:
            return self._mapping(schema, others, name)
        return self.record({"properties": {}, **schema}, class_name(name))

    def _mapping(self, schema: Mapping[str, Any], others: Schema, name: str) -> str:
        if isinstance(others, bool) or schema.keys() & {"properties", *MORE_THAN_FIELDS}:
            return ANY_OBJECT
        return f"Mapping[str, {self._annotation(others, singular(name), optional=False)}]"


def listed(values: list[Any]) -> list[str]:
    """The annotations of listed values: the values themselves, where Python can list them."""
    null = ["None"] if None in values else []
    plain = [int(value) if isinstance(value, float) and value.is_integer() else value for value in values if value is not None]
    if all(isinstance(value, str | int) for value in plain) and len(plain) <= MOST_VALUES:
        # 1 and true are two values in JSON, and one to Python's own comparison.
        texts = list(dict.fromkeys(literal(value) for value in plain))
        return [*([f"Literal[{', '.join(texts)}]"] if texts else []), *null]
    kinds = [{str: "str", int: "int", bool: "bool", float: "float"}.get(type(value), ANYTHING) for value in plain]
    return [ANYTHING] if ANYTHING in kinds else [*dict.fromkeys(kinds), *null]


def joined(kinds: list[str]) -> str:
    """One annotation of several, `None` last."""
    if ANYTHING in kinds or not kinds:
        return ANYTHING
    return " | ".join(sorted(dict.fromkeys(kinds), key=lambda kind: kind == "None"))


def literal(value: str | int) -> str:
    """A value as Python writes it, whatever it holds: JSON's texts are Python's, but for halves of characters."""
    if not isinstance(value, str):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def python_names(wires: Iterable[str], classes: set[str]) -> dict[str, str]:
    """The names in Python of fields, by their names in JSON: the same, wherever Python has that name and it hides no annotation."""
    names: dict[str, str] = {}
    for wire in wires:
        plain = re.sub(r"\W", "_", wire, flags=re.ASCII) or "_"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        # Two underscores in front are changed by Python inside a class.
        plain = f"field{plain}" if plain.startswith("__") else plain
        hides = keyword.iskeyword(plain) or plain in WORDS or plain in classes
        names[wire] = free(f"{plain}_" if hides else plain, set(names.values()))
    return names


def free(name: str, taken: set[str]) -> str:
    """This name, or the first like it that is not taken."""
    return next(one for one in _like(name) if one not in taken)


def _like(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1


def class_name(name: str) -> str:
    """The name of a field as that of a class: `PostalAddress` for `postal-address`."""
    plain = "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", name, flags=re.ASCII) if part)
    return plain if plain.isidentifier() and not keyword.iskeyword(plain) else f"Part{plain}"


def singular(name: str) -> str:
    """What one member of a list is called, more or less."""
    return name.removesuffix("s") or name


def described(schema: Schema) -> str:
    """What the schema says of a value, in one line."""
    if isinstance(schema, bool):
        return ""
    return " ".join(str(schema.get("description", "")).split())
