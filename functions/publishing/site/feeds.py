"""Feeds in Atom (RFC 4287): what an organisation or an event has published, and the latest of a travel advice, at `<path>.atom`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.publishing import dates
from functions.publishing.site import names
from functions.publishing.site.head import SITE
from functions.publishing.site.listing import entries
from functions.publishing.site.page import Item, Listed

FED = frozenset({"organisation", "topical_event", "travel_advice"})
"""The content types that have a feed."""
NEWEST = 20
"""Entries of a feed."""


def path(item: Item) -> str | None:
    """Where an item's feed is; None where its type has none."""
    return f"{item['base_path']}.atom" if item["schema_name"] in FED else None


def context(item: Item, listed: Listed, origin: str) -> Mapping[str, Any]:
    """What the feed's view is given. An entry is of a page as it was at a time: a page that changes is said anew."""
    told = [_advice(item)] if item["schema_name"] == "travel_advice" else entries(listed)[:NEWEST]
    dated = [_entry(one.title, one.href, one.at, one.about, one.document_type, origin) for one in told if one.at and one.href]
    return {
        "title": _printable(item["title"]),
        "language": item.get("locale", "en"),
        "author": _printable(item["title"]) if item["schema_name"] == "organisation" else SITE,
        "here": f"{origin}{path(item)}",
        "page": f"{origin}{item['base_path']}",
        "updated": max((one["updated"] for one in dated), default=dates.utc(item.get("public_updated_at") or "1970-01-01T00:00:00Z")),
        "entries": dated,
    }


def _advice(item: Item) -> Any:
    details = item.get("details", {})
    said = {**item, "description": details.get("change_description"), "public_updated_at": details.get("updated_at")}
    return entries([said])[0]


def _entry(title: str, href: str, at: str, about: str, document_type: str | None, origin: str) -> Mapping[str, Any]:
    url = href if href.startswith("http") else f"{origin}{href}"
    kind = names.document_type(document_type) if document_type else ""
    return {
        "id": f"{url}#{dates.utc(at)}",
        "url": url,
        "updated": dates.utc(at),
        "title": _printable(f"{kind}: {title}" if kind else title),
        "kind": kind,
        "summary": _printable(about),
    }


def _printable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n\r")
