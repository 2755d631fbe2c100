"""The fields of a contract, and what changed in them, in words."""

from typing import Any

import pytest
from hypothesis import given, settings

from infra.catalogue.fields import changes, fields
from schemas import registry
from schemas.opening import Node
from tests.contracts.drawn_schemas import schemas


def contract(required: list[str] | None = None, **properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or []}


def test_a_field_says_what_it_holds_what_is_asked_of_it_and_what_it_means() -> None:
    (level,) = fields(contract(["level"], level={"type": "integer", "minimum": 1, "maximum": 4, "description": "How bad it is."}))
    assert (level.path, level.kind, level.rules, level.required) == ("level", "whole number", "at least 1, at most 4", True)
    assert level.description == "How bad it is."


def test_fields_inside_objects_lists_and_references_are_named_by_their_path() -> None:
    area = contract(name={"type": "string"}, born={"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]})
    found = fields({**contract(areas={"type": "array", "items": {"$ref": "#/$defs/Area"}}), "$defs": {"Area": area}})
    assert [(field.path, field.kind) for field in found] == [
        ("areas", "list of object"),
        ("areas.name", "text"),
        ("areas.born", "date or null"),
    ]


def test_a_contract_that_refers_to_itself_comes_to_an_end() -> None:
    node = contract(below={"$ref": "#/$defs/Node"})
    assert [field.path for field in fields({**node, "$defs": {"Node": node}})] == ["below", "below.below"]


def test_a_tree_of_lists_of_itself_comes_to_an_end() -> None:
    reply = contract(text={"type": "string"}, replies={"type": "array", "items": {"$ref": "#/$defs/Reply"}})
    found = fields({**contract(first={"$ref": "#/$defs/Reply"}), "$defs": {"Reply": reply}})
    assert [(field.path, field.kind) for field in found] == [
        ("first", "object"),
        ("first.text", "text"),
        ("first.replies", "list of the same again"),
    ]


@pytest.mark.parametrize(
    ("node", "kind", "rules"),
    [
        (True, "anything", ""),
        ({}, "anything", ""),
        ({"$ref": "#/$defs/Loop"}, "anything", ""),
        ({"anyOf": [True, {"type": "null"}]}, "anything or null", ""),
        ({"const": None}, "null", ""),
        ({"enum": ["a", 1, False]}, "one of “a”, 1, false", ""),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, "“a” or “b”", ""),
        ({"$ref": "#/$defs/Text", "maxLength": 3}, "text", "at most 3 characters, at least 1 character"),
        ({"allOf": [{"$ref": "#/$defs/Text"}, {"pattern": "^a"}]}, "text", "at least 1 character, fits ^a"),
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": False}, "list of text", ""),
        ({"type": "array", "items": {"type": "number"}, "uniqueItems": True}, "list of number", "no two members alike"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of whole number", ""),
        ({"type": ["string", "null"], "format": "date"}, "date or null", ""),
    ],
)
def test_what_a_contract_may_say_of_a_field_is_said_in_words(node: object, kind: str, rules: str) -> None:
    definitions = {"Text": {"type": "string", "minLength": 1}, "Loop": {"$ref": "#/$defs/Loop"}}
    (field,) = fields({**contract(a=node), "$defs": definitions})
    assert (field.kind, field.rules) == (kind, rules)


def test_a_field_of_alternatives_must_be_there_where_each_asks_for_it() -> None:
    one, other = contract(["a", "b"], a={"type": "string"}, b={"type": "string"}), contract(["a"], a={"type": "integer"})
    found = fields({"type": "object", "oneOf": [one, other], "then": contract(["c"], c={"type": "string"})})
    assert [(field.path, field.kind, field.required) for field in found] == [
        ("a", "text or whole number", True),
        ("b", "text", False),
        ("c", "text", False),
    ]


@settings(max_examples=40)
@given(schemas())
def test_whatever_a_contract_is_its_fields_are_told_and_it_did_not_change(schema: Node) -> None:
    assert all(field.kind for field in fields(schema))
    assert changes(schema, schema) == []


def test_every_change_between_versions_is_said() -> None:
    old = contract(["a"], a={"type": "string"}, b={"type": "integer"}, c={"type": "string", "maxLength": 5}, gone={"type": "boolean"})
    new = contract(["b"], a={"type": "string"}, b={"type": ["integer", "null"]}, c={"type": "string"}, d={"enum": ["x", "y"]})
    assert changes(old, new) == [
        "`d` is new, and may be absent.",
        "`gone` is there no more.",
        "`a` may be absent.",
        "`b` was whole number, and is whole number or null.",
        "`b` must be there.",
        "`c` was held to: at most 5 characters; now to: nothing.",
    ]


def test_what_is_the_same_changed_nothing() -> None:
    for schema in registry.every_schema():
        assert changes(schema.definition, schema.definition) == []
