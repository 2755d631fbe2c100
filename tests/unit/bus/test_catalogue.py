"""What the platform says of itself."""

from __future__ import annotations

import pytest

from functions.bus import catalogue
from schemas import department, registry
from tests.unit.bus.ground import Answer, request


def get(path: str) -> Answer:
    return request(catalogue.catalogue, "GET", path)


def test_it_is_there() -> None:
    assert (get("/healthcheck").status, get("/healthcheck").json) == (200, {"status": "ok"})


@pytest.mark.parametrize("schema", registry.every_schema(), ids=lambda schema: schema.id)
def test_every_schema_is_served_where_events_name_it(schema: registry.Schema) -> None:
    answer = get(schema.path)
    assert (answer.status, answer.headers["content-type"], answer.json) == (200, "application/schema+json", schema.definition)
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_schema_of_a_departments_file_is_served_under_its_own_name() -> None:
    answer = get("/schemas/department.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/schema+json")
    assert answer.json == department.definition()
    assert answer.json["$id"] == "/schemas/department.json"


@pytest.mark.parametrize("path", ["/schemas/platform/KeyRevoked/9.0.0.json", "/schemas/a/b/c", "/schemas/../../etc", "/docs/nothing.json"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert get(path).status == 404


def test_every_api_has_its_document() -> None:
    for name in ("events", "catalogue", "registers"):
        assert get(f"/docs/{name}.json").json["openapi"].startswith("3.1")
        assert get(f"/docs/{name}").status == 200


def test_the_reference_is_a_page_that_names_every_operation_and_every_schema() -> None:
    answer = get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for text in ("POST /events", "GET /healthcheck", *(schema.id for schema in registry.every_schema())):
        assert text in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_what_stands_between_backticks_is_code_on_the_page() -> None:
    page = get("/docs").text
    assert "as <code>dataschema</code> names it" in page
    assert "`" not in page
