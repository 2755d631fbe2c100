"""A page of every content type, looked at: by somebody who cannot see it, on a small screen and a large one, with a keyboard alone."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from functions.publishing import site
from infra.local.front_door import PICTURES
from tests import read_side
from tests.browser import conftest
from tests.browser.looking import violations
from tests.contracts.content.samples import GOOD

SCREENS: tuple[ViewportSize, ...] = ({"width": 320, "height": 640}, {"width": 1280, "height": 900})
WIDE = f"<h2>Rivers</h2><table><tbody><tr>{''.join(f'<td>Column {number}</td>' for number in range(12))}</tr></tbody></table>"
LANGUAGES = [read_side.link("Floods", f"/floods.{locale}", "answer", locale=locale) for locale in ("en", "cy", "ar")]
TRANSLATED = {**read_side.COMMON, "available_translations": LANGUAGES}

ITEMS = [
    *(read_side.item(name) for name in sorted(GOOD)),
    *(read_side.item("answer", base_path=link["base_path"], locale=link["locale"], links=TRANSLATED) for link in LANGUAGES),
    read_side.item("answer", base_path="/wide", details={"body": WIDE}, phase="beta"),
    read_side.item("answer", base_path="/withdrawn", withdrawn_notice={"explanation": "<p>Old.</p>", "withdrawn_at": read_side.AT}),
]
PAGES = {page.path: page.html for item in ITEMS for page in site.pages_of(item, read_side.LISTED) if page.html}
PAGES |= {f"/{status}": site.error(status) for status in (403, 404, 500)} | {"/lately": site.home(read_side.LISTED)}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where these pages are served, with the headers that the platform gives."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), conftest._handler(PAGES))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def opened(browser: Browser, *, measured: bool) -> Page:
    """A page. To be measured, it must let scripts in."""
    return browser.new_context(bypass_csp=measured).new_page()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = opened(browser, measured=True)
    yield page
    page.context.close()


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_page_is_for_everybody(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    for screen in SCREENS:
        page.set_viewport_size(screen)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


@pytest.mark.parametrize("path", sorted(PAGES))
def test_the_keyboard_reaches_the_way_past_the_header_first(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    assert page.evaluate("document.activeElement.getBoundingClientRect().height") > 1


def test_no_page_needs_what_its_policy_forbids(browser: Browser, address: str) -> None:
    complaints: list[tuple[str, str]] = []
    page = opened(browser, measured=False)
    page.on("console", lambda message: complaints.append((page.url, message.text)))
    for path in sorted(PAGES):
        page.goto(address + path)
    page.context.close()
    assert [complaint for complaint in complaints if "Content Security Policy" in complaint[1]] == []


def test_every_picture_is_there(page: Page, address: str) -> None:
    seen = set[str]()
    for path in sorted(PAGES):
        page.goto(address + path)
        page.evaluate("[...document.images].forEach(one => { one.loading = 'eager' })")
        page.wait_for_function("[...document.images].every(one => one.complete)")
        assert page.evaluate("[...document.images].filter(one => !one.naturalWidth).map(one => one.src)") == [], path
        seen |= set(page.evaluate("[...document.images].map(one => new URL(one.src).pathname)"))
    named = set(re.findall(r"/local/pictures/[a-z-]+\.svg", json.dumps(GOOD)))
    assert named == {f"/local/pictures/{file.name}" for file in PICTURES.iterdir()}
    assert set() < seen <= named


def test_a_wide_table_is_scrolled_by_keyboard(page: Page, address: str) -> None:
    page.set_viewport_size(SCREENS[0])
    page.goto(f"{address}/wide")
    table = page.locator(".commonweal-scroller")
    table.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.commonweal-scroller').scrollLeft > 0")


def test_a_step_is_opened_without_a_script(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/get-flood-warnings")
    steps = page.get_by_role("navigation", name="Protect your home from flooding")
    assert steps.get_by_role("link", name="Get flood warnings").is_visible()
    assert not steps.get_by_text("Fit flood doors").is_visible()
    steps.get_by_text("Make your home safer").click()
    assert steps.get_by_text("Fit flood doors").is_visible()
    page.context.close()
