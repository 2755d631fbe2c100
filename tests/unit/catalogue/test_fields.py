"""The fields of a contract, and what changed in them, in words."""

from typing import Any

from infra.catalogue.fields import changes, fields
from schemas import registry


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
