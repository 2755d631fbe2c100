"""Which links were added to a department's link sets and which removed, by type, the newest first."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from functions.common.table import Item, Put
from functions.publishing.expansion.graph import Links
from functions.publishing.history import Event
from functions.publishing.store.table import table

LOOKED_AT = 10_000
"""Writes that are looked at for what is asked for: beyond them lies what was changed long ago."""


class LinkChange(NamedTuple):
    """A link that was added or removed, by whom and when."""

    source: str
    target: str
    link_type: str
    change: str
    user: str | None
    at: str


def puts(owner: str, source: str, before: Links, after: Links, event: Event) -> list[Put]:
    """Note what a write changes, in the write: an item for each type of link that it changes."""
    noted = []
    for link_type in sorted(before.keys() | after.keys()):
        was, now = dict.fromkeys(before.get(link_type, ())), dict.fromkeys(after.get(link_type, ()))
        changed = {"add": [one for one in now if one not in was], "remove": [one for one in was if one not in now]}
        if any(changed.values()):
            about = {"source": source, "link_type": link_type, "user": event.moment.user, "at": event.moment.at}
            place = {"pk": f"changes#{owner}#{link_type}", "sk": f"{event.moment.at}#{event.moment.write_id}"}
            noted.append(Put({**place, **about, "changed": json.dumps(changed, separators=(",", ":"))}))
    return noted


def newest(owner: str, link_types: Collection[str]) -> Iterator[LinkChange]:
    """What was changed in a department's link sets of these types, the newest first; read as it is asked for."""
    of_types = [table.every(f"changes#{owner}#{one}", descending=True, consistent=True) for one in sorted(set(link_types))]
    for item in islice(merge(*of_types, key=itemgetter("sk"), reverse=True), LOOKED_AT):
        yield from _changes(item)


def _changes(item: Item) -> Iterator[LinkChange]:
    for change, targets in json.loads(item["changed"]).items():
        yield from (LinkChange(item["source"], target, item["link_type"], change, item.get("user"), item["at"]) for target in targets)
