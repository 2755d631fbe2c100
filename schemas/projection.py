"""Minimised data: of an event's data the fields that a list of paths names, and the schema of what is then left.

A path is one of `schemas.sharing`: dots lead inwards, and through a list to each of its members. What stands at the end of a path is kept
whole. An object or a list on the way is kept for what is left in it: where that is nothing, it is left out itself, and a member of a list
likewise, so that not even its being there is told.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import product
from typing import Any

from schemas.opening import Node, walk
from schemas.shapes import TYPES, of_value, referred

type Tree = Mapping[str, Tree | None]
"""Paths that share their beginnings: names, and under each what is wanted of it; None where all of it is."""
type Part = dict[str, Any]
"""A schema that is no mere true or false, or a part of one."""

MOST_ALTERNATIVES = 200
"""Ways to fit a schema that are looked at. Where there are more, what is in it can only be had whole."""


class CannotProject(ValueError):
    """A path leads nowhere in a schema, or its end cannot stand alone. `name` is the step that is not there, `known` those that are."""

    def __init__(self, message: str, name: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.known = frozenset(known)


class _Left(Enum):
    NOTHING = None


def covers(given: Iterable[str], path: str) -> bool:
    """Tell whether a path is one of those that are given, or lies within one."""
    return any(path == one or path.startswith(f"{one}.") for one in given)


def project(data: object, fields: Iterable[str]) -> dict[str, Any]:
    """Give what these paths name of an event's data, and nothing else of it; what is not there is left out."""
    left = _left(data, _tree(fields)) if isinstance(data, dict) else None
    return left if isinstance(left, dict) else {}


def projected_schema(schema: Mapping[str, Any], fields: Sequence[str], *, of: str = "the event") -> Part:
    """Give the JSON Schema of what `project` leaves of data that a schema accepts: closed, and a field required only where all its path is.

    Raises CannotProject for a path that the schema does not have; one within another says nothing more. `of` names the event in messages.
    """
    walked = _Walk(schema)
    # An event's data is an object, and stays one where nothing is left in it.
    found = walked.into([dict(schema), {"type": "object"}], _tree(fields), "")
    for path in fields:
        if not covers((other for other in fields if other != path), path):
            walked.check(path, of)
    node = found.node if found and isinstance(found.node, dict) else _closed({}, [])
    kept = {name: schema[name] for name in ("$schema", "title", "description") if name in schema}
    return {**kept, **node, **_definitions(node, schema)}


def _tree(fields: Iterable[str]) -> Tree:
    tree: dict[str, Any] = {}
    # The shortest first: what is wanted whole is not taken apart again by a longer path.
    for path in sorted(fields, key=len):
        *way, last = path.split(".")
        inner: dict[str, Any] | None = tree
        for name in way:
            inner = None if inner is None else inner.setdefault(name, {})
        if inner is not None:
            inner[last] = None
    return tree


def _left(value: object, wanted: Tree | None) -> object:
    if wanted is None:
        return value
    match value:
        case dict():
            fields = {name: _left(value[name], inner) for name, inner in wanted.items() if name in value}
            return {name: left for name, left in fields.items() if left is not _Left.NOTHING} or _Left.NOTHING
        case list():
            return [left for member in value if (left := _left(member, wanted)) is not _Left.NOTHING] or _Left.NOTHING
    # The path leads further in, and here is nothing to be in: this is not what it names.
    return _Left.NOTHING


@dataclass(frozen=True)
class _Found:
    """The schema of what is left of a value, and whether something always is."""

    node: Node
    is_sure: bool


@dataclass
class _Walk:
    """One walk over a schema along some paths. It notes where it came, and what it could have followed there."""

    root: Mapping[str, Any]
    reached: set[str] = field(default_factory=set)
    known: dict[str, set[str]] = field(default_factory=dict)

    def check(self, path: str, of: str) -> None:
        """Raise CannotProject, naming the step, where the walk did not come to the end of this path."""
        place = ""
        for name in path.split("."):
            there = _within(place, name)
            if there not in self.reached:
                known = self.known.get(place, set())
                if place and not known:
                    raise CannotProject(f'"{place}" has no fields that could be named: it is had whole or not at all')
                raise CannotProject(f'"{name}" is not a field of {f'"{place}"' if place else of}', name, known)
            place = there

    def into(self, parts: Sequence[Node], wanted: Tree, place: str) -> _Found | None:
        """What is left of a value that fits all these parts, where this is wanted of what is in it; None where nothing can be."""
        objects: list[dict[str, _Found]] = []
        lists: list[Node] = []
        sure: list[bool] = []
        for alternative in self.alternatives(parts):
            types = _types(alternative)
            if "object" in types:
                objects.append(fields := self._fields(alternative, wanted, place))
                sure.append(any(found.is_sure for found in fields.values()))
            if "array" in types:
                found = self._list(alternative, wanted, place)
                lists += [found.node] if found else []
                sure.append(found is not None and found.is_sure)
            sure.append(types <= {"object", "array"})
        names = sorted({name for fields in objects for name in fields})
        if not names and not lists:
            return None
        nodes = {name: _either([fields[name].node for fields in objects if name in fields]) for name in names}
        required = [name for name in names if all(name in fields and fields[name].is_sure for fields in objects)]
        return _Found(_either([*([_closed(nodes, required)] if names else []), *lists]), all(sure))

    def _fields(self, alternative: list[Part], wanted: Tree, place: str) -> dict[str, _Found]:
        listed = [part.get("properties", {}) for part in alternative]
        self.known.setdefault(place, set()).update(*listed)
        found: dict[str, _Found] = {}
        for name, inner in wanted.items():
            said = [properties[name] for properties in listed if name in properties]
            if not said and _is_open(alternative):
                # Nobody says what it is, but it may be there.
                found[name] = _Found(True, is_sure=False)
            if not said or any(node is False for node in said):
                continue
            there = _within(place, name)
            self.reached.add(there)
            left = _Found(_both(said), is_sure=True) if inner is None else self.into(said, inner, there)
            if left:
                is_required = any(name in part.get("required", ()) for part in alternative)
                found[name] = _Found(left.node, left.is_sure and is_required)
        return found

    def _list(self, alternative: list[Part], wanted: Tree, place: str) -> _Found | None:
        items = [part["items"] for part in alternative if "items" in part]
        if not items or any("prefixItems" in part for part in alternative):
            return _Found({"type": "array"}, is_sure=False)
        found = self.into(items, wanted, place)
        if found is None:
            return None
        is_filled = any(part.get("minItems", 0) > 0 for part in alternative)
        return _Found({"type": "array", "items": found.node}, found.is_sure and is_filled)

    def alternatives(self, parts: Sequence[Node], through: frozenset[str] = frozenset()) -> list[list[Part]]:
        """All ways in which a value may fit these parts, each with the parts that then hold of it together."""
        found: list[list[Part]] = [[]]
        for part in parts:
            found = _together(found, self._ways(part, through))
        return found

    def _ways(self, node: Node, through: frozenset[str]) -> list[list[Part]]:
        if isinstance(node, bool):
            return [[{}]] if node else []
        also: list[Node] = list(node.get("allOf", ()))
        reference = node.get("$ref")
        if reference is not None and reference not in through:
            through |= {reference}
            also.append(_node(referred(reference, self.root)))
        found = [[node, *more] for more in self.alternatives(also, through)]
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                found = _together(found, [way for choice in node[keyword] for way in self._ways(choice, through)])
        return found


def _together(these: Sequence[list[Part]], those: Sequence[list[Part]]) -> list[list[Part]]:
    if len(these) * len(those) > MOST_ALTERNATIVES:
        return [[{}]]
    return [[*one, *other] for one, other in product(these, those)]


def _types(alternative: Sequence[Part]) -> frozenset[str]:
    """The types that a value may have which fits all of these parts."""
    types = TYPES
    for part in alternative:
        declared = part.get("type", TYPES)
        names = [declared] if isinstance(declared, str) else declared
        types &= frozenset("number" if name == "integer" else name for name in names)
        values = [part["const"]] if "const" in part else part.get("enum")
        if values is not None:
            types &= frozenset().union(*(of_value(value).types for value in values))
    return types


def _is_open(alternative: Sequence[Part]) -> bool:
    """Whether a field may be there that none of these parts lists."""
    if any(part.get("additionalProperties", True) is False and "patternProperties" not in part for part in alternative):
        return False
    lets_others_in = {"additionalProperties", "patternProperties", "dependentSchemas", "if"}
    closes = any(part.get("unevaluatedProperties", True) is False for part in alternative)
    return not closes or any(part.keys() & lets_others_in for part in alternative)


def _closed(fields: Mapping[str, Node], required: Sequence[str]) -> Part:
    return {"type": "object", "properties": dict(fields), "required": list(required), "additionalProperties": False}


def _either(nodes: Sequence[Node]) -> Node:
    if any(node is True for node in nodes):
        return True
    # Told apart as they are written: to Python, 1 and true are equal.
    different = list({json.dumps(node, sort_keys=True): node for node in nodes}.values())
    return different[0] if len(different) == 1 else {"anyOf": different}


def _both(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else {"allOf": list(nodes)}


def _node(found: Mapping[str, Any] | bool) -> Node:
    return found if isinstance(found, bool) else dict(found)


def _within(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _definitions(node: Part, root: Mapping[str, Any]) -> Part:
    """The definitions that what was kept whole refers to, and those that they refer to."""
    kept: Part = {}
    waiting: list[Node] = [node]
    while waiting:
        for part in walk(waiting.pop()):
            for reference in (part[keyword] for keyword in ("$ref", "$dynamicRef") if keyword in part):
                start, _, name = str(reference).partition("#/$defs/")
                name = name.split("/")[0]
                if start or name not in root.get("$defs", {}):
                    raise CannotProject(f'a part of it refers to "{reference}", which would be another thing in a part of the schema')
                if name not in kept:
                    kept[name] = root["$defs"][name]
                    waiting.append(kept[name])
    return {"$defs": kept} if kept else {}
