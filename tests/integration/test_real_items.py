"""Real content items, where they are at hand: sent over HTTP as a publisher does, and looked at in a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize

from schemas.content.failures import Unacceptable
from schemas.content.registry import accept
from tests.browser.looking import chromium, violations
from tests.integration.stack import Stack, within
from tests.integration.test_publishing import Department
from tests.real_items import ITEMS, linked, links_of, sendable

type Json = dict[str, Any]

pytestmark = [pytest.mark.skipif(not ITEMS.is_dir(), reason="no real content items here"), pytest.mark.without_iam]

SCREENS: tuple[ViewportSize, ...] = ({"width": 320, "height": 640}, {"width": 1280, "height": 900})


@pytest.fixture(scope="module")
def items(stack: Stack) -> list[Json]:
    """All of them, published with what they link to."""
    found: list[Json] = [json.loads(path.read_text()) for path in sorted(ITEMS.glob("*.json"))]
    publish(Department(stack), found)
    return found


def publish(agency: Department, items: list[Json]) -> None:
    """Publish the items, and before them what they link to: as what it is, or where a link tells too little of it as a plain page."""
    known = {item["content_id"] for item in items}
    for content_id, payload in (one for item in items for one in linked(item)):
        plainer = {**payload, "schema_name": "generic", "details": {}}
        taken = next((one for one in (payload, plainer) if _is_taken(one)), None)
        if taken and content_id not in known:
            agency.publish(taken, content_id)
            known.add(content_id)
    for item in items:
        agency.told("PATCH", f"/v2/links/{item['content_id']}", {"links": links_of(item)})
        agency.publish(sendable(item), item["content_id"])


def _is_taken(payload: Json) -> bool:
    try:
        accept(payload)
    except Unacceptable:
        return False
    return True


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For these tests alone: where it is open, nothing else in this process may run a loop of its own."""
    with chromium() as opened:
        yield opened


def test_every_real_item_is_a_page_for_everybody(stack: Stack, items: list[Json], browser: Browser) -> None:
    assert len(items) == 9
    assert within(60, lambda: all(stack.http.get(item["base_path"]).status_code == 200 for item in items))
    page = browser.new_context(bypass_csp=True).new_page()
    for item in items:
        answer = page.goto(stack.url + item["base_path"])
        assert answer is not None
        assert answer.status == 200
        assert item["title"] in page.title()
        for screen in SCREENS:
            page.set_viewport_size(screen)
            assert violations(page) == [], item["base_path"]
            assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], item["base_path"]
    page.context.close()


def test_the_content_api_gives_each_real_item_as_it_was(stack: Stack, items: list[Json]) -> None:
    for item in items:
        shown = stack.http.get(f"/api/content{item['base_path']}").json()
        for name in ("content_id", "base_path", "title", "document_type", "schema_name", "locale", "description"):
            assert shown.get(name) == item.get(name), (item["base_path"], name)
        assert json.dumps(shown["details"]).count("<p>") == json.dumps(item["details"]).count("<p>"), item["base_path"]
