"""What the site answers at a path: rendered pages, and what the home page lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from functions.common import clock
from functions.common.table import Delete, Item, Put, Update, Write
from functions.publishing.store.contents import possible
from functions.publishing.store.table import path_key, table, write

LISTED_FOR = timedelta(days=90)
"""How long the home page may list a page."""


def page(path: str) -> Item | None:
    """What the site answers at a path: a document's own page before a part of another's."""
    if not possible(path):
        return None
    # The two sort keys that begin with "pa", in their order.
    items = table.query(path_key(path), prefix="pa", limit=1).items
    return items[0] if items else None


def own_page(path: str) -> Item | None:
    """The page of the document at a path, as it stands now."""
    return table.get(path_key(path), "page", consistent=True)


def newest(count: int) -> list[Item]:
    """What was published last, newest first."""
    return table.query(path_key("/"), prefix="newest#", limit=count, descending=True).items


def save(remade: Update, pages: Sequence[Item], listing: Item | None, before: Item | None) -> None:
    """Write the item of a path as it was `remade`, and its pages, the first its own and the others parts below it, in place of `before`.

    Raises Overtaken where the item is not what it was made of any more.
    """
    own, *parts = pages
    listed = f"newest#{listing['published_at']}#{listing['document']}" if listing else None
    kept = {part["path"] for part in parts}
    # Whoever writes pages writes the item, too: that its condition holds is enough for all of them.
    writes: list[Write] = [remade, Put({**own, **_key(own, "page"), "parts": sorted(kept), "listed": listed})]
    writes += [Put({**part, **_key(part, "part")}) for part in parts]
    if before:
        writes += [Delete(path_key(gone), "part") for gone in before.get("parts", []) if gone not in kept]
        if before.get("listed") and before["listed"] != listed:
            writes.append(Delete(path_key("/"), before["listed"]))
    if listing and listed:
        expires = clock.epoch() + int(LISTED_FOR.total_seconds())
        writes.append(Put({**listing, "pk": path_key("/"), "sk": listed, "expires_at": expires}))
    write(writes)


def _key(item: Item, kind: str) -> Item:
    return {"pk": path_key(item["path"]), "sk": kind}
