"""Opening a browser, and what it finds wrong with a page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import ensure_chromium


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium, until it is not needed any more."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or ensure_chromium.chromium()
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds: each rule that is broken, and where. The page must let scripts in."""
    # What is new in WCAG 2.2 axe looks for only where it is told to.
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}}).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
