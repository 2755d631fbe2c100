"""Whatever a dataset's OpenAPI document allows is answered, in the shape that it says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.data_access import dictionary, openapi
from tests.laws import examples

from .test_datasets import STATION, Ask, ask, stations

__all__ = ["ask", "stations"]  # fixtures

DOCUMENT = openapi.document("station", STATION, dictionary.of(STATION), "https://data.example")
OPERATIONS: list[Any] = [found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()]  # type: ignore[union-attr]  # every one is valid, or this raises


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.definition.raw["operationId"])
def test_what_the_document_allows_is_answered_as_it_says(stations: Ask, operation: Any) -> None:
    @settings(max_examples=examples(8), deadline=None, suppress_health_check=[*HealthCheck], database=None)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        raw = urlencode({name: value for name, value in (case.query or {}).items() if isinstance(value, str | int)}, errors="replace")
        answer = stations(f"{case.formatted_path}?{raw}" if raw else case.formatted_path)
        assert answer.status < 500
        told = operation.definition.raw["responses"].get(str(answer.status), {"$ref": "#/components/responses/Refusal"})
        response = DOCUMENT["components"]["responses"]["Refusal"] if "$ref" in told else told
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind == "application/json" and kind in response.get("content", {}):
            schema = {**response["content"][kind]["schema"], "components": DOCUMENT["components"]}
            jsonschema_rs.validator_for(schema).validate(json.loads(answer.text))

    holds()
