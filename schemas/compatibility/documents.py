"""One schema file as the checker sees it: its parts by reference, and whether a part accepts a value."""

import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from schemas.opening import Node, walk
from schemas.registry import compiled

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

type Conjuncts = tuple[Node, ...]
"""Schemas that all hold for the same value; none at all allows everything."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BEYOND_PROOF = frozenset({"$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary"})


class CannotProve(Exception):
    """The checker does not know what a schema means, so it must not say that anything is compatible."""


class Document:
    """A whole schema, against which its parts and their references are read."""

    def __init__(self, root: Node) -> None:
        """Take a schema; raise CannotProve if it is not valid or uses what the checker does not follow."""
        self.root: dict[str, Any] = root if isinstance(root, dict) else ({} if root else {"not": {}})
        self._validators: dict[str, Draft202012Validator] = {}
        self._refuse_what_is_not_followed()

    def target(self, reference: str) -> Node:
        """Return the part that a `$ref` names: the root, or a definition."""
        if reference == "#":
            return self.root
        target: Node = self.root["$defs"][_name(reference)]
        return target

    def accepts(self, conjuncts: Conjuncts, value: object) -> bool:
        """Say whether a value fulfils all of some parts of this schema."""
        return self._validator(conjuncts).is_valid(value)

    def first_error(self, part: Node, value: object) -> "ValidationError | None":
        """Return the first reason why a part refuses a value, or None."""
        return next(iter(self.errors(part, value)), None)

    def errors(self, part: Node, value: object) -> list["ValidationError"]:
        """Return every reason why a part refuses a value."""
        return list(self._validator((part,)).iter_errors(value))

    def _validator(self, conjuncts: Conjuncts) -> "Draft202012Validator":
        key = text(conjuncts)
        if key not in self._validators:
            parts = [_rehomed(_bare(part)) for part in conjuncts]
            self._validators[key] = compiled({"$defs": self._definitions, "allOf": [*parts, True]})
        return self._validators[key]

    @cached_property
    def _definitions(self) -> dict[str, Any]:
        """Return the definitions as they stand in a schema of which this one's root is one definition more."""
        named = {name: _rehomed(part) for name, part in self.root.get("$defs", {}).items()}
        return {**named, "#": _rehomed(_bare(self.root))}

    def _refuse_what_is_not_followed(self) -> None:
        from jsonschema_rs import meta

        if self.root.get("$schema", DIALECT) != DIALECT:
            raise CannotProve(f"the schema is not of the dialect {DIALECT}")
        if not meta.is_valid({"$schema": DIALECT, **self.root}):
            raise CannotProve("the schema itself is not valid")
        references = {"#"}
        for part in walk(self.root):
            if BEYOND_PROOF & part.keys() or ("$id" in part and part is not self.root) or ("$defs" in part and part is not self.root):
                raise CannotProve("the schema uses anchors, dynamic references, or names inside its parts")
            reference = part.get("$ref", "#")
            if reference != "#" and not (reference.startswith("#/$defs/") and _name(reference) in self.root.get("$defs", {})):
                raise CannotProve(f"the reference {reference} is not to a definition of the same schema")
            references.add(reference)
        if any(self._leads_back(reference, frozenset()) for reference in references):
            raise CannotProve("a reference leads back to itself at the same place in the data")

    def _leads_back(self, reference: str, followed: frozenset[str]) -> bool:
        """Say whether following references without going deeper into the data comes round to one already followed."""
        if reference in followed:
            return True
        return any(self._leads_back(part["$ref"], followed | {reference}) for part in in_place(self.target(reference)) if "$ref" in part)


def in_place(node: Node) -> Iterator[dict[str, Any]]:
    """Yield a schema and the schemas inside it that speak of the same value; references are not followed."""
    if isinstance(node, bool):
        return
    yield node
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in node.get(keyword, [])]
    parts += [node[keyword] for keyword in ("not", "if", "then", "else") if keyword in node]
    for part in [*parts, *node.get("dependentSchemas", {}).values()]:
        yield from in_place(part)


def text(node: object) -> str:
    """Return a text that is the same for the same JSON and no other: in Python `1 == True == 1.0`."""
    return json.dumps(node, sort_keys=True, separators=(",", ":"))


def _name(reference: str) -> str:
    return unquote(reference.removeprefix("#/$defs/")).replace("~1", "/").replace("~0", "~")


def distinct[Part: Node](parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return some parts without repeats and in one order, so that the same parts always make the same question."""
    return tuple(part for _, part in sorted({text(part): part for part in parts}.items()))


def _bare(node: Node) -> Node:
    """Leave out what only the root of a file says, so that it can stand inside another schema."""
    return node if isinstance(node, bool) else {key: value for key, value in node.items() if key not in ("$schema", "$id", "$defs")}


def _rehomed(node: Any) -> Any:
    """Point references to the root at the definition that stands for it when only a part of the schema is compiled."""
    if isinstance(node, list):
        return [_rehomed(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: "#/$defs/%23" if key == "$ref" and value == "#" else _rehomed(value) for key, value in node.items()}
