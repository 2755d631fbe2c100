"""Schemas that hypothesis draws, changes made to them, and values to try on them, all from one small world.

The world is small on purpose: few names, few numbers, short texts, so that the edges of two schemas often touch and a value
drawn blindly often fits. Nothing here knows how the checker works.
"""

import copy
import random
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "ab")
NUMBERS = (-1, 0, 1, 2, 3, 4, 6, 0.5, 2.5, 1.0)
TEXTS = ("", "a", "b", "ab", "abc", "aaaa", "1", "2026-11-23", "a@example.gov")
SCALARS = (None, True, False, *NUMBERS, *TEXTS)
SOUND_FORMATS = ("date", "email")

type Node = bool | dict[str, Any]


def _some(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=optional)


_number = st.sampled_from((0, 1, 2, 2.5))
_numbers = st.builds(
    dict.__or__,
    st.fixed_dictionaries({"type": st.sampled_from(["integer", "number", ["integer", "null"]])}),
    _some(minimum=_number, maximum=_number, exclusiveMinimum=_number, exclusiveMaximum=_number, multipleOf=st.sampled_from([1, 2, 3, 0.5])),
)
_texts = st.builds(
    dict.__or__,
    st.fixed_dictionaries({"type": st.sampled_from(["string", ["string", "null"]])}),
    _some(
        minLength=st.integers(0, 3),
        maxLength=st.integers(0, 4),
        pattern=st.sampled_from(["^a", "b$", "^[a-z]+$"]),
        format=st.sampled_from(SOUND_FORMATS),
    ),
)
_listed = st.lists(st.sampled_from(SCALARS), min_size=1, max_size=4).map(lambda values: {"enum": values})
_single = st.sampled_from(SCALARS).map(lambda value: {"const": value})
_kinds = st.sampled_from(["boolean", "null", "string", "integer", "array", "object"]).map(lambda kind: {"type": kind})
_references = st.sampled_from(["#/$defs/t", "#/$defs/u", "#"]).map(lambda reference: {"$ref": reference})
_leaves: st.SearchStrategy[Node] = st.one_of(_numbers, _texts, _listed, _single, _kinds, _references, st.sampled_from([True, {}, False]))
_without_references: st.SearchStrategy[Node] = st.one_of(_numbers, _texts, _listed, _kinds)


def _lists(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[dict[str, Any]]:
    return _some(
        type=st.just("array"),
        items=parts,
        prefixItems=st.lists(parts, min_size=1, max_size=2),
        minItems=st.integers(0, 2),
        maxItems=st.integers(0, 3),
        uniqueItems=st.just(True),
        contains=_without_references,
    )


def _objects(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from(NAMES), max_size=2, unique=True)
    return st.builds(
        dict.__or__,
        st.fixed_dictionaries({"type": st.just("object"), "properties": st.dictionaries(st.sampled_from(NAMES), parts, max_size=3)}),
        _some(
            required=names,
            additionalProperties=st.one_of(st.just(False), st.just(False), parts),
            unevaluatedProperties=st.just(False),
            patternProperties=st.dictionaries(st.sampled_from(["^a", "b$"]), parts, max_size=1),
            minProperties=st.integers(0, 2),
            maxProperties=st.integers(0, 3),
            dependentRequired=st.dictionaries(st.sampled_from(NAMES), names, max_size=1),
            propertyNames=st.sampled_from([{"maxLength": 1}, {"pattern": "^a"}, {"enum": ["a", "b"]}]),
        ),
    )


def _combined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"anyOf": several}),
        st.fixed_dictionaries({"oneOf": several}),
        st.fixed_dictionaries({"allOf": several}),
        st.fixed_dictionaries({"oneOf": several}, optional={"type": st.sampled_from(["object", "string", "integer"])}),
        st.fixed_dictionaries({"not": _without_references}),
        st.fixed_dictionaries({"if": _without_references, "then": parts}, optional={"else": parts}),
    )


nodes: st.SearchStrategy[Node] = st.recursive(
    _leaves, lambda parts: st.one_of(_objects(parts), _objects(parts), _lists(parts), _combined(parts)), max_leaves=8
)


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a whole schema, most often of an object, with two definitions that any part may refer to."""
    root = draw(st.one_of(_objects(nodes), _objects(nodes), _combined(nodes)))
    return {**root, "$defs": {"t": draw(nodes), "u": draw(nodes)}}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw two schemas, the second most often the first with a few changes, in either order."""
    first: dict[str, Any] = draw(schemas())
    second: dict[str, Any] = draw(st.one_of(changed(first), changed(first), schemas()))
    turned: bool = draw(st.booleans())
    return (second, first) if turned else (first, second)


@st.composite
def close_pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw two small schemas of one family that differ in a single keyword: what a checker with one wrong rule would let through."""
    family = draw(st.sampled_from([_numbers, _texts, _lists(_without_references), _objects(_without_references)]))
    whole: dict[str, Any] = draw(family)
    other: dict[str, Any] = draw(family)
    keyword: str = draw(st.sampled_from(sorted({"type", *whole, *other})))
    # Few rules at once, or hardly any value would keep them all and nothing would be tried.
    kept = draw(st.sets(st.sampled_from(sorted({"type", *whole})), max_size=2)) | {"type", "properties"}
    first = {name: value for name, value in whole.items() if name in kept}
    second = {name: value for name, value in first.items() if name != keyword}
    second |= {keyword: other[keyword]} if keyword in other else {}
    turned: bool = draw(st.booleans())
    return (second, first) if turned else (first, second)


@st.composite
def changed(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """Draw a schema with one to three keywords somewhere taken out, put in or replaced."""
    result = copy.deepcopy(schema)
    for _ in range(draw(st.integers(1, 3))):
        part = draw(st.sampled_from(list(_parts(result))))
        keywords = sorted(part.keys() - {"$defs", "properties"})
        take_out: bool = draw(st.booleans())
        if keywords and take_out:
            del part[draw(st.sampled_from(keywords))]
        elif "properties" in part and draw(st.booleans()):
            part["properties"][draw(st.sampled_from(NAMES))] = draw(_leaves)
        else:
            more = draw(st.one_of(_numbers, _texts, _listed, _lists(_leaves), _objects(_leaves), _references))
            part.update({keyword: value for keyword, value in more.items() if keyword != "properties"})
    return result


def _parts(node: Any) -> list[dict[str, Any]]:
    """List a schema and the schemas under it."""
    if not isinstance(node, dict):
        return []
    inner = [part for keyword in ("properties", "$defs", "patternProperties") for part in node.get(keyword, {}).values()]
    inner += [part for keyword in ("anyOf", "oneOf", "allOf", "prefixItems") for part in node.get(keyword, [])]
    inner += [node[keyword] for keyword in ("items", "additionalProperties", "not", "then", "else") if keyword in node]
    return [node, *(part for child in inner for part in _parts(child))]


def small_world(count: int = 800) -> list[Any]:
    """Return many values of the world, the same ones each time."""
    chance = random.Random(20261123)
    return [*SCALARS, *(_value(chance, 0) for _ in range(count))]


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.random()
    if depth == 3 or (depth and kind < 0.5):
        return chance.choice(SCALARS)
    if kind < 0.6:
        return [_value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return {name: _value(chance, depth + 1) for name in chance.sample(NAMES, chance.randint(0, 3))}
