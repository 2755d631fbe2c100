"""The list of all pages for search engines (sitemaps.org): an index at /sitemap.xml, and its parts. And what robots may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from functions.publishing import dates
from functions.publishing.site.page import HTML, Page
from functions.publishing.site.paging import PRINTED

LARGEST = 25_000
"""Addresses in one part: half of what the standard allows."""
LARGEST_BYTES = 5_000_000
"""Bytes of one part: a tenth of what the standard allows, for a function may answer with 6 MB."""
AROUND = 100
"""Bytes around an address, its date among them."""
INDEX = "/sitemap.xml"

type Part = tuple[str, Mapping[str, Any]]
"""The path of a part, and what its view is given."""


def parts(listed: Iterable[Mapping[str, Any]], origin: str) -> Iterator[Part]:
    """Each part, once as many as it holds are read."""
    for number, urls in enumerate(_shares(listed, len(origin) + AROUND), 1):
        yield f"/sitemaps/sitemap_{number}.xml", {"urls": urls, "at": max(url["at"] for url in urls)}


def index(found: Iterable[Part]) -> Mapping[str, Any]:
    """What the view of the index is given."""
    return {"parts": [{"path": path, "at": part["at"]} for path, part in found]}


def addresses(pages: Iterable[Page]) -> list[str]:
    """Those of an item's pages that belong in the sitemap: each part at its own address, and no copy of all of them."""
    found = [page.path for page in pages if page.status == 200 and page.media_type == HTML]
    return [path for path in found if path != f"{found[0]}/{PRINTED}"]


def robots(origin: str) -> str:
    """robots.txt: everything may be asked for but copies of what is elsewhere."""
    return f"User-agent: *\nDisallow: /api/\nDisallow: /*/{PRINTED}$\n\nSitemap: {origin}{INDEX}\n"


def _shares(listed: Iterable[Mapping[str, Any]], around: int) -> Iterator[list[dict[str, str]]]:
    share: list[dict[str, str]] = []
    size = 0
    for one in listed:
        url = {"path": quote(one["base_path"]), "at": _at(one)}
        length = len(url["path"]) + around
        if share and (len(share) == LARGEST or size + length > LARGEST_BYTES):
            yield share
            share, size = [], 0
        share.append(url)
        size += length
    if share:
        yield share


def _at(one: Mapping[str, Any]) -> str:
    at = one.get("public_updated_at") or one.get("published_at")
    return dates.utc(at) if at else ""
