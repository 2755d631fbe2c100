"""Making a path's item and pages as they are now: its links expanded, and all of it in HTML, so that reading is one read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from functions.common import clock
from functions.common.failures import Stale
from functions.common.settings import setting
from functions.common.table import Item
from functions.publishing import bodies, documents, embedding, link_sets, site
from functions.publishing.settling import settled
from functions.publishing.site import Page, sitemap
from functions.publishing.store import contents, pages
from functions.publishing.store import documents as store
from functions.publishing.store.pages import Listing
from functions.publishing.store.table import Overtaken
from schemas.platform import ContentRendered

LARGEST_INLINE = 200_000
"""Bytes of a page that stand in its item; longer ones wait in S3."""
LARGEST_TOGETHER = 3_000_000
"""Bytes that all pages of one path may have in their items, since they are written at once (DynamoDB: 4 MB)."""
CLOCKS_DIFFER = timedelta(seconds=2)
"""What was read so long after a change surely has it, whoever's clock said when."""

LISTS = frozenset({"homepage", "mainstream_browse_page", "organisation", "person", "role", "taxon", "topical_event"})
"""Content types whose pages list what links to them."""
LISTED_BY = (
    "organisations", "primary_publishing_organisation", "taxons", "topical_events", "mainstream_browse_pages", "people", "roles",
)  # fmt: skip
"""Types of links to such pages."""
MOST_LISTED = 50
MOST_LISTS = 30
"""Pages that list one page: they are written at once with it."""


def render(path: str) -> frozenset[str]:
    """Make the pages of a path whose content has changed; the content ids whose pages list it otherwise now. Stale where that was done."""
    return settled(lambda: _make(path, since=None))


def refresh(path: str, since: datetime) -> frozenset[str]:
    """Make a path's links and pages again because something that it shows has changed; as above. Stale where they were made after that."""
    return settled(lambda: _make(path, since))


def _make(path: str, since: datetime | None) -> frozenset[str]:
    content = contents.content(path, consistent=True)
    # After the item: whoever writes pages in between writes the item, too, and this attempt is overtaken.
    before = pages.own_page(path)
    if content is None or "status" not in content or _is_made(content, before, since):
        raise Stale(f"{path} is made as it stands")
    made_at = clock.stamp()
    item = json.loads(bodies.kept(content, "item").read())
    if item and content["status"] == 200:
        item["links"] = link_sets.of_item(item["content_id"], item["locale"], "live", None)
    if content.get("embeds"):
        item["details"] = _details(content)
    made = _pages(item) if item else [Page(path, 404)]
    listing = _listing(item, made, content)
    # What is made again because of others is no news of this path.
    emits = [_rendered(path, content)] if since is None else []
    remade = contents.remade(path, content, item, made_at, emits)
    pages.save(remade, [_page(page, content, len(made)) for page in made], listing, before)
    return _elsewhere(listing, before)


def _details(content: Item) -> Any:
    """The details with what their content blocks say now: the item's own were made with what those said before."""
    document = store.document(*content["document"].split("#"))
    if document is None or document.live is None:
        raise Overtaken
    return documents.content_item(document, document.live, embedding.presented(document.live)).fields["details"]


def _pages(item: dict[str, Any]) -> list[Page]:
    listed = pages.listed_on(item["content_id"], MOST_LISTED) if item["schema_name"] in LISTS else []
    return site.pages_of(item, listed, origin=setting("PUBLIC_URL"))


def _rendered(path: str, content: Item) -> ContentRendered:
    content_id, _, locale = content["document"].partition("#")
    said = {"content_id": content_id, "locale": locale, "base_path": path, "revision": content["revision"]}
    return ContentRendered.model_validate(said)


def _is_made(content: Item, page: Item | None, since: datetime | None) -> bool:
    if page is None or "made_at" not in content or page["revision"] < content["revision"]:
        return False
    return since is None or datetime.fromisoformat(content["made_at"]) > since + CLOCKS_DIFFER


def _page(page: Page, content: Item, among: int) -> Item:
    raw = page.html.encode()
    return {
        "path": page.path,
        "status": page.status,
        "location": page.location,
        "media_type": page.media_type,
        "etag": hashlib.sha256(raw).hexdigest()[:32] if raw else None,
        "revision": content["revision"],
        **bodies.keep(page.html, inline=min(LARGEST_INLINE, LARGEST_TOGETHER // among)).attributes("html"),
    }


def _listing(item: dict[str, Any], made: Sequence[Page], content: Item) -> Listing | None:
    """How a page is listed elsewhere: only what can be read, and holds."""
    if not item or item["schema_name"] in {"gone", "redirect", "special_route"} or item.get("withdrawn_notice"):
        return None
    names = ("base_path", "title", "description", "document_type", "locale", "public_updated_at", "content_id")
    shown = {name: item[name] for name in names if item.get(name) is not None}
    links = item.get("links") or {}
    on = list(dict.fromkeys(target["content_id"] for link_type in LISTED_BY for target in links.get(link_type, ())))
    others = frozenset(one for one in on[:MOST_LISTS] if one != item["content_id"])
    return Listing({**shown, "document": content["document"]}, others, sitemap.addresses(made))


def _elsewhere(listing: Listing | None, before: Item | None) -> frozenset[str]:
    """The content ids whose pages list this one, or did, where anything of that has changed."""
    was, now = frozenset((before or {}).get("listed_on", ())), listing.on if listing else frozenset()
    is_same = before is not None and listing is not None and before.get("listed_as") == listing.as_text
    return was ^ now if is_same else was | now
