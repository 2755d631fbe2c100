"""The list of all pages for search engines (sitemaps.org): an index at /sitemap.xml, and its parts. And what robots may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any
from urllib.parse import quote

from functions.publishing import dates
from functions.publishing.site.page import HTML, Listed, Page
from functions.publishing.site.paging import PRINTED

LARGEST = 25_000
"""Addresses in one part: half of what the standard allows, so that a part stays below its 50 MB with the longest paths there are."""
INDEX = "/sitemap.xml"


def parts(listed: Listed) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The path of each part, and what its view is given."""
    for number, part in enumerate(batched(listed, LARGEST, strict=False), 1):
        urls = [{"path": quote(one["base_path"]), "at": _at(one)} for one in part]
        yield f"/sitemaps/sitemap_{number}.xml", {"urls": urls, "at": max((url["at"] for url in urls), default="")}


def index(found: Iterable[tuple[str, Mapping[str, Any]]]) -> Mapping[str, Any]:
    """What the view of the index is given."""
    return {"parts": [{"path": path, "at": part["at"]} for path, part in found]}


def addresses(pages: Iterable[Page]) -> list[str]:
    """Those of an item's pages that belong in the sitemap: each part at its own address, and no copy of all of them."""
    found = [page.path for page in pages if page.status == 200 and page.media_type == HTML]
    return [path for path in found if path != f"{found[0]}/{PRINTED}"]


def robots(origin: str) -> str:
    """robots.txt: everything may be asked for but copies of what is elsewhere."""
    return f"User-agent: *\nDisallow: /api/\nDisallow: /*/{PRINTED}$\n\nSitemap: {origin}{INDEX}\n"


def _at(one: Mapping[str, Any]) -> str:
    at = one.get("public_updated_at") or one.get("published_at")
    return dates.utc(at) if at else ""
