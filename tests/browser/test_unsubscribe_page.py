"""The page on which somebody unsubscribes: one button, which works without JavaScript, for whoever sees it or does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from functions.notifications.unsubscribe_page import page

ASKS = page("Unsubscribe from these emails", "We will tell the service that sent it not to send you more.", asks=True)
DONE = page("You have unsubscribed", "You may still get emails that were on their way.", asks=False)


@dataclass
class Link:
    """The address of the page, and how often its button was pressed."""

    address: str = ""
    posted: list[str] = field(default_factory=list)


@pytest.fixture
def link() -> Iterator[Link]:
    """What stands behind the link in an email: it shows the page, and takes a press of its button."""
    behind = Link()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(ASKS)

        def do_POST(self) -> None:
            behind.posted.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(DONE)

        def _answer(self, html: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002  # the base class's own name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    behind.address = f"http://127.0.0.1:{server.server_port}/unsubscribe/an-id/a-token"
    yield behind
    server.shutdown()
    server.server_close()


def test_it_works_without_javascript_and_by_the_keyboard_alone(browser: Browser, link: Link) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(link.address)
    assert link.posted == []
    opened.keyboard.press("Tab")
    with opened.expect_navigation():
        opened.keyboard.press("Enter")
    assert opened.get_by_role("heading", name="You have unsubscribed").is_visible()
    assert opened.get_by_role("button").count() == 0
    assert link.posted == ["/unsubscribe/an-id/a-token"]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("html", [ASKS, DONE], ids=["asks", "done"])
def test_axe_finds_nothing(browser: Browser, html: str, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    opened = context.new_page()
    opened.set_content(html)
    assert [found["id"] for found in Axe().run(opened).response["violations"]] == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
