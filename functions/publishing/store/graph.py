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
        stores: tuple[Store, ...] = ("draft", "live") if store == "draft" else ("live",)
        wanted = dict.fromkeys(content_ids, locales) if locales is not None else _locales(content_ids)
        keys = [(content_id, f"{one}#{locale}") for content_id, its in wanted.items() for locale in sorted(its) for one in stores]
        found = defaultdict(list)
        for candidate in standing.candidates(keys, self.viewer):
            found[candidate.content_id].append(candidate)
        return found

    def link_sets(self, content_ids: Collection[str]) -> Mapping[str, Links]:
        return {one: link_set.links for one, link_set in links.link_sets(content_ids).items()}

    def links_to(self, content_ids: Collection[str], link_types: Collection[str] | None) -> Iterable[Link]:
        return links.links_to(content_ids, link_types)


def _locales(content_ids: Collection[str]) -> dict[str, Collection[str]]:
    """The locales that each has documents in."""
    owners = table.get_many([(content_key(one), "owner") for one in content_ids], consistent=True)
    return {pk.removeprefix("content#"): owner.get("locales", ()) for (pk, _), owner in owners.items()}
