"""What programs read: structured data, feeds, the sitemap, and what robots may ask for."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from functions.publishing import site
from functions.publishing.site import feeds, sitemap
from functions.publishing.site.page import Page
from tests import read_side

ORIGIN = "https://example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def pages(name: str, **more: Any) -> list[Page]:
    return site.pages_of(read_side.item(name, **more), read_side.LISTED, origin=ORIGIN)


def things(html: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("answer", "Article"), ("news_article", "NewsArticle"), ("guide", "FAQPage"), ("transaction", "GovernmentService"),
        ("organisation", "GovernmentOrganization"), ("person", "Person"), ("statistical_data_set", "Dataset"),
        ("step_by_step_nav", "HowTo"), ("taxon", "CollectionPage"),
    ],
)  # fmt: skip
def test_a_page_says_what_kind_of_thing_it_is_about(name: str, kind: str) -> None:
    thing, way = things(pages(name)[0].html)
    assert (thing["@context"], thing["@type"], way["@type"]) == ("https://schema.org", kind, "BreadcrumbList")
    assert thing["name"]
    assert None not in thing.values()


def test_addresses_in_structured_data_are_whole() -> None:
    thing, way = things(pages("answer")[0].html)
    assert thing["mainEntityOfPage"]["@id"] == f"{ORIGIN}/report-a-blocked-river"
    assert thing["publisher"]["url"] == f"{ORIGIN}/organisations/rivers-and-coasts-agency"
    assert [step["item"]["@id"] for step in way["itemListElement"]] == [
        f"{ORIGIN}{path}" for path in ("/", "/topics/environment", "/topics/floods-and-coasts")
    ]


def test_nothing_that_is_written_ends_the_data_before_its_time() -> None:
    title = "</script><script>alert(1)</script>"
    html = pages("answer", title=title)[0].html
    assert things(html)[0]["name"] == title
    assert html.count("<script") == 2


def test_a_guide_is_questions_with_their_answers_on_its_first_page_alone() -> None:
    first, second = pages("guide")[:2]
    questions = things(first.html)[0]["mainEntity"]
    assert [question["url"] for question in questions][1] == f"{ORIGIN}/floods-what-to-do/during-a-flood"
    assert "Call 999" in questions[1]["acceptedAnswer"]["text"]
    assert things(second.html)[0]["@type"] == "Article"


@pytest.mark.parametrize("name", ["gone"])
def test_what_is_not_there_is_no_thing(name: str) -> None:
    assert things(pages(name)[0].html) == []


def feed(name: str, **more: Any) -> ElementTree.Element:
    page = pages(name, **more)[-1]
    assert (page.path, page.media_type) == (f"{read_side.item(name)['base_path']}.atom", "application/atom+xml")
    return ElementTree.fromstring(page.html)


@pytest.mark.parametrize("name", sorted(feeds.FED))
def test_a_feed_has_what_every_feed_needs(name: str) -> None:
    root = feed(name)
    for element in (root, *root.findall(f"{ATOM}entry")):
        assert (element.findtext(f"{ATOM}id") or "").startswith(ORIGIN)
        assert element.findtext(f"{ATOM}title")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"self", "alternate"}


def test_an_entry_is_a_page_as_it_was_at_a_time() -> None:
    entry = feed("organisation").find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}id") == f"{ORIGIN}/news/new-flood-wall-opens-in-wrayford#2026-09-14T10:30:00Z"
    assert entry.findtext(f"{ATOM}title") == "Press release: New flood wall opens in Wrayford"
    assert entry.findtext(f"{ATOM}summary") == "A wall of 2 kilometres now protects 840 homes."


def test_the_feed_of_travel_advice_says_what_changed_last() -> None:
    [entry] = feed("travel_advice").findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}summary") == "The road to the northern border is open again."
    assert entry.findtext(f"{ATOM}updated") == "2026-09-11T15:05:00Z"


def test_a_feed_holds_twenty() -> None:
    item = read_side.item("organisation")
    page = site.pages_of(item, read_side.LISTED * 10, origin=ORIGIN)[-1]
    assert len(ElementTree.fromstring(page.html).findall(f"{ATOM}entry")) == 20


def test_a_feed_can_be_read_whatever_stands_in_a_title() -> None:
    assert feed("organisation", title="A & B <c>\x0b").findtext(f"{ATOM}title") == "A & B <c>"


def test_a_page_leads_to_its_feed_and_without_an_origin_there_is_none() -> None:
    assert 'type="application/atom+xml" href="/organisations/rivers-and-coasts-agency.atom"' in pages("organisation")[0].html
    [alone] = site.pages_of(read_side.item("organisation"))
    assert "atom" not in alone.html


def map_of(path: str, listed: Iterable[Mapping[str, Any]] = tuple(read_side.LISTED)) -> str:
    page = site.sitemap_page(path, listed, origin=ORIGIN)
    assert page is not None
    assert (page.path, page.media_type) == (path, "application/xml")
    return page.html


def places(xml: str) -> list[str | None]:
    return [found.text for found in ElementTree.fromstring(xml).iter(f"{SITEMAP}loc")]


def test_the_sitemap_is_in_parts_of_which_the_index_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "LARGEST", 3)
    told = ["/sitemaps/sitemap_1.xml", "/sitemaps/sitemap_2.xml"]
    assert places(map_of("/sitemap.xml")) == [f"{ORIGIN}{path}" for path in told]
    first = map_of(told[0])
    assert [*places(first), *places(map_of(told[1]))] == [f"{ORIGIN}{one['base_path']}" for one in read_side.LISTED]
    assert len(places(first)) == 3
    assert ElementTree.fromstring(first).findtext(f"{SITEMAP}url/{SITEMAP}lastmod") == "2026-09-14T10:30:00Z"
    assert site.sitemap_page("/sitemaps/sitemap_3.xml", read_side.LISTED, origin=ORIGIN) is None


def test_a_part_of_the_longest_addresses_is_one_that_a_function_may_answer_with() -> None:
    at = read_side.LISTED[0]["public_updated_at"]
    listed = [{"base_path": f"/{number:0511}", "public_updated_at": at} for number in range(20_000)]
    parts = len(places(map_of("/sitemap.xml", listed)))
    found = [map_of(f"/sitemaps/sitemap_{number}.xml", listed) for number in range(1, parts + 1)]
    assert [place for part in found for place in places(part)] == [f"{ORIGIN}{one['base_path']}" for one in listed]
    assert max(len(json.dumps({"body": part})) for part in found) < 6_000_000


def test_no_more_is_read_than_the_parts_up_to_the_one_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "LARGEST", 2)
    read: list[str] = []

    def listed() -> Iterator[Mapping[str, Any]]:
        for one in read_side.LISTED:
            read.append(one["base_path"])
            yield one

    map_of("/sitemaps/sitemap_1.xml", listed())
    assert len(read) == 3


def test_an_empty_site_has_an_empty_sitemap() -> None:
    assert places(map_of("/sitemap.xml", [])) == []


def test_a_page_in_parts_is_in_the_sitemap_by_each_of_them_and_not_by_its_copy() -> None:
    assert sitemap.addresses(pages("travel_advice")) == ["/foreign-travel-advice/sarvia", "/foreign-travel-advice/sarvia/safety"]
    assert sitemap.addresses(pages("redirect")) == []


def test_robots_are_told_where_the_sitemap_is() -> None:
    robots = site.robots(origin=ORIGIN)
    assert (robots.path, robots.media_type) == ("/robots.txt", "text/plain")
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in robots.html
    assert "Disallow: /*/print$" in robots.html
