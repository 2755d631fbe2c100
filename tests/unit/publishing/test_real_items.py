"""Real content items, where they are at hand: converted from what readers get to what publishers send, they publish and make pages."""

import json
from typing import Any

import pytest

from functions.publishing import site
from functions.publishing.details import presented, with_html
from schemas.content.links import COMMON
from schemas.content.registry import accept, model
from tests.real_items import ITEMS, WORKED_OUT, sendable

ALL = [
    "answer",
    "best-practice-guidance",
    "detailed_guide",
    "guide",
    "news_article_press_release",
    "organisation",
    "step_by_step_nav",
    "taxon",
    "transaction",
]

pytestmark = pytest.mark.skipif(not ITEMS.is_dir(), reason="no real content items here")


def read(name: str) -> dict[str, Any]:
    item: dict[str, Any] = json.loads((ITEMS / f"{name}.json").read_text())
    return item


@pytest.fixture(params=ALL)
def item(request: pytest.FixtureRequest) -> dict[str, Any]:
    return read(request.param)


def test_a_real_item_is_accepted_by_its_type(item: dict[str, Any]) -> None:
    assert accept(sendable(item)).base_path == item["base_path"]


def test_a_real_item_has_links_of_its_type(item: dict[str, Any]) -> None:
    its = model(item["schema_name"])
    assert item["links"].keys() <= COMMON | its.edition_links | its.link_set_links | WORKED_OUT


def test_a_real_item_keeps_its_text(item: dict[str, Any]) -> None:
    shown = json.dumps(presented(with_html(sendable(item)["details"])))
    sent = json.dumps(item["details"])
    for tag in ("<p>", "<li>", "<h2", "<table>", "<abbr", "<a "):
        assert shown.count(tag) == sent.count(tag)


def test_a_real_item_makes_good_pages(item: dict[str, Any]) -> None:
    pages = site.pages_of({**item, "details": presented(item["details"])})
    assert pages[0].path == item["base_path"]
    parts = len(item["details"].get("parts", []))
    assert len(pages) == (parts + 2 if parts else 1)  # the first part has two addresses, and all have one together
    for page in pages:
        assert page.status == 301 or item["title"].split("‘")[0] in page.html
