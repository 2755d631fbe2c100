"""The content types as JSON Schema, for whoever writes content in another language (Publishing API: GET /v2/schemas)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from schemas.content.document_types import DOCUMENT_TYPES, known
from schemas.content.fields import LOCALES, free_path, locale, not_home, timestamp, url, version
from schemas.content.links import COMMON
from schemas.content.registry import model
from schemas.paths import RESERVED

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_CHECKS: Mapping[object, JsonSchemaValue] = {
    free_path: {"not": {"pattern": rf"^/({'|'.join(sorted(RESERVED))})(/|$)|/\.\.?(/|$)"}},
    known: {"enum": sorted(DOCUMENT_TYPES)},
    locale: {"enum": sorted(LOCALES)},
    not_home: {"minLength": 2},
    timestamp: {"format": "date-time"},
    url: {"pattern": r"^(https?:|mailto:|ftp:|[^:]*$|[^:]*[/?#]|[^A-Za-z])"},
    version: {"pattern": "^[0-9]+$"},
}
"""What the checks of our own ask for, in the words of JSON Schema."""


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: object) -> bool:
        return False  # a field's title would be its name again, in capitals

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        return {**super().function_after_schema(schema), **_CHECKS.get(schema["function"]["function"], {})}

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        # Which alternative is meant is for our code to tell; a payload may well fit two of them.
        generated = super().tagged_union_schema(schema)
        return {"anyOf": generated["oneOf"]} if "oneOf" in generated else generated


def schema(schema_name: str) -> dict[str, Any]:
    """What a PUT of a content type may hold, in JSON Schema 2020-12. Raises KeyError for a name of no content type.

    `registry.accept` decides: it also refuses what a schema cannot say (two parts with one slug, addresses written to mislead), and takes
    times that leave their seconds out.
    """
    edition = model(schema_name)
    generated = edition.model_json_schema(schema_generator=_Generator)
    links = generated["properties"]["links"]
    [ids] = links.pop("patternProperties").values()
    links["properties"] = dict.fromkeys(sorted(COMMON | edition.edition_links), ids)
    links["additionalProperties"] = False
    return {"$schema": DIALECT, **generated, "title": schema_name.replace("_", " ").capitalize()}
