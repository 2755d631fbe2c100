"""The content types: strict in what they accept, exact in what they refuse."""

from typing import Any

import pytest

from schemas.content.failures import Unacceptable
from schemas.content.registry import TYPES, accept

ANSWER: dict[str, Any] = {
    "base_path": "/a/b",
    "title": "A title",
    "schema_name": "answer",
    "document_type": "answer",
    "publishing_app": "desk",
    "rendering_app": "commonweal",
    "routes": [{"path": "/a/b", "type": "exact"}],
    "details": {"body": "<p>Hello</p>"},
}
GUIDE = {
    **ANSWER,
    "schema_name": "guide",
    "document_type": "guide",
    "details": {"parts": [{"title": "One", "slug": "one", "body": [{"content_type": "text/govspeak", "content": "x"}]}]},
}
NEWS = {**ANSWER, "schema_name": "news_article", "document_type": "press_release", "details": {"body": "<p>Hello</p>"}}
REDIRECT = {
    "base_path": "/a",
    "schema_name": "redirect",
    "document_type": "redirect",
    "publishing_app": "desk",
    "redirects": [{"path": "/a", "type": "exact", "destination": "/b"}],
}
GONE = {"base_path": "/a", "schema_name": "gone", "document_type": "gone", "publishing_app": "desk", "details": {"explanation": "Over"}}
GOOD = {"answer": ANSWER, "guide": GUIDE, "news_article": NEWS, "redirect": REDIRECT, "gone": GONE}


def refusal(payload: dict[str, Any]) -> tuple[str, str]:
    """Where, and by which keyword, a payload is refused first."""
    with pytest.raises(Unacceptable) as refused:
        accept(payload)
    failure = refused.value.failures[0]
    assert failure["fragment"] in failure["message"]
    return failure["fragment"], failure["failed_attribute"]


def test_every_type_has_an_example_here() -> None:
    assert set(GOOD) == set(TYPES)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_type_accepts_its_example_and_refuses_an_unknown_field(name: str) -> None:
    assert accept(GOOD[name]).schema_name == name
    assert refusal({**GOOD[name], "colour": "red"}) == ("#/colour", "AdditionalProperties")


@pytest.mark.parametrize("field", ["base_path", "title", "document_type", "publishing_app", "rendering_app", "routes", "details"])
def test_what_a_page_needs_is_asked_for_by_name(field: str) -> None:
    assert refusal({name: value for name, value in ANSWER.items() if name != field}) == (f"#/{field}", "Required")


@pytest.mark.parametrize("document_type", ["press_release", "news_story", "government_response", "world_news_story"])
def test_news_has_four_document_types(document_type: str) -> None:
    assert accept({**NEWS, "document_type": document_type}).document_type == document_type


@pytest.mark.parametrize("path", ["/a", "/a/b-c/d.e", "/2026/x.cy"])
def test_a_path_is_of_lower_case_letters_digits_dots_and_hyphens(path: str) -> None:
    assert accept({**ANSWER, "base_path": path}).base_path == path


@pytest.mark.parametrize(
    "path", ["", "a", "/A", "/a/", "//a", "/a//b", "/a b", "/a_b", "/a%20b", "/é", "/..", "/a/./b", "/" + "a" * 512, "/", "/a\n", 5, None]
)
def test_any_other_path_is_refused(path: object) -> None:
    assert refusal({**ANSWER, "base_path": path})[0] == "#/base_path"


@pytest.mark.parametrize(
    "first",
    "api assets datasets departments docs events healthcheck local notifications registers services v2".split(),  # noqa: SIM905
)
def test_a_page_cannot_hide_an_address_of_the_platforms_own(first: str) -> None:
    assert refusal({**ANSWER, "base_path": f"/{first}/x"})[0] == "#/base_path"
    assert refusal({**ANSWER, "base_path": f"/{first}"})[0] == "#/base_path"
    assert accept({**ANSWER, "base_path": f"/{first}-guide"})


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"details": {"body": 5}}, "#/details/body"),
        ({"details": {"body": [{"content_type": "text/plain", "content": "x"}]}}, "#/details/body/0/content_type"),
        ({"details": {"body": [{"content_type": "text/html", "content": "x", "colour": "red"}]}}, "#/details/body/0/colour"),
        ({"details": {"body": []}}, "#/details/body"),
        ({"details": {"text": "x"}}, "#/details/text"),
        ({"details": {"external_related_links": [{"title": "x", "url": "javascript:alert(1)"}]}}, "#/details/external_related_links/0/url"),
        ({"routes": []}, "#/routes"),
        ({"routes": [{"path": "/a/b", "type": "regex"}]}, "#/routes/0/type"),
        ({"links": {"organisations": ["not-an-id"]}}, "#/links/organisations/0"),
        ({"links": {"available_translations": []}}, "#/links/available_translations"),
        ({"locale": "xx"}, "#/locale"),
        ({"phase": "gamma"}, "#/phase"),
        ({"update_type": "links"}, "#/update_type"),
        ({"previous_version": "one"}, "#/previous_version"),
        ({"public_updated_at": "2026-01-01"}, "#/public_updated_at"),
        ({"public_updated_at": "yesterday"}, "#/public_updated_at"),
        ({"bulk_publishing": "true"}, "#/bulk_publishing"),
        ({"schema_name": "placeholder"}, "#/schema_name"),
    ],
)
def test_what_is_wrong_is_pointed_at(changed: dict[str, Any], where: str) -> None:
    assert refusal({**ANSWER, **changed})[0] == where


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Unacceptable) as refused:
        accept({**ANSWER, "title": 5, "locale": "xx", "colour": "red"})
    assert {failure["fragment"] for failure in refused.value.failures} == {"#/title", "#/locale", "#/colour"}


def test_two_parts_cannot_have_one_address() -> None:
    part = {"title": "One", "slug": "one", "body": "x"}
    assert refusal({**GUIDE, "details": {"parts": [part, part]}})[0] == "#/details/parts"


def test_a_lock_version_may_be_a_number_or_its_text() -> None:
    for version in (3, "3"):
        assert accept({**ANSWER, "previous_version": version}).previous_version == 3
