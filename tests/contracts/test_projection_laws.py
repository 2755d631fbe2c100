"""What holds of minimised data whatever the schema, the data and the paths are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.opening import opened
from schemas.projection import CannotProject, project, projected_schema
from schemas.registry import compiled
from tests.contracts.drawn_schemas import NAMES, schemas, small_world
from tests.laws import examples

WORLD = [value for value in small_world(400) if isinstance(value, dict)]
OBJECTS = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["", "a", "ab"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=12,
).filter(lambda value: isinstance(value, dict))
PATHS = st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(".".join), max_size=4, unique=True)

type Place = tuple[str, ...]


def leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every value that holds no other, and the names that lead to it, past lists."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, (*place, name))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from leaves(inner, place)
    else:
        yield place, json.dumps(value)


def named(place: Place, fields: list[str]) -> bool:
    return any(place[: len(way)] == way for way in (tuple(field.split(".")) for field in fields))


@settings(max_examples=examples(150))
@given(data=OBJECTS, fields=PATHS)
def test_what_is_left_is_what_the_paths_name_no_more_and_no_less(data: dict[str, Any], fields: list[str]) -> None:
    left = Counter(leaves(project(data, fields))) - Counter([((), "{}")])
    assert left == Counter(leaf for leaf in leaves(data) if named(leaf[0], fields))


@settings(max_examples=examples(100))
@given(data=OBJECTS, fields=PATHS, fewer=PATHS)
def test_again_it_changes_nothing_and_fewer_paths_leave_less(data: dict[str, Any], fields: list[str], fewer: list[str]) -> None:
    left = project(data, fields)
    assert project(left, fields) == left
    assert Counter(leaves(project(data, fewer))) <= Counter(leaves(project(data, [*fields, *fewer]))) + Counter([((), "{}")])


@settings(max_examples=examples(40))
@given(schema=schemas(), fields=PATHS)
def test_the_schema_of_what_is_left_accepts_all_that_arrives(schema: dict[str, Any], fields: list[str]) -> None:
    try:
        projected = projected_schema(schema, fields)
    except CannotProject:
        assume(False)
    for before, after in ((schema, projected), (opened(schema), opened(projected))):
        sent, arrives = compiled(before), compiled(after)
        for data in WORLD:
            if sent.is_valid(data):
                assert arrives.is_valid(project(data, fields)), (data, projected)
