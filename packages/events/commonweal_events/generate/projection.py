"""What is left of a schema where a subscriber is given some of its fields: those, and the objects and lists that they stand in.

It follows what the platform does to the data: an object or a list that is given in part is left out where nothing is left in it, and so is
a member of a list. So a field is required only where all the way to something in it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from commonweal_events.generate.versions import Unusable

type Schema = Mapping[str, Any] | bool
type Part = Mapping[str, Any]
type Path = tuple[str, ...]

INWARDS = frozenset({"object", "array"})
"""The kinds of value that a path leads into; of every `other` nothing is left."""
KINDS = INWARDS | {"other"}
MOST_ALTERNATIVES = 200
"""Ways to fit a schema that are looked at; where there are more, what is in it can only be had whole."""
DEFINITIONS = "#/$defs/"


def projected(schema: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """The schema of these fields: `address.postcode` goes inwards, and through a list to each of its members. Raises Unusable."""
    paths = [tuple(path.split(".")) for path in fields]
    walk = _Walk(schema)
    left = walk.into([schema, {"type": "object"}], paths, ())
    for path in paths:
        walk.check(path)
    node = left.node if left and isinstance(left.node, Mapping) else {"type": "object", "properties": {}}
    _check_references(node, schema)
    named = {name: schema[name] for name in ("title", "description") if name in schema}
    return {**node, **named, **({"$defs": schema["$defs"]} if "$defs" in schema else {})}


@dataclass(frozen=True)
class _Left:
    """What is left of a value, and whether something always is."""

    node: Schema
    is_sure: bool


@dataclass
class _Walk:
    """One walk along some paths. It notes where it came, and which fields it could have followed there."""

    root: Mapping[str, Any]
    reached: set[Path] = field(default_factory=set)
    known: dict[Path, dict[str, None]] = field(default_factory=dict)

    def check(self, path: Path) -> None:
        """Raise Unusable, naming the step, where the walk did not come to the end of this path."""
        for length in range(1, len(path) + 1):
            if path[:length] not in self.reached:
                there = ", ".join(self.known.get(path[: length - 1], ()))
                raise Unusable(f"{'.'.join(path[:length])} is not a field: there are {there or 'none'}")

    def into(self, parts: Sequence[Schema], paths: Sequence[Path], place: Path) -> _Left | None:
        """What is left of a value that fits all these parts, of which these paths are given; None where nothing can be."""
        objects: list[dict[str, _Left]] = []
        lists: list[_Left] = []
        sure: list[bool] = []
        described: Part = {}
        for alternative in self._alternatives(parts, frozenset()):
            kinds = _kinds(alternative)
            described = described or next((part for part in alternative if "description" in part), {})
            if "object" in kinds:
                objects.append(fields := self._fields(alternative, paths, place))
                sure.append(any(left.is_sure for left in fields.values()))
            if "array" in kinds:
                found = self._list(alternative, paths, place)
                lists += [found] if found else []
                sure.append(found is not None and found.is_sure)
            sure.append(kinds <= INWARDS)
        names = dict.fromkeys(name for fields in objects for name in fields)
        nodes: list[Schema] = [_record(objects, names, described)] if names else []
        nodes += [found.node for found in lists]
        return _Left(_either(nodes), all(sure)) if nodes else None

    def _fields(self, alternative: Sequence[Part], paths: Sequence[Path], place: Path) -> dict[str, _Left]:
        listed = [part.get("properties", {}) for part in alternative]
        self.known.setdefault(place, {}).update(dict.fromkeys(name for properties in listed for name in properties))
        found: dict[str, _Left] = {}
        for name in dict.fromkeys(path[0] for path in paths):
            said = [properties[name] for properties in listed if name in properties]
            if not said and not _is_closed(alternative):
                # Another alternative may list it; by this one it may be anything.
                found[name] = _Left(True, is_sure=False)
            if not said or any(node is False for node in said):
                continue
            self.reached.add((*place, name))
            inner = [path[1:] for path in paths if path[0] == name]
            # A path that ends here means all that the field holds, though another leads further in.
            if not all(inner):
                self.reached |= {(*place, *path[:length]) for path in paths if path[0] == name for length in range(1, len(path) + 1)}
                left: _Left | None = _Left(said[0] if len(said) == 1 else {"allOf": said}, is_sure=True)
            else:
                left = self.into(said, inner, (*place, name))
            if left:
                is_required = any(name in part.get("required", ()) for part in alternative)
                found[name] = _Left(left.node, left.is_sure and is_required)
        return found

    def _list(self, alternative: Sequence[Part], paths: Sequence[Path], place: Path) -> _Left | None:
        items = [part["items"] for part in alternative if "items" in part]
        if not items or any("prefixItems" in part for part in alternative):
            return _Left({"type": "array"}, is_sure=False)
        found = self.into(items, paths, place)
        is_filled = any(part.get("minItems", 0) > 0 for part in alternative)
        return found and _Left({"type": "array", "items": found.node}, found.is_sure and is_filled)

    def _alternatives(self, parts: Iterable[Schema], through: frozenset[str]) -> list[list[Part]]:
        """All ways in which a value may fit these parts, each with all that then holds of it."""
        found: list[list[Part]] = [[]]
        for part in parts:
            found = _together(found, self._ways(part, through))
        return found

    def _ways(self, node: Schema, through: frozenset[str]) -> list[list[Part]]:
        if isinstance(node, bool):
            return [[{}]] if node else []
        also: list[Schema] = list(node.get("allOf", ()))
        reference = node.get("$ref")
        if reference is not None and reference not in through:
            through |= {reference}
            also.append(_target(reference, self.root))
        found = [[node, *more] for more in self._alternatives(also, through)]
        for choices in (node[keyword] for keyword in ("anyOf", "oneOf") if keyword in node):
            found = _together(found, [way for choice in choices for way in self._ways(choice, through)])
        return found


def _together(these: Sequence[list[Part]], those: Sequence[list[Part]]) -> list[list[Part]]:
    if len(these) * len(those) > MOST_ALTERNATIVES:
        return [[{}]]
    return [[*one, *other] for one, other in product(these, those)]


def _record(alternatives: Sequence[Mapping[str, _Left]], names: Iterable[str], described: Part) -> dict[str, Any]:
    """The object that these alternatives leave; not closed, since whoever reads it knows nothing of later versions."""
    return {
        **{name: described[name] for name in ("title", "description") if name in described},
        "type": "object",
        "properties": {name: _either([fields[name].node for fields in alternatives if name in fields]) for name in names},
        "required": [name for name in names if all(name in fields and fields[name].is_sure for fields in alternatives)],
    }


def _either(nodes: Sequence[Schema]) -> Schema:
    if any(node is True for node in nodes):
        return True
    # Told apart as they are written: to Python, 1 and true are equal.
    different = list({json.dumps(node, sort_keys=True): node for node in nodes}.values())
    return different[0] if len(different) == 1 else {"anyOf": different}


def _kinds(alternative: Sequence[Part]) -> frozenset[str]:
    kinds = KINDS
    for part in alternative:
        if "type" in part:
            types = [part["type"]] if isinstance(part["type"], str) else part["type"]
            kinds &= {kind if kind in INWARDS else "other" for kind in types}
        if "const" in part or "enum" in part:
            values = [part["const"]] if "const" in part else part["enum"]
            kinds &= {"object" if isinstance(value, dict) else "array" if isinstance(value, list) else "other" for value in values}
    return kinds


def _is_closed(alternative: Sequence[Part]) -> bool:
    """Whether no field can be there that none of these parts lists."""
    return any(part.get("additionalProperties", True) is False and "patternProperties" not in part for part in alternative)


def _target(reference: str, root: Mapping[str, Any]) -> Schema:
    """What a reference within a schema leads to; anything at all where it leads nowhere."""
    found: Any = root if reference.startswith("#") else True
    for step in filter(None, reference.removeprefix("#").split("/")):
        found = found.get(step.replace("~1", "/").replace("~0", "~"), True) if isinstance(found, Mapping) else True
    return found if isinstance(found, Mapping | bool) else True


def _check_references(node: Schema, root: Mapping[str, Any]) -> None:
    """Raise Unusable where what is left whole refers to a place that is another in what is left."""
    waiting, seen = list(_references(node)), set[str]()
    while waiting:
        reference = waiting.pop()
        if not reference.startswith(DEFINITIONS):
            raise Unusable(f"a part of these fields refers to {reference}, which would be another thing in a part of the schema")
        if reference not in seen:
            seen.add(reference)
            waiting += _references(_target(reference, root))


def _references(node: object) -> Iterator[str]:
    inner: Iterable[object] = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    if isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for part in inner:
        yield from _references(part)
