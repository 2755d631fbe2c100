"""Make the pages of a path whose content has changed, so that reading one is one read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from functions.common.consumer import consumes_any
from functions.common.failures import Stale
from functions.common.table import Item
from functions.publishing import bodies, site, store
from functions.publishing.heard import read
from functions.publishing.settling import settled
from functions.publishing.site import Page
from schemas.envelope import CloudEvent
from schemas.platform import ContentPublished, ContentUnpublished

LARGEST_INLINE = 200_000
"""Bytes of a page that stand in its item; longer ones wait in S3."""
LARGEST_TOGETHER = 3_000_000
"""Bytes that all pages of one path may have in their items, since they are written at once (DynamoDB: 4 MB)."""


@consumes_any
def render(envelope: CloudEvent) -> None:
    """What is rendered is what the path answers with now, whichever event said that it changed. Stale where that is rendered already."""
    path = read(envelope, ContentPublished, ContentUnpublished).base_path
    settled(lambda: _render(path))


def _render(path: str) -> None:
    before = store.own_page(path)
    content = store.content(path, consistent=True)
    if content is None or (before and before["revision"] >= content["revision"]):
        raise Stale(f"{path} is rendered as it stands")
    item = json.loads(bodies.kept(content, "item").read())
    pages = site.pages_of(item) if item else [Page(path, 404)]
    store.save_pages([_item(page, content, len(pages)) for page in pages], _listing(item, content), before)


def _item(page: Page, content: Item, among: int) -> Item:
    raw = page.html.encode()
    return {
        "path": page.path,
        "status": page.status,
        "location": page.location,
        "etag": hashlib.sha256(raw).hexdigest()[:32] if raw else None,
        "revision": content["revision"],
        **bodies.keep(page.html, inline=min(LARGEST_INLINE, LARGEST_TOGETHER // among)).attributes("html"),
    }


def _listing(item: dict[str, Any], content: Item) -> Item | None:
    """How the home page lists it: only what can be read, and holds."""
    if not item or item["schema_name"] in {"gone", "redirect"} or item.get("withdrawn_notice"):
        return None
    shown: Sequence[str] = ("base_path", "title", "document_type", "locale")
    return {**{name: item[name] for name in shown}, "published_at": item["public_updated_at"], "document": content["document"]}
