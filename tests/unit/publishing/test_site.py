"""The pages made of content items."""

import re
from typing import Any

import pytest

from functions.publishing import dates, site
from functions.publishing.site.errors import ERRORS
from tests import read_side

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
PARTS = [{"title": name, "slug": name.lower(), "body": f"<h2>Of {name}</h2><p>{name}</p>"} for name in ("One", "Two", "Three")]


def html(item: dict[str, Any], **more: Any) -> str:
    return site.pages_of({**item, **more}, read_side.LISTED)[0].html


def test_a_page_has_what_every_page_needs() -> None:
    [page] = site.pages_of(ITEM)
    assert (page.path, page.status, page.media_type) == ("/a", 200, "text/html")
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


@pytest.mark.parametrize("mark", ["GOV.UK", "crown", "crest", "GDS Transport", "Open Government Licence"])
def test_no_page_looks_as_if_it_were_gov_uk(mark: str) -> None:
    everything = [site.home([]), site.not_found(), *(html(read_side.item(name)) for name in ("answer", "organisation", "news_article"))]
    for page in (*everything, html(ITEM)):
        assert mark.lower() not in page.lower()


def test_an_item_without_an_address_has_no_page() -> None:
    assert site.pages_of({name: value for name, value in read_side.item("contact").items() if name != "base_path"}) == []


def test_where_a_program_answers_there_is_no_page() -> None:
    assert [(page.path, page.status) for page in site.pages_of(read_side.item("special_route"))] == [("/river-levels.json", 404)]


def test_what_is_null_is_as_if_it_were_not_sent() -> None:
    nothing = {"description": None, "links": None, "withdrawn_notice": None, "first_published_at": None}
    assert "None" not in html(ITEM, **nothing, details={"body": None, "external_related_links": None, "image": None})


def test_a_redirect_leads_from_each_of_its_paths_its_own_first() -> None:
    rules = [{"path": "/a/b", "type": "exact", "destination": "/c"}, {"path": "/a", "type": "prefix", "destination": "/d"}]
    pages = site.pages_of({"base_path": "/a", "schema_name": "redirect", "redirects": rules})
    assert [(page.path, page.status, page.location) for page in pages] == [("/a", 301, "/d"), ("/a/b", 301, "/c")]


def test_what_is_gone_says_why_and_where_else_to_look() -> None:
    [page] = site.pages_of(read_side.item("gone"))
    assert page.status == 410
    assert "have all been paid" in page.html
    assert 'href="/publications/flood-resilience-plan"' in page.html
    assert "noindex" in page.html


def test_a_guide_leads_from_part_to_part() -> None:
    pages = site.pages_of({**ITEM, "schema_name": "guide", "document_type": "guide", "details": {"parts": PARTS}})
    addresses = [(page.path, page.status) for page in pages]
    assert addresses == [("/a", 200), ("/a/two", 200), ("/a/three", 200), ("/a/one", 301), ("/a/print", 200)]
    second = pages[1].html
    assert "<title>Two - Fish" in second
    assert re.search(r'rel="prev"', second)
    assert re.search(r'rel="next"', second)
    assert '<li aria-current="page"' in second
    assert '<link rel="canonical" href="/a/two">' in second


def test_a_guide_without_parts_is_one_page() -> None:
    pages = site.pages_of({**ITEM, "schema_name": "guide", "details": {}})
    assert [(page.path, page.status) for page in pages] == [("/a", 200)]


def test_all_parts_are_on_one_page_to_print_which_search_engines_pass_over() -> None:
    printed = site.pages_of({**ITEM, "schema_name": "guide", "details": {"parts": PARTS}})[-1].html
    for part in PARTS:
        assert f">{part['title']}</h2>" in printed
        assert f">Of {part['title']}</h3>" in printed
    assert '<meta name="robots" content="noindex">' in printed
    assert '<link rel="canonical" href="/a">' in printed


def test_a_part_that_is_called_print_keeps_its_address() -> None:
    parts = [*PARTS, {"title": "Print", "slug": "print", "body": "<p>How to print</p>"}]
    pages = site.pages_of({**ITEM, "schema_name": "guide", "details": {"parts": parts}})
    assert ["How to print" in page.html for page in pages if page.path == "/a/print"] == [True]
    assert "on one page, to print" not in pages[0].html


def test_a_guide_may_hide_its_parts_from_each_other() -> None:
    hidden = html(ITEM, schema_name="guide", details={"parts": PARTS, "hide_chapter_navigation": True})
    assert 'id="contents"' not in hidden
    assert 'rel="next"' not in hidden


def test_travel_advice_says_first_how_grave_it_is() -> None:
    first, second = (page.html for page in site.pages_of(read_side.item("travel_advice"))[:2])
    assert "Advice against all but essential travel to parts of Sarvia." in first
    assert "The road to the northern border is open again." in first
    assert "sarvia.pdf" in first
    assert "Advice against" not in second


def test_each_variant_of_a_service_has_its_own_address_and_what_it_does_not_say_is_as_for_all() -> None:
    pages = site.pages_of(read_side.item("transaction"))
    assert [page.path for page in pages] == ["/get-flood-warnings", "/get-flood-warnings/business"]
    assert 'href="/get-flood-warnings/business"' in pages[0].html
    assert 'href="https://warnings.example.org/business"' in pages[1].html
    assert "You need a phone number or an email address." in pages[1].html


def test_a_topical_event_has_a_page_that_says_more_of_it() -> None:
    event, about = site.pages_of(read_side.item("topical_event"))
    assert f'href="{about.path}">Read more about the storms</a>' in event.html
    assert "Warnings went out on 16 January." in about.html


@pytest.mark.parametrize("name", ["homepage", "mainstream_browse_page", "organisation", "person", "role", "taxon", "topical_event"])
def test_a_page_that_leads_to_others_lists_what_it_is_given(name: str) -> None:
    page = html(read_side.item(name))
    for entry in read_side.LISTED:
        assert f'href="{entry["base_path"]}">{entry["title"]}</a>' in page
    assert "Press release, " in page


def test_the_home_page_lists_what_it_is_given() -> None:
    listed = [{"base_path": "/b", "title": "B", "document_type": "guide", "locale": "cy", "published_at": "2026-01-01T00:00:00Z"}]
    home = site.home(listed)
    assert 'href="/b" lang="cy">B</a>' in home
    assert "Guide, " in home


@pytest.mark.parametrize("status", sorted(ERRORS))
def test_every_failure_has_a_page_that_leads_home(status: int) -> None:
    page = site.error(status)
    assert ERRORS[status][0] in page
    assert '<a class="govuk-link" href="/">' in page
    assert "noindex" in page


@pytest.mark.parametrize(
    ("timestamp", "day"),
    [
        ("2016-12-28T00:00:19.000+00:00", "28 December 2016"),
        ("2026-06-30T23:30:00Z", "1 July 2026"),
        ("2026-01-31T23:30:00Z", "31 January 2026"),
        ("2026-03-29T00:59:59Z", "29 March 2026"),
        ("2026-10-24T23:00:00Z", "25 October 2026"),
        ("2026-10-25T23:30:00Z", "25 October 2026"),
        ("2026-07-01", "1 July 2026"),
    ],
)
def test_dates_are_those_of_london(timestamp: str, day: str) -> None:
    assert dates.day(timestamp) == day


@pytest.mark.parametrize(
    ("timestamp", "minute"),
    [
        ("2026-12-07T23:59:00Z", "7 December 2026 at 11:59pm"),
        ("2026-07-01T08:30:00Z", "1 July 2026 at 9:30am"),
        ("2026-12-07T12:00:00Z", "7 December 2026 at 12pm"),
        ("2026-12-07T00:05:00Z", "7 December 2026 at 12:05am"),
    ],
)
def test_a_time_of_day_is_as_people_say_it(timestamp: str, minute: str) -> None:
    assert dates.minute(timestamp) == minute


def test_dates_are_in_welsh_where_the_page_is() -> None:
    assert dates.day("2026-07-31T12:00:00Z", "cy") == "31 Gorffennaf 2026"
