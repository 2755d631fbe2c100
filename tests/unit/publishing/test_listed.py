"""Where pages are listed: on the pages of what they are of, in feeds, and for programs."""

from typing import Any
from uuid import uuid4

import pytest

from tests.contracts.content.samples import GOOD
from tests.unit.publishing.ground import answer, http, published, rendered, spread_and_refreshed, visit

pytestmark = pytest.mark.usefixtures("aws")

AGENCY = "/organisations/rivers-and-coasts-agency"


def agency() -> str:
    payload: dict[str, Any] = {name: value for name, value in GOOD["organisation"].items() if name not in {"links", "redirects"}}
    return published(payload)


def all_made() -> None:
    rendered()
    spread_and_refreshed()
    spread_and_refreshed()


def page(path: str) -> str:
    answered = visit(path)
    assert answered["statusCode"] == 200, answered
    return str(answered["body"])


def test_an_organisations_page_and_feed_list_what_is_its_own_newest_first() -> None:
    organisation = agency()
    for number, day in enumerate(("01", "03", "02")):
        links = {"organisations": [organisation]}
        published(answer(f"/a{number}", title=f"Title {number}", links=links, public_updated_at=f"2026-02-{day}T00:00:00Z"))
    all_made()
    for listed in (page(AGENCY), page(f"{AGENCY}.atom")):
        assert listed.index("Title 1") < listed.index("Title 2") < listed.index("Title 0")
    assert visit(f"{AGENCY}.atom")["headers"]["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_what_is_renamed_or_taken_away_or_tagged_elsewhere_is_so_on_the_list() -> None:
    organisation = agency()
    content_id = published(answer("/a", title="Before", links={"organisations": [organisation]}))
    all_made()
    assert "Before" in page(AGENCY)
    published(answer("/a", title="After", links={"organisations": [organisation]}, update_type="minor"), content_id)
    all_made()
    assert "After" in page(AGENCY)
    assert "Before" not in page(AGENCY)
    http("POST", f"/v2/content/{content_id}/unpublish", {"type": "withdrawal", "explanation": "No longer so."})
    all_made()
    assert "After" not in page(AGENCY)


def test_a_tag_in_the_link_set_lists_it_too_and_ends_with_it() -> None:
    organisation = agency()
    content_id = published(answer("/a", title="Tagged later"))
    all_made()
    assert "Tagged later" not in page(AGENCY)
    for targets, is_listed in (([organisation], True), ([], False)):
        http("PATCH", f"/v2/links/{content_id}", {"links": {"organisations": targets}})
        all_made()
        assert ("Tagged later" in page(AGENCY)) == is_listed


def test_the_sitemap_has_every_page_and_every_part_of_it_and_nothing_that_is_gone() -> None:
    parts = [{"title": slug.title(), "slug": slug, "body": f"<p>About {slug}</p>"} for slug in ("first", "second")]
    published(answer("/guide", schema_name="guide", document_type="guide", details={"parts": parts}))
    published(answer("/a"))
    gone = published(answer("/gone"))
    all_made()
    assert "<loc>https://commonweal.example/gone</loc>" in page("/sitemaps/sitemap_1.xml")
    http("POST", f"/v2/content/{gone}/unpublish", {"type": "gone"})
    all_made()
    listed = page("/sitemaps/sitemap_1.xml")
    for path in ("/a", "/guide", "/guide/second"):
        assert f"<loc>https://commonweal.example{path}</loc>" in listed
    assert "/gone<" not in listed
    assert "https://commonweal.example/sitemaps/sitemap_1.xml" in page("/sitemap.xml")
    assert visit("/sitemaps/sitemap_2.xml")["statusCode"] == 404
    assert "Sitemap: https://commonweal.example/sitemap.xml" in page("/robots.txt")
    assert visit("/robots.txt")["headers"]["Content-Type"] == "text/plain; charset=utf-8"


def test_a_page_that_is_known_is_not_sent_again() -> None:
    published(answer(f"/a{uuid4().hex[:4]}"))
    all_made()
    etag = visit("/sitemap.xml")["headers"]["ETag"]
    assert visit("/sitemap.xml", if_none_match=etag)["statusCode"] == 304
