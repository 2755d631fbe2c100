"""Of data stays what a schema speaks of, at any depth and in whichever of its alternatives, and what nobody declared goes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from schemas.undeclared import declared
from tests.unit.test_projection import JO, PERSON

SECRET = {"secret": "kept from others"}
LEFT: dict[str, Any] = {"type": "object", "properties": {"left": {}}}
RIGHT: dict[str, Any] = {"type": "object", "properties": {"right": {}}}


def of(**fields: Any) -> dict[str, Any]:
    """The schema of an object that has these fields."""
    return {"type": "object", "properties": fields}


def test_what_a_schema_speaks_of_stays_as_it_is() -> None:
    assert declared(JO, PERSON) == JO


def test_what_nobody_declared_is_left_out_at_any_depth() -> None:
    more = copy.deepcopy(JO)
    for place in (more, more["address"], more["children"][0], more["employer"], more["employer"]["address"]):
        place.update(SECRET)
    assert declared(more, PERSON) == JO


def test_a_schema_that_leads_into_itself_is_followed() -> None:
    node = of(name={}, kids={"type": "array", "items": {"$ref": "#/$defs/node"}})
    tree = {"name": "Jo", "kids": [{"name": "Ann", "kids": [{"name": "Bo", **SECRET}], **SECRET}]}
    assert declared(tree, {"$ref": "#/$defs/node", "$defs": {"node": node}}) == {
        "name": "Jo",
        "kids": [{"name": "Ann", "kids": [{"name": "Bo"}]}],
    }


@pytest.mark.parametrize("rule", [{"additionalProperties": LEFT}, {"patternProperties": {"^[xy]": LEFT}}, {"unevaluatedProperties": LEFT}])
def test_what_fits_a_rule_for_others_stays_as_far_as_the_rule_speaks_of_it(rule: dict[str, Any]) -> None:
    schema = {**of(a={}), **rule}
    assert declared({"a": 1, "x": {"left": 2, **SECRET}}, schema) == {"a": 1, "x": {"left": 2}}


def test_a_rule_for_names_lets_no_other_name_pass() -> None:
    assert declared({"a": 1, "y2026": 2, **SECRET}, {**of(a={}), "patternProperties": {"^y": {}}}) == {"a": 1, "y2026": 2}


def test_a_pattern_is_read_as_schemas_read_it() -> None:
    assert declared({"Über": 1, "1": 2}, {"patternProperties": {r"^\p{Lu}": {}}}) == {"Über": 1}


@pytest.mark.parametrize("rule", [{"additionalProperties": True}, {"additionalProperties": {}}, {"type": "object"}, True])
def test_what_is_left_open_on_purpose_stays_whole(rule: Any) -> None:
    assert declared({"a": {"b": {"c": 1}}}, of(a=rule)) == {"a": {"b": {"c": 1}}}


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties"])
def test_an_object_that_may_hold_nothing_holds_nothing(keyword: str) -> None:
    assert declared({"a": dict(SECRET)}, of(a={"type": "object", keyword: False})) == {"a": {}}


@pytest.mark.parametrize(
    ("list_", "left"),
    [
        ({"items": LEFT}, [{"left": 1}, {}]),
        ({"prefixItems": [LEFT]}, [{"left": 1}, {"right": 2, **SECRET}]),
        ({"prefixItems": [LEFT], "items": RIGHT}, [{"left": 1}, {"right": 2}]),
        ({}, [{"left": 1, **SECRET}, {"right": 2, **SECRET}]),
    ],
)
def test_each_item_of_a_list_is_held_to_what_is_said_of_its_place(list_: dict[str, Any], left: list[Any]) -> None:
    given = {"pair": [{"left": 1, **SECRET}, {"right": 2, **SECRET}]}
    assert declared(given, of(pair={"type": "array", **list_})) == {"pair": left}


@pytest.mark.parametrize(
    "conditional",
    [
        {"if": {"properties": {"kind": {"const": "a"}}}, "then": LEFT},
        {"if": {"properties": {"kind": {"const": "b"}}}, "else": LEFT},
        {"dependentSchemas": {"kind": LEFT}},
        {"oneOf": [RIGHT, LEFT]},
        {"allOf": [{"anyOf": [RIGHT, LEFT]}]},
    ],
)
def test_what_is_declared_on_a_condition_alone_is_declared(conditional: dict[str, Any]) -> None:
    assert declared({"kind": "a", "left": 1, **SECRET}, {**of(kind={}), **conditional}) == {"kind": "a", "left": 1}


def test_many_alternatives_let_nothing_more_pass_and_lose_nothing() -> None:
    choices = [{"anyOf": [of(**{f"f{number}{letter}": {}}) for letter in "abcd"]} for number in range(6)]
    schema = {**of(who=LEFT), "allOf": choices}
    assert declared({"who": {"left": 1, **SECRET}, "f0a": 1, "f5d": 2, **SECRET}, schema) == {"who": {"left": 1}, "f0a": 1, "f5d": 2}
