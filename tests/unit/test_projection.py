"""Of data only what paths name is left, and the schema of what is left says so."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.projection import CannotProject, covers, project, projected_schema
from schemas.registry import compiled

PERSON: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "address", "children"],
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "children": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
        },
        "employer": {"oneOf": [{"type": "null"}, {"type": "string"}, {"$ref": "#/$defs/company"}]},
        "pair": {"type": "array", "prefixItems": [{"type": "object", "properties": {"left": {}}}]},
    },
    "$defs": {
        "address": {
            "description": "Where to write to.",
            "type": "object",
            "required": ["postcode", "lines"],
            "properties": {"postcode": {"type": "string"}, "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}}},
            "additionalProperties": False,
        },
        "line": {"type": "string", "maxLength": 35},
        "company": {"type": "object", "required": ["address"], "properties": {"address": {"$ref": "#/$defs/address"}}},
    },
}
JO: dict[str, Any] = {
    "name": "Jo",
    "address": {"postcode": "YO1 9ZZ", "lines": ["1 Staithe Lane", "York"]},
    "children": [{"name": "Ann", "age": 3}, {"name": "Bo"}],
    "employer": {"address": {"postcode": "LS1 1AA", "lines": []}},
}


class TestCovers:
    @pytest.mark.parametrize(
        ("given", "path", "holds"),
        [
            (["address"], "address", True),
            (["address"], "address.postcode", True),
            (["address.postcode"], "address", False),
            (["address"], "addressee", False),
            (["name", "address.lines"], "address.lines.first", True),
            ([], "address", False),
        ],
    )
    def test_a_path_covers_itself_and_what_is_in_it_and_never_what_it_is_in(self, given: list[str], path: str, holds: bool) -> None:
        assert covers(given, path) is holds


class TestProject:
    @pytest.mark.parametrize(
        ("fields", "left"),
        [
            (["name"], {"name": "Jo"}),
            (["address"], {"address": JO["address"]}),
            (["address.postcode"], {"address": {"postcode": "YO1 9ZZ"}}),
            (["address.postcode", "address"], {"address": JO["address"]}),
            (["children.age"], {"children": [{"age": 3}]}),
            (["children.name", "children.age"], {"children": JO["children"]}),
            (["employer.address.postcode"], {"employer": {"address": {"postcode": "LS1 1AA"}}}),
            (["employer.address.lines"], {"employer": {"address": {"lines": []}}}),
            (["name.first", "nothing", "address.nothing", "children.name.first"], {}),
            ([], {}),
        ],
    )
    def test_what_the_paths_name_is_left_and_nothing_else(self, fields: list[str], left: dict[str, Any]) -> None:
        assert project(JO, fields) == left

    def test_null_false_and_nothing_are_values_like_others(self) -> None:
        data: dict[str, Any] = {"a": None, "b": False, "c": 0, "d": "", "e": [], "f": {}}
        assert project(data, list(data)) == data

    def test_a_list_of_lists_is_led_through_too(self) -> None:
        assert project({"a": [[{"b": 1, "c": 2}], [], "d"]}, ["a.b"]) == {"a": [[{"b": 1}]]}

    @pytest.mark.parametrize("data", [None, "Jo", [JO], 7])
    def test_of_what_is_no_object_nothing_is_left(self, data: object) -> None:
        assert project(data, ["name"]) == {}

    def test_what_it_is_given_stays_as_it_is(self) -> None:
        before = str(JO)
        project(JO, ["address.postcode", "children.age"])
        assert str(JO) == before


class TestSchema:
    def test_a_field_is_required_where_all_of_its_path_is(self) -> None:
        schema = projected_schema(PERSON, ["address.postcode", "children.name", "children.age", "employer.address.postcode"])
        assert schema["required"] == ["address", "children"]
        assert schema["properties"]["address"]["required"] == ["postcode"]
        assert schema["properties"]["children"]["items"]["required"] == ["name"]
        assert projected_schema(PERSON, ["children.age"])["required"] == []

    def test_it_is_closed_on_the_whole_way(self) -> None:
        schema = projected_schema(PERSON, ["address.postcode"])
        validator = compiled(schema)
        assert validator.is_valid({"address": {"postcode": "YO1 9ZZ"}})
        assert not validator.is_valid({"address": {"postcode": "YO1 9ZZ", "lines": []}})
        assert not validator.is_valid({"address": {"postcode": "YO1 9ZZ"}, "name": "Jo"})

    def test_what_is_kept_whole_keeps_the_definitions_that_it_refers_to_and_no_other(self) -> None:
        schema = projected_schema(PERSON, ["address"])
        assert schema["$defs"].keys() == {"address", "line"}
        assert schema["properties"] == {"address": {"$ref": "#/$defs/address"}}
        assert "$defs" not in projected_schema(PERSON, ["address.postcode"])

    def test_of_alternatives_those_remain_in_which_something_is_left(self) -> None:
        schema = projected_schema(PERSON, ["employer.address.postcode"])
        assert schema["properties"]["employer"]["type"] == "object"
        assert compiled(schema).is_valid({})

    def test_a_path_within_another_says_nothing_more(self) -> None:
        assert projected_schema(PERSON, ["address.postcode", "address"]) == projected_schema(PERSON, ["address"])

    def test_no_path_leaves_nothing(self) -> None:
        assert not compiled(projected_schema(PERSON, [])).is_valid({"name": "Jo"})

    @pytest.mark.parametrize(
        ("path", "said", "known"),
        [
            ("nmae", '"nmae" is not a field of the event', "name"),
            ("address.postcod", '"postcod" is not a field of "address"', "postcode"),
            ("employer.address.post", '"post" is not a field of "employer.address"', "lines"),
            ("name.first", '"name" has no fields that could be named: it is had whole or not at all', ""),
            ("pair.left", '"pair" has no fields that could be named: it is had whole or not at all', ""),
        ],
    )
    def test_a_path_that_leads_nowhere_is_refused_with_the_step_that_is_wrong(self, path: str, said: str, known: str) -> None:
        with pytest.raises(CannotProject) as refused:
            projected_schema(PERSON, ["children", path])
        assert str(refused.value) == said
        assert known in refused.value.known or not known

    @pytest.mark.parametrize("reference", ["#", "#/properties/name", "https://example.gov.uk/other.json"])
    def test_what_would_mean_another_thing_in_a_part_is_refused(self, reference: str) -> None:
        with pytest.raises(CannotProject, match="would be another thing"):
            projected_schema({"type": "object", "properties": {"name": {}, "inner": {"$ref": reference}}}, ["inner"])

    def test_a_schema_that_goes_round_in_circles_has_an_end(self) -> None:
        node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "value": {"type": "integer"}}}
        circle = {"$ref": "#/$defs/circle"}
        schema = {
            "type": "object",
            "properties": {"first": {"$ref": "#/$defs/node"}, "odd": circle},
            "$defs": {"node": node, "circle": circle},
        }
        assert compiled(projected_schema(schema, ["first.next.next.value"])).is_valid({"first": {"next": {"next": {"value": 1}}}})
        with pytest.raises(CannotProject):
            projected_schema(schema, ["odd.value"])

    def test_more_alternatives_than_can_be_looked_at_can_only_be_had_whole(self) -> None:
        ways = {"anyOf": [{"properties": {"a": {"const": number}}} for number in range(7)]}
        schema = {"type": "object", "properties": {"wide": {"allOf": [ways, ways, ways]}}}
        assert "wide" in projected_schema(schema, ["wide"])["properties"]
        with pytest.raises(CannotProject):
            projected_schema(schema, ["wide.a"])
