"""The history of what was done to a content id, and what became of each write."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from functions.common import clock
from functions.common.table import ConditionFailed, Item, Put
from functions.publishing.expansion.graph import Candidate
from functions.publishing.history import Event, Moment
from functions.publishing.store.table import attr, content_key, table

FOLLOWED_FOR = timedelta(days=30)
"""How long it can be seen which items were made again because of a write. The write itself is kept."""
LARGEST_PAYLOAD = 20_000
"""Characters of what was asked for that are kept with a write."""


def put(content_id: str, event: Event) -> Put:
    """Note a write, in the write."""
    payload = json.dumps(event.payload, ensure_ascii=False) if event.payload else None
    return Put(
        {
            "pk": content_key(content_id),
            "sk": f"event#{event.moment.write_id}",
            "action": event.action,
            "at": event.moment.at,
            "request": event.moment.request,
            "user": event.moment.user,
            "locale": event.locale,
            "payload": payload if payload and len(payload) <= LARGEST_PAYLOAD else None,
            "live_before": json.dumps(asdict(event.live_before), ensure_ascii=False) if event.live_before else None,
            "links_before": json.dumps(event.links_before) if event.links_before is not None else None,
        }
    )


def events(content_id: str) -> list[Item]:
    """Every write to a content id, the first first."""
    return list(table.every(content_key(content_id), prefix="event#", consistent=True))


def event(content_id: str, write_id: str) -> tuple[Event, Item] | None:
    """A write to a content id, and what is noted of its effects."""
    item = table.get(content_key(content_id), f"event#{write_id}", consistent=True)
    if item is None:
        return None
    moment = Moment(item["at"], item["request"], write_id, item.get("user"))
    before = json.loads(item["live_before"]) if "live_before" in item else None
    links = json.loads(item["links_before"]) if "links_before" in item else None
    return Event(item["action"], moment, item.get("locale"), None, Candidate(**before) if before else None, links), item


def note(content_id: str, write_id: str, **effects: Any) -> None:
    """Note what became of a write, once: `rendered_at`; `dependents` and `found_at`. A write that nobody knows is left alone."""
    first = attr(next(iter(effects))).not_exists()
    try:
        table.update(content_key(content_id), f"event#{write_id}", set=effects, expect=attr("pk").exists() & first)
    except ConditionFailed:
        return


def note_refreshed(write_id: str, batch: int, content_id: str) -> None:
    """Note that an item was made again because of a write; once, however often it is noted."""
    expires = clock.epoch() + int(FOLLOWED_FOR.total_seconds())
    table.update(f"effects#{write_id}", f"{batch:06}", set={"expires_at": expires}, add={"refreshed": frozenset({content_id})})


def count_refreshed(write_id: str) -> int:
    """How many items were made again because of a write; those that were found twice, because finding them began again, count once."""
    batches = table.every(f"effects#{write_id}", consistent=True)
    return len(set[str]().union(*(item["refreshed"] for item in batches)))
