"""What the platform says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from functions.bus import catalogue, documentation
from infra.catalogue import site
from schemas import department, registry
from tests.unit.bus.ground import Answer, request
from tests.unit.catalogue.ground import small_catalogue


@pytest.fixture(scope="module", autouse=True)
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The documentation, as it is put into the bundle."""
    home = tmp_path_factory.mktemp("bundle") / "site"
    site.write(small_catalogue(), home, served=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documentation, "SITE", home)
        yield home
    documentation._files.cache_clear()
    documentation._entries.cache_clear()


def get(address: str, /, **query: str) -> Answer:
    return request(catalogue.catalogue, "GET", address, query=query)


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


@pytest.mark.parametrize(
    "path",
    [
        "/schemas/platform/KeyRevoked/9.0.0.json",
        "/schemas/a/b/c",
        "/schemas/../../etc",
        "/docs/nothing.json",
        "/docs/../functions/bus/catalogue.py",
        "/docs/types/../../../etc/passwd",
        "/docs//etc/passwd",
        "/docs/types",
    ],
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert get(path).status == 404


def test_people_are_told_in_a_page_that_leads_back_from_any_address() -> None:
    answer = request(catalogue.catalogue, "GET", "/docs/types/a.B.v1", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    links = re.findall(r'(?:href|src)="([^"#]+)"', answer.text)
    assert all(get(link).status == 200 for link in links)
    assert "/docs/search.html" in links


def test_every_api_has_its_document() -> None:
    for name in ("events", "catalogue", "registers"):
        assert get(f"/docs/{name}.json").json["openapi"].startswith("3.1")
        assert get(f"/docs/{name}").status == 200
    assert get("/docs/asyncapi.json").json["asyncapi"] == "3.0.0"


def test_the_documentation_begins_at_its_first_page() -> None:
    for address in ("/docs", "/docs/"):
        assert (get(address).status, get(address).headers["location"]) == (302, "/docs/index.html")
    answer = get("/docs/index.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "Events of the platform" in answer.text


def test_a_reference_may_run_its_script_and_ask_this_host_and_no_other_page_may() -> None:
    scripted = "script-src 'self'; connect-src 'self'"
    assert get("/docs/apis/events").headers["content-security-policy"].endswith(scripted)
    for page in ("/docs/index.html", "/docs/search.html", "/docs/types/platform.KeyRevoked.v1", "/docs/events.json", "/docs/try.js"):
        assert "script-src" not in get(page).headers["content-security-policy"]
    assert get("/docs/try.js").headers["content-type"] == "text/javascript; charset=utf-8"


def test_a_page_is_found_without_its_ending() -> None:
    assert (
        get("/docs/types/environment-agency.FloodWarningIssued.v1").text
        == get("/docs/types/environment-agency.FloodWarningIssued.v1.html").text
    )


def test_a_search_finds_what_has_every_word_and_nothing_else() -> None:
    page = get("/docs/search.html", q="flood  WARNING event").text
    assert "1 page or operation for ‘flood WARNING event’" in page
    assert "types/environment-agency.FloodWarningIssued.v1.html" in page
    assert "platform.KeyRevoked.v1" not in page
    assert 'value="flood WARNING event"' in page


def test_a_search_for_nothing_shows_everything_and_one_in_vain_says_so() -> None:
    assert "platform.KeyRevoked.v1" in get("/docs/search.html").text
    assert "Nothing has all of these words" in get("/docs/search", q="zebra flood").text


@pytest.mark.parametrize("asked", ['"><script>alert(1)</script>', "<!-- gap -->", "'onfocus='x", "a" * 10_000])
def test_what_is_searched_for_is_text_and_nothing_more(asked: str) -> None:
    page = get("/docs/search.html", q=asked).text
    assert "<script" not in page
    assert page.count("<!-- gap -->") == 0
    assert page.count('<input class="govuk-input') == 1
    assert len(page) < 30_000


def test_an_operation_is_tried_at_its_own_address() -> None:
    answer = get("/docs/try/registers/record", name="flood-warning", key="065 WAF/441")
    assert answer.status == 303
    assert answer.headers["location"] == "/registers/flood-warning/records/065%20WAF%2F441"


def test_the_query_of_what_is_tried_is_what_the_form_says() -> None:
    answer = get("/docs/try/datasets/records", dataset="territory", more="_limit=2&name=St%20Helena", api_key="DEMO_KEY", other="no")
    assert (
        answer.headers["location"]
        == f"/datasets/territory/records?{urlencode({'api_key': 'DEMO_KEY', '_limit': '2', 'name': 'St Helena'})}"
    )


@pytest.mark.parametrize("name", ["", "..", " "])
def test_what_is_missing_in_a_path_is_named(name: str) -> None:
    answer = get("/docs/try/registers/record", name=name, key="x")
    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == ["name"]


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example", "\\evil.example", "/\r\nSet-Cookie: a=b"])
def test_nothing_that_is_tried_leads_to_another_host(given: str) -> None:
    for answer in (get("/docs/try/content/get_content", path=given), get("/docs/try/registers/register", name=given)):
        where = answer.headers.get("location", "/api/content/x")
        assert where.startswith(("/api/content/", "/registers/"))
        assert "\n" not in where


@pytest.mark.parametrize(
    "path", ["/docs/try/registers/nothing", "/docs/try/nothing/records", "/docs/try/departments/create_service", "/docs/try/asyncapi/x"]
)
def test_only_what_a_document_knows_as_a_get_can_be_tried(path: str) -> None:
    assert get(path).status == 404
