"""Emails, looked at as pages: by somebody who cannot see them, on a small screen, by day and by night."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from functions.notifications.email import html_part
from tests.browser.looking import violations

NARROW: ViewportSize = {"width": 320, "height": 640}
SUBJECT = "Severe flood warning: Upper Ouse in East Sussex"
SENDER = "Flood warnings for England and Wales"
BODY = """Dear Siân,

# What to do now

Act at once, and see https://www.example.gov.uk/flood-warnings/0123456789abcdef0123456789abcdef0123456789abcdef or \
[read the guidance](https://www.example.gov.uk/guidance "About floods").

## Before it comes

* turn off gas
* move upstairs
  * with your medicines
  * with your pets

1. listen
2. wait

^ This is worth knowing. See [more](https://www.example.gov.uk/more).

---

&nbsp;

    an indented line

```
0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
```

Your reference is 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

---

[Unsubscribe from these emails](https://www.example.gov.uk/unsubscribe)
"""
STARTS_SMALL = "## A smaller heading first\n\ntext\n\n# A larger one\n\ntext"

type Scheme = Literal["light", "dark"]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    chosen: Scheme = request.param
    return chosen


@pytest.fixture
def page(browser: Browser, scheme: Scheme) -> Iterator[Page]:
    """A small screen with a rich email on it."""
    context = browser.new_context(viewport=NARROW, color_scheme=scheme)
    opened = context.new_page()
    opened.set_content(html_part(SUBJECT, BODY, SENDER))
    yield opened
    context.close()


def test_axe_finds_nothing(page: Page) -> None:
    assert violations(page) == []


def test_axe_finds_nothing_where_the_first_heading_is_a_small_one(page: Page) -> None:
    page.set_content(html_part(SUBJECT, STARTS_SMALL, SENDER))
    assert violations(page) == []


def test_axe_leaves_no_contrast_unjudged(page: Page) -> None:
    response = Axe().run(page).response
    assert "color-contrast" in {rule["id"] for rule in response["passes"]}
    assert "color-contrast" not in {rule["id"] for rule in response["incomplete"]}


def test_nothing_runs_off_a_small_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_night_is_dark_and_day_is_light(page: Page, scheme: Scheme) -> None:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == {"light": "rgb(255, 255, 255)", "dark": "rgb(11, 12, 12)"}[scheme]


def test_the_preview_is_not_seen(page: Page) -> None:
    assert not page.locator("body > div").first.is_visible()


def test_an_email_has_a_title_a_language_and_one_main(page: Page) -> None:
    assert page.title() == SUBJECT
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main").count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == SENDER


def test_a_list_within_a_list_is_one(page: Page) -> None:
    assert page.locator("ul ul > li").all_inner_texts() == ["with your medicines", "with your pets"]
