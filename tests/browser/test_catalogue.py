"""The catalogue of public data, looked at: by somebody who cannot see it, on a small screen, without JavaScript, by the keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from functions.publishing import pages as published
from tests.unit.data_access.public_data import AREA, PublicData, public_data

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
LONG = "https://example.org/" + "a-long-address-without-an-end/" * 20
PATHS = [
    "/data",
    "/data?q=zebra&department=communities&keyword=geography",
    "/data?q=flood",
    "/data/local-authority-eng",
    "/data/government-organisation",
    "/data/picture",
    f"/data/flood-warning/records/{AREA}",
    "/data/picture/records/long",
    "/data/picture/records/gone",
    "/data/local-authority-eng/entries/149",
    "/data/flood-warning/entries/1",
    "/data/nothing",
]


@pytest.fixture(scope="module")
def catalogue() -> Iterator[str]:
    """The address of the pages, answered by their own function, with real rows and some that are hard to show."""
    with public_data() as data:
        data.append("picture", "long", {"picture": "long", "said": "Donaudampfschiff" * 200, "where": LONG, "tags": ["one", "two"]})
        data.append("picture", "gone", {"picture": "gone", "said": "here"})
        data.append("picture", "gone", {})
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(data))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=NARROW, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """As a browser without JavaScript has it, under the pages' own security policy."""
    context = browser.new_context(viewport=NARROW, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(page: Page, catalogue: str, path: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto(catalogue + path)
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_runs_off_a_small_screen(page: Page, catalogue: str, path: str) -> None:
    page.goto(catalogue + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_needs_nothing_that_its_policy_forbids(browser: Browser, catalogue: str, path: str) -> None:
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A browser tells of the status of a page that is not there, or is there no more.
        if "Failed to load resource" not in message.text:
            complaints.append(message.text)

    context = browser.new_context()
    opened = context.new_page()
    opened.on("console", hear)
    opened.goto(catalogue + path, wait_until="networkidle")
    assert opened.locator("h1").count() == 1
    assert opened.title().endswith("- Commonweal")
    context.close()
    assert complaints == []


def test_a_record_and_its_proof_are_found_from_the_catalogue_without_javascript(plain_page: Page, catalogue: str) -> None:
    plain_page.goto(f"{catalogue}/data")
    plain_page.get_by_label("Search for data").fill("local authorities")
    plain_page.get_by_role("button", name="Search").click()
    plain_page.get_by_role("link", name="Local authorities in England").click()
    plain_page.get_by_label("Find a record by its key").fill("LEE")
    plain_page.get_by_role("button", name="Find").click()
    assert plain_page.get_by_role("heading", level=1).inner_text() == "LEE"
    assert plain_page.get_by_text("Lewes District Council").is_visible()
    plain_page.get_by_role("link", name="Entry", exact=False).first.click()
    assert plain_page.get_by_role("heading", name="How you can check this").is_visible()
    assert plain_page.get_by_text("So this entry is in it, letter by letter.").is_visible()


def test_what_narrows_the_list_can_be_taken_back(plain_page: Page, catalogue: str) -> None:
    plain_page.goto(f"{catalogue}/data")
    plain_page.get_by_role("link", name="Geography").click()
    assert plain_page.get_by_role("heading", name="2 datasets").is_visible()
    plain_page.get_by_role("link", name="Show all again, not only Geography").click()
    assert plain_page.get_by_role("heading", name="5 datasets").is_visible()


def test_a_wide_table_is_scrolled_by_the_keyboard_alone(page: Page, catalogue: str) -> None:
    page.goto(f"{catalogue}/data/local-authority-eng")
    region = page.get_by_role("region", name="The first 20 of 354 records")
    page.get_by_role("button", name="Find").focus()
    page.keyboard.press("Tab")
    assert region.evaluate("element => element === document.activeElement")
    before = region.evaluate("element => element.scrollLeft")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("before => document.activeElement.scrollLeft > before", arg=before)


def test_targets_are_large_enough_to_press(page: Page, catalogue: str) -> None:
    page.goto(f"{catalogue}/data")
    heights = page.locator(".commonweal-links li, .commonweal-listing li").evaluate_all(
        "items => items.map(item => item.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24


def _handler(data: PublicData) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path.startswith("/assets/"):
                asset = published._asset(asked.path)
                self._answer(asset["statusCode"], asset["headers"], asset["body"])
                return
            answer = data.read(unquote(asked.path), dict(parse_qsl(asked.query)))
            self._answer(answer.status, answer.headers, answer.text)

        def _answer(self, status: int, headers: dict[str, str], body: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002  # the base class's own name
            """Say nothing."""

    return Handler
