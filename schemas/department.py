"""The JSON Schema of a department's file, for editors and for whoever checks one without this repository: `schemas/department.json`.

It says all that `schemas.declaration` says and a schema can: names, forms, what needs what. What takes an event's schema, or another
department's file, `commonweal department check` alone can tell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from schemas.declaration import RECIPIENTS, Department

FILE = Path(__file__).parent / "department.json"
URI = "/schemas/department.json"

type _Schema = dict[str, Any]


def definition() -> _Schema:
    """The schema, whole."""
    found = Department.model_json_schema(by_alias=True, schema_generator=_Untitled)
    for name, condition in _CONDITIONS.items():
        found["$defs"][name] |= condition
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": URI,
        "title": "A department of Commonweal",
        **_told(found),
        "description": "Who it is, what it may emit, and what should happen when it does.",
    }


def text() -> str:
    """The schema as its file holds it."""
    return json.dumps(definition(), indent=2, ensure_ascii=False) + "\n"


class _Untitled(GenerateJsonSchema):
    """Without titles that only say a field's name again, which editors would show in the place of what it means."""

    def field_title_should_be_set(self, schema: core_schema.CoreSchema | Any) -> bool:
        return False

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A mapping whose names have a form has no others."""
        found = super().dict_schema(schema)
        return found | {"additionalProperties": False} if "patternProperties" in found else found


def _one_of(*names: str) -> _Schema:
    return {"oneOf": [{"required": [name]} for name in names]}


def _any_of(*names: str) -> _Schema:
    return {"anyOf": [{"required": [name]} for name in names]}


def _needs(kind: str, name: str) -> _Schema:
    """What is taken away in this way needs this field."""
    return {"if": {"properties": {"as": {"const": kind}}, "required": ["as"]}, "then": {"required": [name]}}


_CONDITIONS: Mapping[str, _Schema] = {
    "Reaction": _any_of("publish", "unpublish", "notify", "record", "forward"),
    "Unpublish": {"allOf": [_needs("withdrawal", "explanation"), _needs("redirect", "alternative_path")]},
    "Notify": {"allOf": [_one_of(*RECIPIENTS), _one_of("template", "templates")]},
    "Forward": _one_of("webhook", "queue"),
    "Template": _any_of("email", "sms", "letter"),
    "Register": {
        **_one_of("fields", "schema"),
        "dependentSchemas": {"fields": {"properties": {"index": {"maxItems": 0}, "references": {"maxProperties": 0}}}},
    },
}
"""What validators of the models say and their types do not."""


def _told(part: Any) -> Any:
    """Without null, which says what leaving it out says, and with texts that break no lines."""
    if isinstance(part, list):
        return [_told(inner) for inner in part]
    if isinstance(part, str):
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in part.split("\n\n"))
    if not isinstance(part, dict):
        return part
    kept = {
        name: told for name, inner in part.items() if (told := _told(inner)) is not None and (name != "default" or told not in ({}, []))
    }
    choices = [choice for choice in kept.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1 and len(kept["anyOf"]) == 2:
        del kept["anyOf"]
        return {**choices[0], **kept}
    return kept
