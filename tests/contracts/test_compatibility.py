"""Which changes to a schema may stand beside its other versions, and what shows that the others may not."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.compatibility import Incompatibility, check_tree, check_version, problems
from schemas.opening import opened
from schemas.registry import compiled
from tests.contracts.drawn_events import events

WARNING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "area": {"type": "string", "pattern": "^[0-9]{3}[A-Z]{3}$", "examples": ["065WAF"]},
        "severity": {"type": "string", "enum": ["warning", "alert"]},
        "level": {"type": "integer", "minimum": 1, "maximum": 4},
        "depth": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        "message": {"type": "string", "minLength": 1, "maxLength": 20},
        "raised": {"type": "string", "format": "date-time"},
        "ended": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "rivers": {"type": "array", "items": {"$ref": "#/$defs/river"}, "minItems": 1, "maxItems": 3, "uniqueItems": True},
        "contact": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"by": {"const": "email"}, "address": {"type": "string"}},
                    "required": ["by", "address"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"by": {"const": "sms"}, "number": {"type": "string"}},
                    "required": ["by", "number"],
                    "additionalProperties": False,
                },
            ]
        },
        "levels": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "required": ["area", "severity", "level"],
    "additionalProperties": False,
    "$defs": {
        "river": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "joins": {"$ref": "#/$defs/river"}},
            "required": ["name"],
            "additionalProperties": False,
        }
    },
}

type Change = Callable[[dict[str, Any]], object]


def after(change: Change) -> dict[str, Any]:
    schema = copy.deepcopy(WARNING)
    change(schema)
    return schema


def put(path: str, value: object) -> Change:
    """Return the change that sets one keyword or part, by its path in the schema."""

    def change(schema: dict[str, Any]) -> None:
        *steps, last = path.split("/")
        part: Any = schema
        for step in steps:
            part = part[int(step)] if isinstance(part, list) else part[step]
        part[last] = value

    return change


def without(path: str) -> Change:
    def change(schema: dict[str, Any]) -> None:
        *steps, last = path.split("/")
        part: Any = schema
        for step in steps:
            part = part[step]
        del part[last]

    return change


COMPATIBLE: dict[str, Change] = {
    "nothing": lambda schema: None,
    "other words": put("properties/area/description", "The code of the area."),
    "a new optional field": put("properties/county", {"type": "string", "maxLength": 50}),
    "a new optional object": put(
        "properties/place", {"type": "object", "properties": {"x": {"type": "number"}}, "additionalProperties": False}
    ),
    "a new optional field deep inside": put("$defs/river/properties/length", {"type": "number", "minimum": 0}),
    "an optional field taken away": without("properties/message"),
    "the same type said as a list": put("properties/message/type", ["string"]),
    "one more definition": put("$defs/sea", {"type": "object"}),
    "the same rule said through a reference": lambda schema: (
        put("$defs/text", schema["properties"]["message"])(schema),
        put("properties/message", {"$ref": "#/$defs/text"})(schema),
    ),
    "the same rule said in two parts": put("properties/level", {"allOf": [{"type": "integer", "minimum": 1}, {"maximum": 4}]}),
    "the same numbers, listed": put("properties/level", {"enum": [1, 2, 3, 4]}),
    "closed by another keyword": lambda schema: (
        without("additionalProperties")(schema),
        put("unevaluatedProperties", False)(schema),
    ),
}

# What changes; who is hurt, those who still read with the old file (forward) or a replay; by which keyword and at which field it is caught.
INCOMPATIBLE: dict[str, tuple[Change, str, str, str]] = {
    "a new required field": (
        lambda schema: (put("properties/county", {"type": "string"})(schema), put("required", [*schema["required"], "county"])(schema)),
        "replay", "required", "county",
    ),
    "a required field becomes optional": (put("required", ["area", "level"]), "forward", "required", "severity"),
    "a required field is taken away": (
        lambda schema: (without("properties/level")(schema), put("required", ["area", "severity"])(schema)), "forward", "required", "level",
    ),
    "an optional field becomes required": (put("required", ["area", "severity", "level", "message"]), "replay", "required", "message"),
    "another type": (put("properties/message", {"type": "integer"}), "forward", "type", "message"),
    "a wider type": (put("properties/level/type", "number"), "forward", "type", "level"),
    "null is allowed": (put("properties/message/type", ["string", "null"]), "forward", "type", "message"),
    "null is no longer allowed": (put("properties/ended", {"type": "string", "format": "date-time"}), "replay", "type", "ended"),
    "one more value": (put("properties/severity/enum", ["warning", "alert", "severe"]), "forward", "enum", "severity"),
    "one value less": (put("properties/severity/enum", ["warning"]), "replay", "enum", "severity"),
    "values become free text": (put("properties/severity", {"type": "string"}), "forward", "enum", "severity"),
    "a constant": (put("properties/severity", {"const": "alert"}), "replay", "const", "severity"),
    "a higher maximum": (put("properties/level/maximum", 5), "forward", "maximum", "level"),
    "a lower maximum": (put("properties/level/maximum", 3), "replay", "maximum", "level"),
    "a lower minimum": (put("properties/level/minimum", 0), "forward", "minimum", "level"),
    "no exclusive minimum": (without("properties/depth/exclusiveMinimum"), "forward", "exclusiveMinimum", "depth"),
    "a minimum that is itself allowed": (
        lambda schema: (without("properties/depth/exclusiveMinimum")(schema), put("properties/depth/minimum", 0)(schema)),
        "forward", "exclusiveMinimum", "depth",
    ),
    "an exclusive maximum": (put("properties/depth/exclusiveMaximum", 10), "replay", "exclusiveMaximum", "depth"),
    "coarser steps": (put("properties/depth/multipleOf", 2), "replay", "multipleOf", "depth"),
    "a longer text": (put("properties/message/maxLength", 21), "forward", "maxLength", "message"),
    "a text without end": (without("properties/message/maxLength"), "forward", "maxLength", "message"),
    "a longer least text": (put("properties/message/minLength", 2), "replay", "minLength", "message"),
    "an empty text": (put("properties/message/minLength", 0), "forward", "minLength", "message"),
    "another pattern": (put("properties/area", {"type": "string", "pattern": "^[0-9]+$"}), "forward", "pattern", "area"),
    "no format": (put("properties/raised", {"type": "string"}), "forward", "format", "raised"),
    "another format": (put("properties/raised/format", "date"), "forward", "format", "raised"),
    "more items": (put("properties/rivers/maxItems", 4), "forward", "maxItems", "rivers"),
    "fewer items": (put("properties/rivers/minItems", 0), "forward", "minItems", "rivers"),
    "the same item twice": (put("properties/rivers/uniqueItems", False), "forward", "uniqueItems", "rivers"),
    "other items": (put("properties/rivers/items", {"type": "string"}), "forward", "type", "rivers.*"),
    "a first item of its own": (
        put("properties/rivers/prefixItems", [{"type": "string"}]), "forward", "type", "rivers.0",
    ),
    "a required field deep inside": (put("$defs/river/required", []), "forward", "required", "rivers.*.name"),
    "another type deep inside": (put("$defs/river/properties/name", {"type": "integer"}), "forward", "type", "rivers.*.name"),
    "one more alternative": (
        lambda schema: schema["properties"]["contact"]["oneOf"].append(
            {"type": "object", "properties": {"by": {"const": "post"}}, "required": ["by"], "additionalProperties": False}
        ),
        "forward", "oneOf", "contact",
    ),
    "one alternative less": (lambda schema: schema["properties"]["contact"]["oneOf"].pop(), "replay", "const", "contact.by"),
    "other values in a map": (put("properties/levels/additionalProperties", {"type": "string"}), "forward", "type", "levels.*"),
    "a field of another type where a map had one type": (
        put("properties/levels/properties", {"unit": {"type": "string"}}), "forward", "type", "levels.unit",
    ),
    "an open object of which the old version knew a field": (
        lambda schema: (without("properties/message")(schema), put("additionalProperties", True)(schema)), "forward", "type", "message",
    ),
    "a least number of fields": (put("minProperties", 4), "replay", "minProperties", ""),
    "a greatest number of fields": (put("maxProperties", 3), "replay", "maxProperties", ""),
    "a field that needs another": (put("dependentRequired", {"message": ["raised"]}), "replay", "dependentRequired", ""),
    "field names of one form": (put("propertyNames", {"maxLength": 6}), "replay", "propertyNames", ""),
    "something that must not be": (put("not", {"required": ["message"]}), "replay", "not", ""),
    "a condition": (
        lambda schema: (put("if", {"required": ["ended"]})(schema), put("then", {"required": ["message"]})(schema)), "replay", "if", "",
    ),
    "a field that is no longer allowed at all": (put("properties/message", False), "replay", "false", "message"),
}  # fmt: skip


@pytest.mark.parametrize("change", COMPATIBLE.values(), ids=COMPATIBLE)
def test_a_compatible_change_is_allowed_both_ways(change: Change) -> None:
    assert check_version(WARNING, after(change)) == []


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(draws=st.data())
@pytest.mark.parametrize("change", COMPATIBLE.values(), ids=COMPATIBLE)
def test_what_is_allowed_generated_events_prove(change: Change, draws: st.DataObject) -> None:
    old, new = WARNING, after(change)
    for written, read in ((new, old), (old, new)):
        event = draws.draw(events(written))
        assert compiled(opened(read)).is_valid(event)


@pytest.mark.parametrize(("change", "direction", "rule", "field"), INCOMPATIBLE.values(), ids=INCOMPATIBLE)
def test_an_incompatible_change_is_refused_by_its_rule_at_its_field_and_an_example_shows_it(
    change: Change, direction: str, rule: str, field: str
) -> None:
    new = after(change)
    found = [one for one in check_version(WARNING, new) if (one.direction, one.rule, one.field) == (direction, rule, field)]
    assert found, [str(one) for one in check_version(WARNING, new)]
    written, read = (new, WARNING) if direction == "forward" else (WARNING, new)
    example = found[0].example
    assert example is not None
    assert compiled(written).is_valid(example)
    assert not compiled(opened(read)).is_valid(example)


def test_a_finding_reads_as_a_sentence_with_its_place_and_its_example() -> None:
    higher = after(put("properties/level/maximum", 5))
    (finding,) = problems(higher, WARNING)
    sentence, example = str(finding).split("; for example ")
    assert sentence == "level may be 5, which the reader refuses by its rule maximum (/properties/level/maximum)"
    assert json.loads(example)["level"] == 5


def test_a_wider_number_names_the_readers_limit() -> None:
    wide = after(put("properties/level/maximum", 100))
    (finding,) = problems(wide, WARNING)
    assert finding.sentence == "may be as high as 100; the reader takes nothing above 4"
    assert finding.pointer == "/properties/level/maximum"
    assert finding.example == {"area": "065WAF", "level": 5, "severity": "warning"}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "other.json"},
        {"$ref": "#/$defs/missing"},
        {"$ref": "#/properties/a", "properties": {"a": {}}},
        {"$dynamicRef": "#here"},
        {"properties": {"a": {"$id": "https://example.gov/inner"}}},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"type": "text"},
        {"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "string"}]}}, "$ref": "#/$defs/a"},
        {"dependencies": {"a": ["b"]}},
    ],
    ids=json.dumps,
)
def test_what_the_checker_does_not_follow_it_never_allows(schema: dict[str, Any]) -> None:
    assert problems({"type": "object"}, schema)


def test_two_recursive_schemas_are_compared_to_the_end() -> None:
    def tree(leaf: str) -> dict[str, Any]:
        children = {"type": "array", "items": {"$ref": "#/$defs/node"}}
        node = {"type": "object", "properties": {"value": {"type": leaf}, "children": children}}
        return {"$defs": {"node": node}, "$ref": "#/$defs/node"}

    assert problems(tree("integer"), tree("number")) == []
    (finding, *_) = problems(tree("number"), tree("integer"))
    assert (finding.field, finding.rule) == ("value", "type")


def test_alternatives_that_only_their_closure_told_apart_can_still_be_read() -> None:
    closed = [{"type": "object", "properties": {name: {"type": "string"}}, "additionalProperties": False} for name in ("a", "b")]
    schema = {"oneOf": closed}
    assert compiled(opened(schema)).is_valid({"a": "x"})
    assert problems(schema, schema) == []


def test_the_schemas_of_this_project_stand_beside_each_other() -> None:
    assert [str(finding) for finding in check_tree()] == []


def test_every_two_versions_of_a_major_are_compared_and_majors_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "town" / "BinEmptied"
    folder.mkdir(parents=True)

    def version(name: str, **properties: object) -> None:
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        (folder / f"{name}.json").write_text(json.dumps(schema))

    version("1.0.0", colour={"type": "string"})
    version("1.1.0")
    version("1.10.0", colour={"type": "integer"})  # each neighbour may stand beside the next, but not the first beside the last
    version("2.0.0", colour={"type": "boolean"})
    findings: list[Incompatibility] = check_tree(tmp_path)
    assert {(one.writer, one.reader, one.direction) for one in findings} == {
        ("town/BinEmptied/1.10.0", "town/BinEmptied/1.0.0", "forward"),
        ("town/BinEmptied/1.0.0", "town/BinEmptied/1.10.0", "replay"),
    }
