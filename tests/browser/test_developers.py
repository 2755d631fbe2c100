"""The pages on which developers help themselves, looked at: on a small screen, without JavaScript, by somebody who cannot see them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from functions.common import browsers, pages
from functions.departments.developers import VIEWS
from functions.departments.developing import AccountView, DayView, KeyView, UsageView
from functions.publishing import pages as site

NARROW: ViewportSize = {"width": 320, "height": 640}
KEY = "data-5f2b8c3e-9d6a-4b1e-8f47-1c2d3e4f5a6b-0dcb4483-e9d1-408d-b116-330b00e75cdc"
NAMES = ("data-20261126-101500-000001", "data-20261101-090000-000002", "data-20261001-090000-000003")
KEYS = [
    KeyView(id="1", name=NAMES[0], scopes=["data:read"], created_at="2026-11-26T10:15:00Z", works=True),
    KeyView(
        id="2",
        name=NAMES[1],
        scopes=["data:read"],
        created_at="2026-11-01T09:00:00Z",
        expires_at="2026-12-03T10:15:00Z",
        replaced_by="1",
        works=True,
    ),
    KeyView(id="3", name=NAMES[2], scopes=["data:read"], created_at="2026-10-01T09:00:00Z", revoked_at="2026-10-02T09:00:00Z", works=False),
]
USED = UsageView(
    limit=1_000,
    window_seconds=3_600,
    remaining=12,
    resets_in_seconds=61,
    days=[DayView(date=f"2026-11-{day}", requests=day * 1_000, refusals=day) for day in range(26, 10, -1)],
)
ACCOUNT = AccountView(
    email="a.rather.long.address.of.somebody@department-of-long-names.example.gov.uk",
    created_at="2026-10-01T09:00:00Z",
    terms_accepted_at="2026-10-01T08:59:00Z",
    keys=KEYS,
    usage=USED,
)
WRONG = {"email": "Provide a valid email address.", "terms_and_conditions": "Agree to the terms and conditions."}
CHOICES = {"here": "/developers/account/x", "now": "10:15", "overlap": 7, "longest": 30}
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "/developers": ("sign_up.html", {"asked": {}, "problems": {}}),
    "/wrong": ("sign_up.html", {"asked": {"email": "jo"}, "problems": WRONG}),
    "/said": ("said.html", {"heading": "Check your email", "sentences": ("We have sent you an email.",), "again": True}),
    "/confirm": ("confirm.html", {"given_out": False}),
    "/confirm-given": ("confirm.html", {"given_out": True}),
    "/key": ("key.html", {"key": KEY, "account": "/account"}),
    "/key-works": ("key.html", {"key": "", "account": "/account"}),
    "/account": ("account.html", {"account": ACCOUNT, **CHOICES}),
    "/account-new": ("account.html", {"account": ACCOUNT.model_copy(update={"usage": USED.model_copy(update={"days": []})}), **CHOICES}),
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the pages are, with the headers that the platform gives them."""
    posted: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/assets/"):
                answer = site._asset(self.path)
                self._answer(answer["body"], answer["headers"])
            else:
                self._answer(_html(self.path), {})

        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(_html("/wrong" if "email=&" in posted[-1] else "/said"), {})

        def _answer(self, text: str, headers: dict[str, str]) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": pages.MEDIA_TYPE, **headers, **browsers.SECRET}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002  # the base class's own name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _html(path: str) -> str:
    template, given = PAGES[path]
    return pages.render(VIEWS, template, sign_up="/developers", **given)


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_runs_off_a_small_screen(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context(viewport=NARROW, bypass_csp=True)
    page = context.new_page()
    page.goto(address + path)
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_title_and_needs_nothing_that_its_policy_forbids(browser: Browser, address: str, path: str) -> None:
    complaints: list[str] = []
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address + path, wait_until="networkidle")
    assert (page.locator("h1").count(), page.title().endswith("- Commonweal"), complaints) == (1, True, [])
    context.close()


def test_signing_up_works_without_javascript_and_by_the_keyboard_alone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=NARROW, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/developers")
    with page.expect_navigation():
        page.get_by_role("button", name="Get a key").press("Enter")
    page.get_by_role("link", name="Provide a valid email address.").press("Enter")
    page.keyboard.type("jo@example.com")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_role("checkbox", name="I agree").is_checked()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Check your email"
    context.close()


def test_buttons_that_look_alike_are_told_apart_by_who_cannot_see_them(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.goto(f"{address}/account")
    buttons = [" ".join(text.split()) for text in page.get_by_role("button").all_text_contents()]
    assert len(set(buttons)) == len(buttons)
    told = [[what for what in ("Replace", "Revoke") if f"{what} the key {name}" in buttons] for name in NAMES]
    assert told == [["Replace", "Revoke"], ["Revoke"], []]
    context.close()
