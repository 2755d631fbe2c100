"""The documentation, looked at: by somebody who cannot see it, on a small screen, without JavaScript, by the keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from functions.bus import catalogue, documentation
from infra.catalogue import site
from tests.browser.looking import violations
from tests.unit.bus.ground import request
from tests.unit.catalogue.ground import small_catalogue

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
TYPE = "types/environment-agency.FloodWarningIssued.v1.html"
PATHS = [
    "index.html",
    TYPE,
    "flows.html",
    "departments/environment-agency.html",
    "apis/datasets.html",
    "search.html?q=flood",
    "search.html?q=zebra",
]


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the documentation, answered by its own function."""
    home = tmp_path_factory.mktemp("bundle") / "site"
    site.write(small_catalogue(), home, served=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documentation, "SITE", home)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/docs/"
        server.shutdown()
        server.server_close()
    documentation._files.cache_clear()
    documentation._entries.cache_clear()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        answer = request(catalogue.catalogue, "GET", asked.path, query=dict(parse_qsl(asked.query)))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.text.encode())

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002  # the base class's own name
        """Say nothing."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(page: Page, docs: str, path: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto(docs + path)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("path", [TYPE, "apis/datasets.html", "search.html?q=flood"])
def test_a_page_needs_nothing_that_its_policy_forbids(browser: Browser, docs: str, path: str) -> None:
    complaints: list[str] = []
    context = browser.new_context()
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.goto(docs + path, wait_until="networkidle")
    assert opened.locator("h1").count() == 1
    assert opened.title().endswith("- Commonweal")
    context.close()
    assert complaints == []


def test_an_event_is_found_read_and_an_api_tried_without_javascript(browser: Browser, docs: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(docs)
    opened.get_by_label("Search the documentation").fill("flood severity")
    opened.get_by_role("button", name="Search").click()
    opened.get_by_role("link", name="environment-agency.FloodWarningIssued.v1").click()
    assert opened.get_by_role("img", name="Who says and who hears environment-agency.FloodWarningIssued.v1").is_visible()
    opened.get_by_role("link", name="Documentation").first.click()
    opened.get_by_role("link", name="Catalogue", exact=True).click()
    opened.get_by_role("button", name="Try it GET /healthcheck").click()
    assert opened.url.endswith("/healthcheck")
    assert '"ok"' in opened.locator("body").inner_text()
    context.close()


def test_the_static_copy_narrows_as_words_are_typed(browser: Browser, tmp_path: Path) -> None:
    site.write(small_catalogue(), tmp_path / "docs")
    context = browser.new_context()
    opened = context.new_page()
    opened.goto((tmp_path / "docs" / "search.html").as_uri() + "?q=KeyRevoked")
    assert opened.get_by_role("heading", name="1 page or operation for ‘KeyRevoked’").is_visible()
    opened.get_by_label("Search the documentation").fill("flood warning")
    assert opened.get_by_role("link", name="environment-agency.FloodWarningIssued.v1").is_visible()
    assert not opened.get_by_role("link", name="platform.KeyRevoked.v1").is_visible()
    context.close()
