"""The pages of the site, looked at: by somebody who cannot see them, on a small screen, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from tests.browser.looking import violations
from tests.browser.samples import SITE

NARROW: ViewportSize = {"width": 320, "height": 640}
PATHS = sorted(SITE)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=NARROW, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """As a browser without JavaScript has it, under the site's own security policy."""
    context = browser.new_context(viewport=NARROW, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(page: Page, site: str, path: str) -> None:
    page.goto(site + path)
    assert violations(page) == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_runs_off_a_small_screen(page: Page, site: str, path: str) -> None:
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_needs_nothing_that_its_policy_forbids(browser: Browser, site: str, path: str) -> None:
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    context = browser.new_context()
    opened = context.new_page()
    opened.on("console", hear)
    opened.goto(site + path)
    context.close()
    assert complaints == []


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_styled_and_headed_without_javascript(plain_page: Page, site: str, path: str) -> None:
    plain_page.goto(site + path)
    assert plain_page.locator("h1").count() == 1
    assert plain_page.title().endswith("- Commonweal")
    header = plain_page.locator(".govuk-generic-header")
    assert header.bounding_box()["width"] == NARROW["width"]  # type: ignore[index]  # a header that is shown has a box


def test_the_first_thing_that_the_keyboard_reaches_skips_to_the_content(page: Page, site: str) -> None:
    page.goto(f"{site}/answer")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")


def test_a_guide_is_read_from_part_to_part(plain_page: Page, site: str) -> None:
    plain_page.goto(f"{site}/guide")
    plain_page.get_by_role("link", name="Next").click()
    assert plain_page.url == f"{site}/guide/during-a-flood"
    assert plain_page.get_by_role("heading", level=1).inner_text() == "During a flood"
    plain_page.get_by_role("navigation", name="Contents").get_by_role("link", name="After").click()
    assert plain_page.url == f"{site}/guide/after"


def test_no_font_of_gov_uk_is_asked_for(page: Page, site: str) -> None:
    page.goto(f"{site}/answer")
    families = page.evaluate("[...document.querySelectorAll('*')].map(element => getComputedStyle(element).fontFamily).join()")
    assert "GDS" not in families
