"""The documentation, looked at: by somebody who cannot see it, on a small screen, without JavaScript, by the keyboard."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from playwright.sync_api import Browser, Page, Request, Route, ViewportSize

from functions.bus import catalogue, documentation
from infra.catalogue import site
from tests.browser.looking import violations
from tests.unit.bus.ground import request
from tests.unit.catalogue.ground import small_catalogue

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
SEVERE = Path(__file__).parents[2] / "events" / "environment-agency" / "FloodWarningIssued" / "severe.json"
TYPE = "types/environment-agency.FloodWarningIssued.v1.html"
PATHS = [
    "index.html",
    TYPE,
    "flows.html",
    "departments/environment-agency.html",
    "apis/datasets.html",
    "apis/events.html",
    "apis/notifications.html",
    "search.html?q=flood",
    "search.html?q=zebra",
    "types/nothing.html",
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
        answer = request(catalogue.catalogue, "GET", asked.path, headers=dict(self.headers), query=dict(parse_qsl(asked.query)))
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


@pytest.mark.parametrize("path", [TYPE, "apis/datasets.html", "apis/events.html", "search.html?q=flood"])
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


@dataclass
class Asked:
    """The platform's APIs, as far as a browser asks them: what came, and one answer for all."""

    requests: list[Request] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        self.requests.append(route.request)
        route.fulfill(status=202, json={"status": "accepted"})


@pytest.fixture
def asked(browser: Browser) -> Iterator[tuple[Page, Asked]]:
    """A page under its own security policy, whose requests to the APIs are answered here."""
    context, apis = browser.new_context(), Asked()
    for path in ("**/events", "**/events/**", "**/v2/**", "**/registers/**"):
        context.route(path, apis.answer)
    yield context.new_page(), apis
    context.close()


def test_an_event_is_sent_from_its_reference_by_the_keyboard(asked: tuple[Page, Asked], docs: str) -> None:
    page, apis = asked
    page.goto(f"{docs}apis/events.html")
    page.get_by_label("Key to try with").fill("floods-live-key")
    page.get_by_role("button", name="Try it POST /events").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="202").wait_for()
    assert '"status": "accepted"' in page.get_by_label("Answer to POST /events").inner_text()
    (sent,) = apis.requests
    assert (sent.method, sent.headers["x-api-key"], sent.headers["content-type"]) == (
        "POST",
        "floods-live-key",
        "application/cloudevents+json",
    )
    assert sent.post_data_json == json.loads(SEVERE.read_bytes())


def test_what_is_filled_in_stays_in_its_part_of_the_address(asked: tuple[Page, Asked], docs: str) -> None:
    page, apis = asked
    page.goto(f"{docs}apis/events.html")
    page.get_by_role("textbox", name="event_id").fill("../a?b#c $& d")
    page.get_by_role("button", name="Try it GET /events/{event_id}").click()
    page.get_by_role("status").filter(has_text="202").wait_for()
    assert urlsplit(apis.requests[0].url).path == "/events/..%2Fa%3Fb%23c%20%24%26%20d"
    page.get_by_role("textbox", name="event_type").fill("")
    page.get_by_role("button", name="Try it GET /events/types/{event_type}").click()
    assert len(apis.requests) == 1, "what must be given is asked for first"


def test_a_token_is_signed_as_the_clients_of_notify_sign_it(asked: tuple[Page, Asked], docs: str) -> None:
    page, apis = asked
    service, secret = "6156f1a6-d486-5e65-a2cd-2b594ea7caa0", "0b9b7c1e-1f77-4a51-8f0f-2a6e1e7a9d11"
    page.goto(f"{docs}apis/notifications.html")
    page.get_by_label("Key to try with").fill(f"floods-{service}-{secret}")
    page.get_by_role("button", name="Try it GET /v2/templates", exact=True).click()
    page.get_by_role("status").filter(has_text="202").wait_for()
    token = apis.requests[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, secret, algorithms=["HS256"], options={"require": ["iat", "iss"]})
    assert claims["iss"] == service


def test_without_javascript_nothing_is_offered_that_would_not_work(browser: Browser, docs: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"{docs}apis/events.html")
    assert opened.get_by_text('curl -X POST "$URL/events"').is_visible()
    assert not opened.get_by_label("Key to try with").is_visible()
    assert opened.get_by_role("button").count() == 0
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
