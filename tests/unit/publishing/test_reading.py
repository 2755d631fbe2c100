"""How long what is read may be kept, and the addresses in it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from functions.common import clock
from functions.publishing import headers
from tests.unit.publishing.ground import answer, calls, http, published, read_content, rendered

pytestmark = pytest.mark.usefixtures("aws")


def intend(path: str, *, seconds: float, **changed: Any) -> tuple[int, Any]:
    at = (clock.now() + timedelta(seconds=seconds)).isoformat()
    return http("PUT", f"/publish-intent{path}", {"publish_time": at, "publishing_app": "desk", "rendering_app": "commonweal", **changed})


def seconds(path: str) -> int:
    said = read_content(path)[2]["Cache-Control"]
    assert said.endswith(", public")
    return int(said.removeprefix("max-age=").removesuffix(", public"))


def test_what_is_read_is_kept_for_five_minutes() -> None:
    published(answer("/a"))
    assert seconds("/a") == seconds("/nothing") == 300


def test_until_something_is_published_it_is_kept_no_longer_than_that() -> None:
    published(answer("/a"))
    assert intend("/a", seconds=60)[0] == 200
    assert 55 <= seconds("/a") <= 60
    with calls() as made:
        read_content("/a")
    assert made == ["GetItem"]


def test_where_nothing_is_yet_that_is_kept_no_longer_either() -> None:
    intend("/soon", seconds=60)
    assert read_content("/soon")[0] == 404
    assert 55 <= seconds("/soon") <= 60
    published(answer("/soon"))
    assert read_content("/soon")[0] == 200


def test_never_shorter_than_five_seconds_nor_longer_than_five_minutes_and_what_is_over_is_forgotten() -> None:
    published(answer("/a"))
    for ahead, kept in ((1, 5), (3_600, 300), (-60, 300)):
        intend("/a", seconds=ahead)
        assert seconds("/a") == kept


def test_an_item_may_say_itself_for_how_long() -> None:
    assert headers.public(longest=20) == "max-age=20, public"
    assert headers.public(longest=0) == "max-age=5, public"
    assert headers.public(longest=3_600) == "max-age=300, public"


def test_each_link_says_where_it_is_found_on_this_site() -> None:
    target = published(answer("/target"))
    published(answer("/a", links={"ordered_related_items": [target]}))
    rendered()
    [related] = read_content("/a", host="example.gov.uk")[1]["links"]["ordered_related_items"]
    assert related["api_path"] == "/api/content/target"
    assert related["api_url"] == "https://example.gov.uk/api/content/target"
    assert related["web_url"] == "https://example.gov.uk/target"


def test_a_link_to_what_has_no_page_has_no_address() -> None:
    contact = {
        "title": "Enquiries",
        "schema_name": "contact",
        "document_type": "contact",
        "publishing_app": "desk",
        "details": {"title": "Enquiries"},
        "update_type": "major",
    }
    target = published(contact, str(uuid4()))
    published(answer("/a", links={"ordered_related_items": [target]}))
    rendered()
    [related] = read_content("/a")[1]["links"]["ordered_related_items"]
    assert related["title"] == "Enquiries"
    assert not {"api_url", "web_url", "base_path"} & related.keys()
