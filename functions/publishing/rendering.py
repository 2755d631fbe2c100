"""Making a path's item and pages as they are now: its links expanded, and all of it in HTML, so that reading is one read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from functions.common import clock
from functions.common.failures import Stale
from functions.common.table import Item
from functions.publishing import bodies, link_sets, site
from functions.publishing.documents import Fields
from functions.publishing.settling import settled
from functions.publishing.site import Page
from functions.publishing.store import contents, pages

LARGEST_INLINE = 200_000
"""Bytes of a page that stand in its item; longer ones wait in S3."""
LARGEST_TOGETHER = 3_000_000
"""Bytes that all pages of one path may have in their items, since they are written at once (DynamoDB: 4 MB)."""
CLOCKS_DIFFER = timedelta(seconds=2)
"""What was read so long after a change surely has it, whoever's clock said when."""


def render(path: str) -> None:
    """Make the pages of a path whose content has changed. Stale where that was done already."""
    settled(lambda: _make(path, since=None))


def refresh(path: str, since: datetime) -> None:
    """Make a path's links and pages again because something that it shows has changed; Stale where they were made after that."""
    settled(lambda: _make(path, since))


def _make(path: str, since: datetime | None) -> None:
    content = contents.content(path, consistent=True)
    # After the item: whoever writes pages in between writes the item, too, and this attempt is overtaken.
    before = pages.own_page(path)
    if content is None or "status" not in content or _is_made(content, before, since):
        raise Stale(f"{path} is made as it stands")
    made_at = clock.stamp()
    item = json.loads(bodies.kept(content, "item").read())
    if item and content["status"] == 200:
        item["links"] = link_sets.of_item(item["content_id"], item["locale"], "live", None)
    made = site.pages_of(item) if item else [Page(path, 404)]
    remade = contents.remade(path, content, item, made_at)
    pages.save(remade, [_page(page, content, len(made)) for page in made], _listing(item, content), before)


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
        "etag": hashlib.sha256(raw).hexdigest()[:32] if raw else None,
        "revision": content["revision"],
        **bodies.keep(page.html, inline=min(LARGEST_INLINE, LARGEST_TOGETHER // among)).attributes("html"),
    }


def _listing(item: dict[str, Any], content: Item) -> Fields | None:
    """How the home page lists it: only what can be read, and holds."""
    if not item or item["schema_name"] in {"gone", "redirect", "special_route"} or item.get("withdrawn_notice"):
        return None
    shown: Sequence[str] = ("base_path", "title", "document_type", "locale")
    return {**{name: item[name] for name in shown}, "published_at": item["public_updated_at"], "document": content["document"]}
