"""The content types: strict in what they accept, exact in what they refuse."""

from typing import Any

import pytest

from schemas.content.document_types import DOCUMENT_TYPES
from schemas.content.failures import Unacceptable
from schemas.content.registry import TYPES, accept, model
from tests.contracts.content.samples import BAD, GOOD, changed, whole, without

ANSWER, GUIDE, NEWS = GOOD["answer"], GOOD["guide"], GOOD["news_article"]

PAGE = {"base_path", "details", "document_type", "publishing_app", "rendering_app", "routes", "schema_name", "title"}
REQUIRED = {
    "contact": PAGE - {"base_path", "rendering_app", "routes"},
    "gone": {"document_type", "publishing_app", "schema_name"},
    "redirect": {"base_path", "document_type", "publishing_app", "redirects", "schema_name"},
    "role": PAGE - {"base_path", "routes"},
    "special_route": PAGE - {"details", "rendering_app", "title"},
}
"""What a type needs, where that is not what a page needs (content-types.md)."""


def refusal(payload: dict[str, Any]) -> tuple[str, str]:
    """Where, and by which keyword, a payload is refused first."""
    with pytest.raises(Unacceptable) as refused:
        accept(payload)
    failure = refused.value.failures[0]
    assert failure["fragment"] in failure["message"]
    return failure["fragment"], failure["failed_attribute"]


def test_every_type_has_an_example() -> None:
    assert set(GOOD) == TYPES


@pytest.mark.parametrize("name", sorted(TYPES))
def test_each_type_accepts_its_example_and_refuses_an_unknown_field(name: str) -> None:
    assert isinstance(accept(GOOD[name]), model(name))
    assert refusal({**GOOD[name], "colour": "red"}) == ("#/colour", "AdditionalProperties")


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_a_type_needs_is_asked_for_by_name(name: str) -> None:
    needed = REQUIRED.get(name, PAGE)
    accept({field: value for field, value in GOOD[name].items() if field in needed})
    for field in needed - {"schema_name"}:
        assert refusal(without(GOOD[name], f"/{field}")) == (f"#/{field}", "Required")


def test_a_payload_without_a_type_is_told_so() -> None:
    assert refusal(without(ANSWER, "/schema_name")) == ("#/schema_name", "Enum")
    assert refusal({**ANSWER, "schema_name": "placeholder"}) == ("#/schema_name", "Enum")


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
    for name in ("guide", "travel_advice"):
        assert refusal(changed(GOOD[name], "/details/parts", [part, part]))[0] == "#/details/parts"


def test_a_lock_version_may_be_a_number_or_its_text() -> None:
    for version in (3, "3"):
        assert accept({**ANSWER, "previous_version": version}).previous_version == 3


@pytest.mark.parametrize("name", ["generic", "specialist_document"])
def test_some_types_are_for_documents_of_every_kind(name: str) -> None:
    assert len(DOCUMENT_TYPES) == 195
    for document_type in DOCUMENT_TYPES:
        accept({**GOOD[name], "document_type": document_type})
    assert refusal({**GOOD[name], "document_type": "poem"}) == ("#/document_type", "Enum")


@pytest.mark.parametrize("name", ["contact", "gone", "role"])
def test_a_document_without_an_address_has_none(name: str) -> None:
    assert "base_path" not in accept(without(GOOD[name], "/base_path")).model_dump(exclude_none=True)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_only_a_home_page_may_be_at_the_root_and_none_where_the_platform_answers(name: str) -> None:
    if name == "homepage":
        assert accept({**GOOD[name], "base_path": "/"}).base_path == "/"
    else:
        assert refusal({**GOOD[name], "base_path": "/"})[0] == "#/base_path"
    assert refusal({**GOOD[name], "base_path": "/v2/content"})[0] == "#/base_path"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_whoever_publishes_and_renders_may_call_themselves_what_they_like(name: str) -> None:
    assert accept({**whole(name), "publishing_app": "a-new-department"})
    if "rendering_app" in GOOD[name]:
        assert accept({**whole(name), "rendering_app": "their-own-pages"})


@pytest.mark.parametrize(("name", "place", "value"), BAD)
def test_each_type_points_at_what_it_does_not_take(name: str, place: str, value: object) -> None:
    assert refusal(changed(GOOD[name], place, value))[0] == f"#{place}"


@pytest.mark.parametrize("alternative", ["/elsewhere", None])
def test_what_may_be_null_is_listed(alternative: str | None) -> None:
    assert accept(changed(GOOD["gone"], "/details/alternative_path", alternative))
    assert accept(changed(GOOD["organisation"], "/details/acronym", alternative))


@pytest.mark.parametrize("answered", ["5 working days", False])
def test_a_contact_says_when_it_answers_or_only_whether(answered: object) -> None:
    assert accept(changed(GOOD["contact"], "/details/query_response_time", answered))


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"location": "Saltmere", "registration": "G-ABCD"},
        {"location": ["north-east", "south-west"], "fund_state": "open"},
        {"types_of_support": ["loan"], "will_continue_on": None},
        {"topics": ["surface-water"]},
    ],
)
def test_metadata_is_of_whichever_kind_holds_it(metadata: dict[str, object]) -> None:
    assert accept(changed(GOOD["specialist_document"], "/details/metadata", metadata))


def test_metadata_of_two_kinds_is_of_none() -> None:
    mixed = {"aircraft_type": "Glider", "registration": "G-ABCD", "vessel_type": ["recreational-craft"]}
    refused = refusal(changed(GOOD["specialist_document"], "/details/metadata", mixed))
    assert refused == ("#/details/metadata/vessel_type", "AdditionalProperties")
    assert refusal(changed(GOOD["specialist_document"], "/details/metadata", {"vessel_type": "yacht"})) == (
        "#/details/metadata/vessel_type",
        "TypeV4",
    )
