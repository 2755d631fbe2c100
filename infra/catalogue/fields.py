"""The fields of an event's data in words, and what changed between two versions of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.shapes import referred

type Node = Mapping[str, Any] | bool
type Part = Mapping[str, Any]
"""A schema that is no mere true or false."""

_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "object", "null": "null"}
_FORMATS = {"date-time": "date and time", "date": "date", "uuid": "UUID", "uri": "web address", "email": "email address"}
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "multipleOf": "a multiple of {}",
    "pattern": "fits {}",
}
_AMOUNTS = {
    "minLength": ("at least {} character", "at least {} characters"),
    "maxLength": ("at most {} character", "at most {} characters"),
    "minItems": ("at least {} member", "at least {} members"),
    "maxItems": ("at most {} member", "at most {} members"),
    "minProperties": ("at least {} field", "at least {} fields"),
    "maxProperties": ("at most {} field", "at most {} fields"),
}
_EITHER = ("anyOf", "oneOf")
_SOMETIMES = ("then", "else")
ANYTHING = "anything"
AGAIN = "the same again"
"""What a field holds whose schema is one that leads to it."""


@dataclass(frozen=True)
class Field:
    """One field: where it is, what it holds, what is asked of it, and whether it must be there."""

    steps: tuple[str, ...]
    kind: str
    rules: str
    required: bool
    description: str

    @property
    def path(self) -> str:
        """Where it is, dots leading inwards and through lists."""
        return ".".join(self.steps)


def fields(definition: Node) -> list[Field]:
    """Every field of a schema, those inside objects and lists after what holds them."""
    root = {} if isinstance(definition, bool) else definition
    return list(_inside(_value(definition, root, frozenset()), ()))


def changes(old: Node, new: Node) -> list[str]:
    """What a newer version of a schema changed, a sentence for each field and none where all is as it was."""
    before, after = ({field.path: field for field in fields(definition)} for definition in (old, new))
    return [
        *(f"`{path}` is new, and {_may_be_absent(field)}." for path, field in after.items() if path not in before),
        *(f"`{path}` is there no more." for path in before if path not in after),
        *(said for path, field in after.items() if path in before for said in _changed(before[path], field)),
    ]


def _changed(old: Field, new: Field) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"`{new.path}` was {old.kind}, and is {new.kind}."
    if old.rules != new.rules:
        yield f"`{new.path}` was held to: {old.rules or 'nothing'}; now to: {new.rules or 'nothing'}."
    if old.required != new.required:
        yield f"`{new.path}` {_may_be_absent(new)}."
    if old.description != new.description:
        yield f"`{new.path}` is described anew."


def _may_be_absent(field: Field) -> str:
    return "must be there" if field.required else "may be absent"


@dataclass(frozen=True)
class _Value:
    """What a schema says of one value: the parts that hold of it together, and the references that led to them."""

    parts: tuple[Part, ...]
    root: Part
    met: frozenset[str]
    comes_again: bool

    def also(self, node: Node) -> _Value:
        """What another schema says, one that stands in this."""
        return _value(node, self.root, self.met)

    def choices(self) -> list[list[_Value]]:
        """The alternatives of which one holds, each time there are some."""
        return [[self.also(node) for node in part[keyword]] for part in self.parts for keyword in _EITHER if part.get(keyword)]

    def items(self) -> list[_Value]:
        """What is said of the members of a list."""
        return [self.also(node) for part in self.parts for node in (*part.get("prefixItems", ()), *_given(part, "items"))]


@dataclass
class _Member:
    """A field of a value: what is said of it in one place or several, and the references that led to these."""

    nodes: list[Node]
    met: frozenset[str]
    required: bool


def _value(node: Node, root: Part, met: frozenset[str]) -> _Value:
    parts: list[Part] = []
    references: set[str] = set()
    comes_again = False
    waiting = [node]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, bool):
            continue
        parts.append(part)
        waiting = [*part.get("allOf", ()), *waiting]
        reference = part.get("$ref")
        if reference in met:
            comes_again = True
        elif reference is not None and reference not in references:
            references.add(reference)
            waiting.insert(0, referred(reference, root))
    return _Value(tuple(parts), root, met | references, comes_again)


def _inside(value: _Value, place: tuple[str, ...]) -> Iterator[Field]:
    for name, member in _members(value).items():
        steps, inner = (*place, name), _value({"allOf": member.nodes}, value.root, member.met)
        yield Field(steps, _kind(inner), ", ".join(dict.fromkeys(_rules(inner))), member.required, _description(inner))
        yield from _inside(inner, steps)


def _members(value: _Value) -> dict[str, _Member]:
    """The fields of what a value may be: of an object, of the objects in a list, of alternatives."""
    found: dict[str, _Member] = {}
    required = {name for part in value.parts for name in part.get("required", ())}
    for part in value.parts:
        for name, node in part.get("properties", {}).items():
            if node is not False:
                _add(found, name, _Member([node], value.met, name in required))
    for choices in value.choices():
        _add_either(found, choices, required)
    for part in value.parts:
        _add_either(found, [value.also(node) for keyword in _SOMETIMES for node in _given(part, keyword)], required, certain=False)
    for member in value.items():
        for name, inside in _members(member).items():
            _add(found, name, inside)
    return found


def _add_either(found: dict[str, _Member], choices: Iterable[_Value], required: set[str], *, certain: bool = True) -> None:
    """The fields of alternatives, of which one must be there where each that is an object asks for it."""
    several = [members for choice in choices if (members := _members(choice))]
    for name in dict.fromkeys(name for members in several for name in members):
        said = [members[name] for members in several if name in members]
        always = certain and len(said) == len(several) and all(member.required for member in said)
        nodes = [node for member in said for node in member.nodes]
        met = frozenset().union(*(member.met for member in said))
        _add(found, name, _Member(nodes if len(nodes) == 1 else [{"anyOf": nodes}], met, always or name in required))


def _add(found: dict[str, _Member], name: str, said: _Member) -> None:
    before = found.get(name, _Member([], frozenset(), required=False))
    found[name] = _Member([*before.nodes, *said.nodes], before.met | said.met, before.required or said.required)


def _description(value: _Value) -> str:
    return next((str(part["description"]) for part in value.parts if "description" in part), "")


def _kind(value: _Value) -> str:
    for choices in value.choices():
        kinds = list(dict.fromkeys(map(_kind, choices)))
        if kinds != [ANYTHING]:
            return " or ".join(kinds)
    for part in value.parts:
        if "const" in part:
            return _shown(part["const"])
        if "enum" in part:
            return f"one of {', '.join(map(_shown, part['enum']))}"
    types = next(([part["type"]] if isinstance(part["type"], str) else part["type"] for part in value.parts if "type" in part), [])
    if not types and _members(value):
        types = ["object"]
    return " or ".join(_of_type(kind, value) for kind in types) or (AGAIN if value.comes_again else ANYTHING)


def _of_type(kind: str, value: _Value) -> str:
    match kind:
        case "array":
            return _holding("list", value.items())
        case "object":
            others = [value.also(node) for part in value.parts for node in _given(part, "additionalProperties")]
            return _holding("object", others if not any("properties" in part for part in value.parts) else ())
        case "string":
            formats = [part["format"] for part in value.parts if "format" in part]
            return _FORMATS.get(formats[0], _KINDS[kind]) if formats else _KINDS[kind]
    return _KINDS.get(kind, kind)


def _holding(noun: str, members: Iterable[_Value]) -> str:
    kinds = [kind for kind in dict.fromkeys(map(_kind, members)) if kind != ANYTHING]
    return f"{noun} of {' or '.join(kinds)}" if kinds else noun


def _rules(value: _Value) -> Iterator[str]:
    for part in value.parts:
        yield from (words.format(part[rule]) for rule, words in _BOUNDS.items() if rule in part)
        yield from (words[part[rule] != 1].format(part[rule]) for rule, words in _AMOUNTS.items() if rule in part)
        if part.get("uniqueItems"):
            yield "no two members alike"
    for choices in value.choices():
        for choice in choices:
            yield from _rules(choice)


def _given(part: Part, keyword: str) -> list[Node]:
    """The one schema under a keyword, where there is one that says something."""
    return [part[keyword]] if isinstance(part.get(keyword), Mapping) else []


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
