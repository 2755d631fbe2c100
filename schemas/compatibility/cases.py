"""What a closed writer may say, as a list of plain cases.

References, `allOf` and alternatives are multiplied out; each case is then one kind of value with its bounds. A case may
claim that the writer says more than it does (`not`, `if` and the *one* of `oneOf` are left out of account), never less:
so what is proved of every case is true of every value.
"""

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from schemas.compatibility.documents import CannotProve, Conjuncts, Document, distinct
from schemas.opening import Node

KINDS = ("null", "boolean", "integer", "fraction", "string", "array", "object")
MOST_CASES = 256
MOST_COUNTED = 64  # integers of a range this short are tried one by one

type Bound = tuple[float, bool]
"""A limit, and whether it is itself excluded."""


@dataclass(frozen=True)
class Evaluated:
    """The properties on which the parts of an object's schema have, or may have, had their say."""

    names: frozenset[str] = frozenset()
    everything: bool = False


@dataclass(frozen=True)
class Case:
    """One kind of value the writer may say: all of `parts` hold for it. Where `values` is given, it is one of these."""

    document: Document
    kind: str
    parts: tuple[dict[str, Any], ...]
    values: tuple[Any, ...] | None = None

    def all_of(self, keyword: str) -> list[Any]:
        """Return what each part says under a keyword, for the parts that have it."""
        return [part[keyword] for part in self.parts if keyword in part]

    def least(self, keyword: str) -> int:
        """Return the strictest of some lower counts (minLength, minItems, minProperties)."""
        return max(self.all_of(keyword), default=0)

    def most(self, keyword: str) -> float:
        """Return the strictest of some upper counts, or infinity."""
        return min(self.all_of(keyword), default=math.inf)

    @cached_property
    def lower(self) -> Bound:
        """Return the number at which the writer begins."""
        bounds = [lower_bound(self.kind, keyword, limit) for keyword, limit in self._limits("minimum", "exclusiveMinimum")]
        return max(bounds, default=(-math.inf, False))

    @cached_property
    def upper(self) -> Bound:
        """Return the number at which the writer ends."""
        bounds = [upper_bound(self.kind, keyword, limit) for keyword, limit in self._limits("maximum", "exclusiveMaximum")]
        return min(bounds, key=lambda bound: (bound[0], not bound[1]), default=(math.inf, False))

    @cached_property
    def required(self) -> frozenset[str]:
        """Return the fields that the writer always says."""
        return frozenset(name for names in self.all_of("required") for name in names)

    @cached_property
    def named(self) -> frozenset[str]:
        """Return the fields of which the writer's schema speaks by name."""
        spoken_of = [frozenset(part.get("properties", {})) for part in self.parts]
        spoken_of += [self._evaluated(part).names for part in self.parts if "unevaluatedProperties" in part]
        return self.required.union(*spoken_of)

    def field(self, name: str) -> Conjuncts:
        """Return all that holds for what the writer says in one field."""
        return distinct(schema for part in self.parts for schema in self._of_field(part, name))

    @cached_property
    def any_other_field(self) -> Conjuncts:
        """Return what holds for a field of which the schema does not speak by name, whatever it is called."""
        return self.fields_unlike(frozenset())

    def fields_unlike(self, patterns: Set[str]) -> Conjuncts:
        """Return what holds for fields not spoken of by name whose names match none of some patterns."""
        return distinct(schema for part in self.parts for schema in self._of_any_other_field(part, patterns))

    def fields_like(self, pattern: str) -> Conjuncts:
        """Return what holds for fields not spoken of by name whose names match a pattern."""
        alike = [part["patternProperties"][pattern] for part in self.parts if pattern in part.get("patternProperties", {})]
        return distinct([*alike, *self.any_other_field])

    @cached_property
    def most_fields(self) -> float:
        """Return how many fields an object may have."""
        limit = self.most("maxProperties")
        if not impossible(self.document, self.any_other_field):
            return limit
        return min(limit, sum(not impossible(self.document, self.field(name)) for name in self.named))

    def item(self, index: int) -> Conjuncts:
        """Return all that holds for the item at an index."""
        return distinct(schema for part in self.parts for schema in _of_item(part, index))

    @cached_property
    def places(self) -> int:
        """Return how many items have a schema of their own; the rest share one."""
        return max((len(prefix) for prefix in self.all_of("prefixItems")), default=0)

    @cached_property
    def most_items(self) -> float:
        """Return how many items a list may have."""
        closed_at = next((index for index in range(self.places + 1) if impossible(self.document, self.item(index))), math.inf)
        return min(self.most("maxItems"), closed_at)

    def narrowed(self, nodes: Sequence[Node]) -> list["Case"]:
        """Return the cases in which some more schemas hold as well."""
        together = [distinct([*self.parts, *more]) for more in _multiplied(self.document, nodes)]
        narrower = [Case(self.document, self.kind, parts) for parts in together if self.kind in _kinds(parts)]
        return [case for case in narrower if not case.is_empty()]

    def is_empty(self) -> bool:
        """Say whether the bounds alone show that there is no such value."""
        match self.kind:
            case "integer" | "fraction":
                (low, low_excluded), (high, high_excluded) = self.lower, self.upper
                whole = self.kind == "fraction" and any(float(factor).is_integer() for factor in self.all_of("multipleOf"))
                return whole or low > high or (low == high and (low_excluded or high_excluded))
            case "string":
                return self.least("minLength") > self.most("maxLength")
            case "array":
                return self.least("minItems") > self.most_items
            case "object":
                lacking = any(impossible(self.document, self.field(name)) for name in self.required)
                return lacking or max(self.least("minProperties"), len(self.required)) > self.most_fields
        return False

    def _limits(self, *keywords: str) -> Iterator[tuple[str, float]]:
        for keyword in keywords:
            for limit in self.all_of(keyword):
                yield keyword, limit

    def _of_field(self, part: dict[str, Any], name: str) -> Iterator[Node]:
        spoken = [part["properties"][name]] if name in part.get("properties", {}) else []
        spoken += [schema for pattern, schema in part.get("patternProperties", {}).items() if matches(self.document, pattern, name)]
        if not spoken and "additionalProperties" in part:
            spoken = [part["additionalProperties"]]
        yield from spoken
        if "unevaluatedProperties" in part and not spoken:
            evaluated = self._evaluated(part)
            if not evaluated.everything and name not in evaluated.names:
                yield part["unevaluatedProperties"]

    def _of_any_other_field(self, part: dict[str, Any], unlike: Set[str]) -> Iterator[Node]:
        rest = part.get("additionalProperties", True)
        perhaps = [schema for pattern, schema in part.get("patternProperties", {}).items() if pattern not in unlike]
        if perhaps:
            yield {"anyOf": [*perhaps, rest]}
        else:
            yield rest
        if "unevaluatedProperties" in part and "additionalProperties" not in part and not self._evaluated(part).everything:
            yield part["unevaluatedProperties"]

    def _evaluated(self, part: dict[str, Any]) -> Evaluated:
        return _evaluated(self.document, part)


def cases(document: Document, conjuncts: Conjuncts) -> list[Case]:
    """Return every case of what may be said under all of some schemas; raise CannotProve where they are too many."""
    found: list[Case] = []
    for parts in _multiplied(document, conjuncts):
        for kind in _kinds(parts):
            case = Case(document, kind, parts)
            if case.is_empty():
                continue
            values = _values(case, conjuncts)
            if values is None or values:
                found.append(Case(document, kind, parts, values))
    return found


def impossible(document: Document, conjuncts: Conjuncts) -> bool:
    """Say whether the kinds alone show that nothing fulfils all of some schemas."""
    return all(not _kinds(parts) for parts in _multiplied(document, conjuncts))


def matches(document: Document, pattern: str, name: str) -> bool:
    """Say whether a field's name matches a pattern, as the validator decides it."""
    return document.accepts(({"pattern": pattern},), name)


def kinds_of(type_: str | list[str]) -> frozenset[str]:
    """Return the kinds of value that a `type` keyword allows."""
    named = [type_] if isinstance(type_, str) else type_
    return frozenset(kind for name in named for kind in (("integer", "fraction") if name == "number" else (name,)))


def kind_of(value: object) -> str:
    """Return the kind of one value: 1.0 is an integer in JSON Schema."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "fraction"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def lower_bound(kind: str, keyword: str, limit: float) -> Bound:
    """Return a lower limit as a bound; for integers, as the first one allowed."""
    excluded = keyword == "exclusiveMinimum"
    if kind != "integer":
        return limit, excluded
    return (math.floor(limit) + 1 if excluded else math.ceil(limit)), False


def upper_bound(kind: str, keyword: str, limit: float) -> Bound:
    """Return an upper limit as a bound; for integers, as the last one allowed."""
    excluded = keyword == "exclusiveMaximum"
    if kind != "integer":
        return limit, excluded
    return (math.ceil(limit) - 1 if excluded else math.floor(limit)), False


def _multiplied(document: Document, conjuncts: Sequence[Node]) -> list[tuple[dict[str, Any], ...]]:
    """Return the alternatives of several schemas at once, each as the plain parts that hold together."""
    choices = [_alternatives(document, node) for node in conjuncts]
    if math.prod(len(choice) for choice in choices) > MOST_CASES:
        raise CannotProve(f"the writer's schema has more than {MOST_CASES} alternatives at one place")
    return [distinct(part for parts in combination for part in parts) for combination in product(*choices)]


def _alternatives(document: Document, node: Node) -> list[tuple[dict[str, Any], ...]]:
    if isinstance(node, bool):
        return [()] if node else []
    together: list[Node] = list(node.get("allOf", []))
    if "$ref" in node:
        together.append(document.target(node["$ref"]))
    result = [(node, *parts) for parts in _multiplied(document, together)]
    for keyword in ("anyOf", "oneOf"):
        if keyword in node:
            branches = [parts for branch in node[keyword] for parts in _alternatives(document, branch)]
            if len(result) * len(branches) > MOST_CASES:
                raise CannotProve(f"the writer's schema has more than {MOST_CASES} alternatives at one place")
            result = [distinct([*left, *right]) for left in result for right in branches]
    return result


def _kinds(parts: tuple[dict[str, Any], ...]) -> list[str]:
    allowed = frozenset(KINDS).intersection(*(kinds_of(part["type"]) for part in parts if "type" in part))
    for part in parts:
        listed = part.get("enum", [part["const"]] if "const" in part else None)
        if listed is not None:
            allowed &= {kind_of(value) for value in listed}
    return [kind for kind in KINDS if kind in allowed]


def _values(case: Case, conjuncts: Conjuncts) -> tuple[Any, ...] | None:
    """Return the values of a case that has few enough to try each of them, else None."""
    listed = next(iter(case.all_of("enum") + [[value] for value in case.all_of("const")]), None)
    if case.kind == "null":
        listed = [None]
    elif case.kind == "boolean":
        listed = [False, True]
    elif listed is None and case.kind == "integer" and case.upper[0] - case.lower[0] < MOST_COUNTED:
        listed = list(range(int(case.lower[0]), int(case.upper[0]) + 1))
    if listed is None:
        return None
    return tuple(value for value in listed if kind_of(value) == case.kind and case.document.accepts(conjuncts, value))


def _of_item(part: dict[str, Any], index: int) -> Iterator[Node]:
    prefix = part.get("prefixItems", [])
    if index < len(prefix):
        yield prefix[index]
    elif "items" in part:
        yield part["items"]


def _evaluated(document: Document, node: Node) -> Evaluated:
    """Return what `unevaluatedProperties` of a schema may no longer speak of, counting branches that need not apply."""
    if isinstance(node, bool):
        return Evaluated()
    inside = [*node.get("allOf", []), *node.get("anyOf", []), *node.get("oneOf", []), *node.get("dependentSchemas", {}).values()]
    inside += [node[keyword] for keyword in ("if", "then", "else") if keyword in node]
    if "$ref" in node:
        inside.append(document.target(node["$ref"]))
    parts = [_evaluated(document, part) for part in inside]
    everything = "patternProperties" in node or any(part.everything for part in parts) or any(map(_has_a_say_on_the_rest, inside))
    return Evaluated(frozenset(node.get("properties", {})).union(*(part.names for part in parts)), everything)


def _has_a_say_on_the_rest(node: Node) -> bool:
    return isinstance(node, dict) and ("unevaluatedProperties" in node or node.get("additionalProperties", False) is not False)
