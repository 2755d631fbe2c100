"""The world of items and links as it stands in the table, for expansion: each level of a tree in a few reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from functions.publishing.expansion.graph import Candidate, Link, Links, Store
from functions.publishing.store import links, standing
from functions.publishing.store.table import content_key, table


@dataclass(frozen=True)
class StoredGraph:
    """What is live is everybody's; of drafts only those of the department `viewer` are there."""

    viewer: str | None = None

    def editions(self, content_ids: Collection[str], store: Store, locales: Collection[str] | None) -> Mapping[str, Sequence[Candidate]]:
        owners = table.get_many([(content_key(one), "owner") for one in content_ids], consistent=True)
        keys = []
        for (pk, _), owner in owners.items():
            stores: tuple[Store, ...] = ("draft", "live") if store == "draft" and owner["owner"] == self.viewer else ("live",)
            wanted = [locale for locale in sorted(owner.get("locales", ())) if locales is None or locale in locales]
            keys += [(pk.removeprefix("content#"), f"{one}#{locale}") for locale in wanted for one in stores]
        found = defaultdict(list)
        for candidate in standing.candidates(keys):
            found[candidate.content_id].append(candidate)
        return found

    def link_sets(self, content_ids: Collection[str]) -> Mapping[str, Links]:
        return {one: link_set.links for one, link_set in links.link_sets(content_ids).items()}

    def links_to(self, content_ids: Collection[str], link_types: Collection[str] | None) -> Iterable[Link]:
        return links.links_to(content_ids, link_types)
