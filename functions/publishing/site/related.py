"""What is beside a page: where else a reader may want to go."""

from __future__ import annotations

from dataclasses import dataclass

from functions.publishing.site.listing import Entry, entries
from functions.publishing.site.page import Item, links

_MOST = 10
"""Links of one group. Who has more to say makes a collection of it."""

_GROUPS = (
    ("Part of", ("part_of_step_navs",)),
    ("Also part of", ("related_to_step_navs",)),
    ("Detailed guidance", ("related_guides",)),
    ("Related statistics", ("related_statistical_data_sets",)),
    ("Collection", ("document_collections",)),
    ("Topical event", ("topical_events",)),
    ("World locations", ("world_locations", "worldwide_organisations")),
    ("Policy", ("related_policies",)),
    ("Explore the topic", ("taxons", "topics")),
)


@dataclass(frozen=True)
class Group:
    """Links under one heading."""

    title: str
    entries: list[Entry]
    external: bool = False


def groups(item: Item) -> list[Group]:
    """The links beside a page, in groups: what editors chose first, then what it belongs to, then what is on other sites."""
    chosen = links(item, "ordered_related_items", "ordered_related_items_overrides", "related_mainstream_content", "related")
    shown = [Group("Related content", entries(chosen or links(item, "suggested_ordered_related_items")))]
    shown += [Group(title, entries(links(item, *link_types))) for title, link_types in _GROUPS]
    shown.append(Group("Elsewhere on the web", entries(item.get("details", {}).get("external_related_links", ())), external=True))
    own = item.get("base_path")
    kept = [Group(group.title, [one for one in group.entries if one.href != own][:_MOST], group.external) for group in shown]
    return [group for group in kept if group.entries]
