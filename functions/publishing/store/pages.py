"""What the site answers at a path: rendered pages; and where each is listed: on the home page, on others' pages, in the sitemap."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zlib import crc32

from functions.common import clock
from functions.common.table import Delete, Item, Put, Update, Write
from functions.publishing.store.contents import possible
from functions.publishing.store.table import path_key, table, write

LISTED_FOR = timedelta(days=90)
"""How long the home page may list a page."""
SHARDS = 4
"""Partitions of the sitemap."""

HOME = "newest"


@dataclass(frozen=True)
class Listing:
    """How a page is listed, and where besides the home page and the sitemap: on the pages of these content ids."""

    shown: Mapping[str, Any]
    on: frozenset[str]
    addresses: Sequence[str]

    @property
    def place(self) -> str:
        """Its place among others, the newest last."""
        return f"{self.shown['public_updated_at']}#{self.shown['document']}"

    @property
    def as_text(self) -> str:
        """What others show of it."""
        return json.dumps(self.shown, sort_keys=True, ensure_ascii=False)

    def items(self) -> dict[tuple[str, str], Item]:
        """An item for each place where it is listed, by its keys."""
        base_path = str(self.shown["base_path"])
        expires = clock.epoch() + int(LISTED_FOR.total_seconds())
        found: dict[tuple[str, str], Item] = {(path_key("/"), f"{HOME}#{self.place}"): {**self.shown, "expires_at": expires}}
        found |= {(f"listed#{content_id}", self.place): dict(self.shown) for content_id in self.on}
        about = {"public_updated_at": self.shown["public_updated_at"], "addresses": list(self.addresses)}
        return found | {(f"sitemap#{crc32(base_path.encode()) % SHARDS}", base_path): about}


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


def home(count: int) -> tuple[Item | None, list[Item]]:
    """The page at /, as a department published it, and what was published last, newest first: in one read."""
    # Backwards from the page, which need not be there, to what is listed.
    items = table.query(path_key("/"), after="page ", limit=count + 1, descending=True).items
    own = next((item for item in items if item["sk"] == "page"), None)
    return own, [item for item in items if item["sk"].startswith(f"{HOME}#")][:count]


def listed_on(content_id: str, count: int) -> list[Item]:
    """What the page of an item lists, newest first."""
    return table.query(f"listed#{content_id}", limit=count, descending=True, consistent=True).items


def every_address() -> Iterator[Item]:
    """Each address of every page there is, as its `base_path`, with its page's `public_updated_at`; read as they are asked for."""
    for shard in range(SHARDS):
        for item in table.every(f"sitemap#{shard}"):
            yield from ({**item, "base_path": address} for address in item["addresses"])


def save(remade: Update, pages: Sequence[Item], listing: Listing | None, before: Item | None) -> None:
    """Write the item of a path as it was `remade`, and its pages, the first its own and the others parts below it, in place of `before`.

    Raises Overtaken where the item is not what it was made of any more.
    """
    own, *parts = pages
    listed = listing.items() if listing else {}
    kept = {part["path"] for part in parts}
    # Whoever writes pages writes the item, too: that its condition holds is enough for all of them.
    standing = {**own, **_key(own, "page"), "parts": sorted(kept), "listed": [f"{pk} {sk}" for pk, sk in listed]}
    lists = {"listed_on": sorted(listing.on), "listed_as": listing.as_text} if listing else {}
    writes: list[Write] = [remade, Put({**standing, **lists})]
    writes += [Put({**part, **_key(part, "part")}) for part in parts]
    writes += [Put({**item, "pk": pk, "sk": sk}) for (pk, sk), item in listed.items()]
    if before:
        writes += [Delete(path_key(gone), "part") for gone in before.get("parts", []) if gone not in kept]
        was = [(pk, sk) for pk, _, sk in (place.partition(" ") for place in before.get("listed", []))]
        writes += [Delete(pk, sk) for pk, sk in was if (pk, sk) not in listed]
    write(writes)


def _key(item: Item, kind: str) -> Item:
    return {"pk": path_key(item["path"]), "sk": kind}
