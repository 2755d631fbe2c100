"""Every content type has pages of its own, and every one of them is good HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from functions.publishing import site
from functions.publishing.site import Page
from tests import read_side
from tests.contracts.content.samples import GOOD

PAGED = sorted(GOOD.keys() - {"redirect", "special_route"})
VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
CLOSES_A_PARAGRAPH = frozenset(
    "address article aside blockquote details div dl figure footer h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul".split()  # noqa: SIM905
)
ONLY_IN = {"li": {"ul", "ol"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "tr": {"table", "thead", "tbody", "tfoot"}, "summary": {"details"}}
HOLDS_ONLY = {"ul": {"li"}, "ol": {"li"}, "dl": {"div", "dt", "dd"}, "tr": {"th", "td"}, "head": {"meta", "title", "link", "script"}}


class Checked(HTMLParser):
    """A page as the HTML standard reads it: any breach of its syntax or content model that is checked here fails the test."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        assert html.startswith("<!DOCTYPE html>")
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), self.get_starttag_text()
        above = self.open[-1] if self.open else ""
        assert above in ONLY_IN.get(tag, {above}), f"<{tag}> in <{above}>"
        assert tag in HOLDS_ONLY.get(above, {tag}), f"<{tag}> in <{above}>"
        assert not (tag in CLOSES_A_PARAGRAPH and "p" in self.open), f"<{tag}> in <p>"
        assert not (tag in {"a", "button", "summary"} and {"a", "button"} & set(self.open)), f"<{tag}> in a link"
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "svg" in self.open or tag in VOID, f"<{tag}/>"

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def all(self, tag: str) -> Iterator[dict[str, str]]:
        return (given for name, given in self.elements if name == tag)


def pages(name: str) -> list[Page]:
    return [page for page in site.pages_of(read_side.item(name), read_side.LISTED, origin="https://example.org") if page.html]


@pytest.mark.parametrize("name", PAGED)
def test_the_pages_of_a_type_are_good_html(name: str) -> None:
    read = [Checked(page.html) for page in pages(name) if page.media_type == "text/html"]
    assert read
    for page in read:
        assert len(list(page.all("h1"))) == 1
        assert len(set(page.ids)) == len(page.ids)
        assert [given.get("lang") for given in page.all("html")] == ["en"]
        assert {given.get("type") for given in page.all("script")} <= {"application/ld+json"}
        assert not [tag for tag, given in page.elements if any(name.startswith("on") or name == "style" for name in given)]
        assert all("alt" in given for given in page.all("img"))


@pytest.mark.parametrize("name", PAGED)
def test_the_links_of_a_page_lead_somewhere(name: str) -> None:
    for page in pages(name):
        if page.media_type != "text/html":
            continue
        read = Checked(page.html)
        for link in read.all("a"):
            parts = urlsplit(link["href"])
            assert parts.scheme in {"http", "https", "mailto", "tel"} or link["href"].startswith(("/", "#"))
            assert parts.scheme or parts.path or parts.fragment in read.ids


@pytest.mark.parametrize("name", PAGED)
def test_a_page_needs_no_links_at_all(name: str) -> None:
    bare = {key: value for key, value in read_side.item(name).items() if key not in {"links", "withdrawn_notice"}}
    for item in (bare, {**bare, "links": {}}, {**bare, "details": {}} if name != "step_by_step_nav" else bare):
        for page in site.pages_of(item):
            if page.html:
                Checked(page.html)


@pytest.mark.parametrize("name", sorted(GOOD.keys() - {"redirect", "special_route", "gone", "homepage", "contact"}))
def test_a_page_says_what_it_is_called(name: str) -> None:
    page = pages(name)[0].html
    assert read_side.item(name)["title"].replace("'", "&#39;") in page


SHOWN = {
    "answer": ["Report a blocked river", "What to say", "Tell your council about a blocked drain"],
    "call_for_evidence": ["What came of it", "will fit passes for eels", "It ran from 14 September 2026 to 7 December 2026"],
    "case_study": ["Case study", "30 small dams", "How to build a dam of wood", "The grant that paid for the dams has ended."],
    "calendar": ["full moon in March"],
    "consultation": ["What was decided", "Owners will pay nothing", "412 people", "Who pays for flood walls: the questions"],
    "contact": ["03069 990188", "enquiries@rivers.example.org", "1 Weir Lane", "Report a flood", "5 working days", "Get flood warnings"],
    "detailed_guide": ["Applies to:", "https://scotland.example.org/floods", "A house beside a river", "permit.odt"],
    "document_collection": ["Earlier years", "The first year with figures", "Homes at risk of flooding"],
    "generic": ["Six new boats", "Staff update"],
    "help_page": ["a cookie"],
    "homepage": ["Welcome", "Get flood warnings", "Environment"],
    "html_publication": ["ISBN", "978-1-00-000011-0", "Repairs begin within 10 days."],
    "mainstream_browse_page": ["Floods"],
    "manual": ["On the bank", "Cutting weed", "No cutting before 1 July."],
    "manual_section": ["River keepers", "All sections of the manual", "Weeds and how to tell them apart"],
    "news_article": ["Press release", "A brick wall beside a river", "Winter storms 2026", "Amina Holloway"],
    "organisation": ["RCA", "Help fill sandbags", "12 walks beside clean water", "Coastguard School", "Our blog", "Director of Flood"],
    "person": ["Dame Amina Holloway", "Current roles", "Chief engineer", "1 February 2019 to 30 April 2023", "Since 1 May 2023"],
    "publication": ["Policy paper", "Flood resilience plan 2026 to 2032: to read here", "CP 11", "2019 to 2024 government"],
    "role": ["Board member role", "Current holder", "Rhys Penrose", "Paid as a civil servant"],
    "specialist_document": ["Marine notice", "Marine information note", "Fishing vessels", "14 September 2026", "The lights, drawn"],
    "speech": ["Delivered on", "20 April 2026", "Town hall, Saltmere", "Original script", "Amina Holloway"],
    "statistical_data_set": ["Maps of the places named", "homes, not people"],
    "statistics_announcement": ["Cancelled", "12 November 2026 9:30am", "5 November 2026 9:30am", "One laboratory", "yearly report"],
    "step_by_step_nav": ["Find out your risk", "Check your risk by postcode", "£800 to £2,000"],
    "taxon": ["Flood warnings", "Published on this topic"],
    "topical_event": ["16 January 2026 to 31 March 2026", "Waves over a sea wall", "Who is involved"],
    "transaction": ["Sign up", "the flood warnings service", "Before you start", "will not be available"],
    "travel_advice": ["Warnings and insurance", "Map of Sarvia", "Get an email when this changes"],
}
"""What a reader must find on the first page of a sample."""


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_a_page_shows_what_was_published(name: str) -> None:
    page = re.sub(r"\s+", " ", pages(name)[0].html)
    assert [words for words in SHOWN[name] if words not in page] == []


@pytest.mark.parametrize(
    ("name", "details"),
    [
        ("manual", {"body": "<p>x</p>", "change_notes": "none"}),
        ("manual", {"body": "<p>x</p>", "change_notes": [{"change_note": "First."}, {"change_note": "Next.", "published_at": "soon"}, 5]}),
        ("organisation", {"ordered_promotional_features": [{"title": "Walk", "items": ["x", {"title": 5}, None]}]}),
        ("organisation", {"ordered_featured_documents": [{"title": "x", "href": "/x", "public_updated_at": "lately", "summary": ""}]}),
        ("homepage", {"promoted": "x"}),
        ("detailed_guide", {"body": "<p>x</p>", "national_applicability": {"england": {"applicable": True}, "wales": {}}}),
        ("publication", {"body": "<p>x</p>", "documents": ["<section>Old</section>"]}),
    ],
)
def test_what_a_schema_leaves_open_breaks_no_page(name: str, details: dict[str, object]) -> None:
    Checked(site.pages_of(read_side.item(name, details=details), read_side.LISTED)[0].html)


def test_what_was_not_meant_for_readers_is_not_shown() -> None:
    for name, secret in (("taxon", "Use this for anything on water"), ("transaction", "river level,"), ("specialist_document", "bulk")):
        assert secret not in pages(name)[0].html.lower()
