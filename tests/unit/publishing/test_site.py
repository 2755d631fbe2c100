"""The pages made of content items."""

import re

import pytest

from functions.publishing import dates, site

ITEM = {
    "base_path": "/a",
    "schema_name": "answer",
    "document_type": "answer",
    "locale": "en",
    "title": "Fish & <chips>",
    "description": "What to eat",
    "first_published_at": "2026-01-01T00:00:00Z",
    "public_updated_at": "2026-07-31T23:30:00Z",
    "details": {"body": "<p>Eat</p>"},
    "withdrawn_notice": {},
}


def test_a_page_has_what_every_page_needs() -> None:
    [page] = site.pages_of(ITEM)
    assert (page.path, page.status) == ("/a", 200)
    for part in (
        "<title>Fish &amp; &lt;chips&gt; - Commonweal</title>",
        '<html lang="en"',
        'href="#main-content"',
        'id="main-content"',
        '<link rel="canonical" href="/a">',
        '<meta name="description" content="What to eat">',
        "govuk-generic-header",
        "<h1",
        "<p>Eat</p>",
    ):
        assert part in page.html
    assert "<script" not in page.html


@pytest.mark.parametrize("mark", ["GOV.UK", "crown", "crest", "GDS Transport", "Open Government Licence"])
def test_no_page_looks_as_if_it_were_gov_uk(mark: str) -> None:
    for html in (site.pages_of(ITEM)[0].html, site.home([]), site.not_found()):
        assert mark.lower() not in html.lower()


def test_a_text_in_another_language_says_so() -> None:
    html = site.pages_of({**ITEM, "locale": "ar"})[0].html
    assert '<title lang="ar">' in html
    assert '<div class="govspeak" lang="ar" dir="rtl">' in html
    assert '<html lang="en"' in html


def test_a_guide_leads_from_part_to_part() -> None:
    parts = [{"title": name, "slug": name.lower(), "body": f"<p>{name}</p>"} for name in ("One", "Two", "Three")]
    pages = site.pages_of({**ITEM, "schema_name": "guide", "document_type": "guide", "details": {"parts": parts}})
    assert [(page.path, page.status) for page in pages] == [("/a", 200), ("/a/two", 200), ("/a/three", 200), ("/a/one", 301)]
    second = pages[1].html
    assert "<title>Two - Fish" in second
    assert re.search(r'rel="prev"', second)
    assert re.search(r'rel="next"', second)
    assert '<li aria-current="page"' in second
    assert '<link rel="canonical" href="/a/two">' in second


def test_a_guide_without_parts_is_one_page() -> None:
    pages = site.pages_of({**ITEM, "schema_name": "guide", "details": {}})
    assert [(page.path, page.status) for page in pages] == [("/a", 200)]


@pytest.mark.parametrize(
    ("timestamp", "day"),
    [
        ("2016-12-28T00:00:19.000+00:00", "28 December 2016"),
        ("2026-06-30T23:30:00Z", "1 July 2026"),
        ("2026-01-31T23:30:00Z", "31 January 2026"),
        ("2026-03-29T00:59:59Z", "29 March 2026"),
        ("2026-10-24T23:00:00Z", "25 October 2026"),
        ("2026-10-25T23:30:00Z", "25 October 2026"),
    ],
)
def test_dates_are_those_of_london(timestamp: str, day: str) -> None:
    assert dates.day(timestamp) == day
