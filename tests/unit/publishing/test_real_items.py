"""Real content items, where they are at hand: converted from what readers get to what publishers send, they publish and make pages."""

import json
from typing import Any

import pytest

from functions.publishing import site
from functions.publishing.details import presented, with_html
from schemas.content.registry import accept
from tests.real_items import ITEMS, sendable

NAMES = ["answer", "guide", "news_article_press_release"]

pytestmark = pytest.mark.skipif(not ITEMS.is_dir(), reason="no real content items here")


@pytest.fixture(params=NAMES)
def item(request: pytest.FixtureRequest) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ITEMS / f"{request.param}.json").read_text())
    return read


def test_a_real_item_is_accepted_by_its_type(item: dict[str, Any]) -> None:
    assert accept(sendable(item)).base_path == item["base_path"]


def test_a_real_item_keeps_its_text(item: dict[str, Any]) -> None:
    shown = json.dumps(presented(with_html(sendable(item)["details"])))
    sent = json.dumps(item["details"])
    for tag in ("<p>", "<li>", "<h2", "<table>", "<abbr", "<a "):
        assert shown.count(tag) == sent.count(tag)


def test_a_real_item_makes_good_pages(item: dict[str, Any]) -> None:
    pages = site.pages_of({**item, "details": presented(item["details"])})
    assert pages[0].path == item["base_path"]
    assert len(pages) == max(len(item["details"].get("parts", [])) + 1, 1) if "parts" in item["details"] else len(pages) == 1
    for page in pages:
        assert page.status == 301 or item["title"].split("‘")[0] in page.html
