"""Every API has its OpenAPI document, as its routes say it now: `python -m tests.contracts.openapi` writes them anew."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.common.http import Api
from tests.contracts import openapi

OPERATIONS = [
    (name, path, method, operation)
    for name, api in openapi.apis().items()
    for path, methods in openapi.document(api)["paths"].items()
    for method, operation in methods.items()
]
NAMES = [f"{method.upper()} {path} of {name}" for name, path, method, _ in OPERATIONS]


@pytest.mark.parametrize("path", openapi.exported(), ids=lambda path: path.stem)
def test_the_file_says_what_the_routes_say(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == openapi.exported()[path]


def test_there_is_no_file_of_an_api_that_is_gone() -> None:
    assert {path.name for path in openapi.FOLDER.iterdir()} == {path.name for path in openapi.exported()}


def test_every_api_of_every_room_has_its_document() -> None:
    modules = [".".join(path.relative_to(openapi.ROOT).with_suffix("").parts) for path in openapi.ROOT.glob("functions/*/*.py")]
    with_api = [
        module for module in modules if "api(" in (openapi.ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8").lower()
    ]
    found = {module for module in with_api if isinstance(getattr(import_module(module), module.rpartition(".")[2], None), Api)}
    assert found - openapi.PAGES == set(openapi.DOCUMENTS.values())
    assert found >= openapi.PAGES


@pytest.mark.parametrize("name", openapi.DOCUMENTS)
def test_a_document_is_openapi_3_1_and_says_who_may(name: str) -> None:
    document = openapi.document(openapi.apis()[name])
    OpenAPIV31SpecValidator(document).validate()
    assert document["info"]["title"]
    assert document["info"]["description"]
    asked = openapi.apis()[name]
    assert bool(document.get("security")) == (asked.scheme is not None or asked.admits is not None)


@pytest.mark.parametrize("name", openapi.DOCUMENTS)
def test_every_reference_leads_somewhere(name: str) -> None:
    document = openapi.document(openapi.apis()[name])
    for reference in references(document):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


@pytest.mark.parametrize("name", openapi.DOCUMENTS)
def test_no_two_operations_have_one_name(name: str) -> None:
    names = [operation["operationId"] for api, _, _, operation in OPERATIONS if api == name]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "path", "method", "operation"), OPERATIONS, ids=NAMES)
class TestOperations:
    def test_it_says_in_a_line_what_it_is_for(self, name: str, path: str, method: str, operation: dict[str, Any]) -> None:
        assert 5 < len(operation["summary"]) < 140
        assert not operation["summary"].upper().startswith(f"{method.upper()} /")

    def test_it_names_each_of_its_parameters(self, name: str, path: str, method: str, operation: dict[str, Any]) -> None:
        named = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"]
        assert sorted(named) == sorted(openapi.placeholders(path))

    def test_it_says_how_it_succeeds_and_how_it_refuses(self, name: str, path: str, method: str, operation: dict[str, Any]) -> None:
        assert any(status.startswith("2") for status in operation["responses"])
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Refusal"}


def references(part: object) -> list[str]:
    """Every `$ref` inside a part of a document."""
    return re.findall(r'"\$ref": "([^"]+)"', json.dumps(part))
