"""A browser for all browser tests, and a server of finished pages on this machine alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from functions.publishing import headers, pages
from infra.local.front_door import PICTURES
from tests.browser.looking import chromium
from tests.browser.samples import SITE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here looks at pages with a real browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a site with one page of every kind, served with the headers that the platform gives."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _answer(path: str, site: Mapping[str, str]) -> pages.Answer:
    if path.startswith("/assets/"):
        return pages._asset(path)
    if path.startswith("/local/pictures/"):
        return pages._text(200, (PICTURES / Path(path).name).read_text(), "no-store", None, "image/svg+xml")
    return pages._html(200, site[path], "no-store")


def _handler(site: Mapping[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = _answer(self.path, site)
            self.send_response(answer["statusCode"])
            for name, value in {**answer["headers"], **headers.SECURITY}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer["body"].encode())

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002  # the base class's own name
            """Say nothing."""

    return Handler
