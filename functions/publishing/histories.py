"""What was done with a document, and what became of it: the history as the API shows it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from functions.common.failures import Refusal
from functions.common.table import Item
from functions.publishing import documents
from functions.publishing.documents import Fields
from functions.publishing.ownership import department, existing, not_found
from functions.publishing.store import documents as store
from functions.publishing.store import history, standing


def events(content_id: str, action: str | None, since: str | None, until: str | None) -> list[Fields]:
    """Every write to a content id, the first first; of one action, or between two moments. Raises Refusal 404."""
    _check_mine(content_id)
    # Ids sort by time where a request wrote; those of writes that events asked for follow from the event's id.
    found = sorted((_event(content_id, item) for item in history.events(content_id)), key=lambda one: (one["created_at"], one["id"]))
    if action:
        found = [one for one in found if one["action"] == action]
    if since:
        found = [one for one in found if _moment(one["created_at"]) >= _moment(since)]
    if until:
        found = [one for one in found if _moment(one["created_at"]) <= _moment(until)]
    return found


def followed(content_id: str, write_id: str) -> Fields:
    """One write, and its effects. Raises Refusal 404."""
    _check_mine(content_id)
    found = history.event(content_id, write_id)
    if found is None:
        raise Refusal(404, "There is no such write.", code="not_found")
    _, item = found
    dependents = item.get("dependents")
    refreshed = history.count_refreshed(write_id) if dependents else 0
    # A link set has no page of its own: its items' are among those that are made again.
    is_rendered = "rendered_at" in item or item["action"] == "PatchLinkSet"
    is_complete = "found_at" in item and refreshed >= (dependents or 0) and is_rendered
    effects: dict[str, Any] = {
        "rendered_at": item.get("rendered_at"),
        "dependents_found_at": item.get("found_at"),
        "dependents": dependents,
        "refreshed": refreshed,
        "complete": is_complete or item["action"] in {"PutContent", "DiscardDraft"},
    }
    return {**_event(content_id, item), "effects": {name: value for name, value in effects.items() if value is not None}}


def editions(content_id: str, locale: str) -> list[Fields]:
    """Every edition of a document, the newest first. Raises Refusal 404."""
    document = existing(content_id, locale)
    return [documents.view(document, edition, json.loads(edition.details.read())) for edition in store.editions(document)]


def _check_mine(content_id: str) -> None:
    if standing.owner(content_id) != department():
        raise not_found(content_id)


def _event(content_id: str, item: Item) -> Fields:
    shown = {
        "id": item["sk"].removeprefix("event#"),
        "action": item["action"],
        "content_id": content_id,
        "locale": item.get("locale"),
        "user_uid": item.get("user"),
        "request_id": item["request"],
        "created_at": item["at"],
        "payload": json.loads(item["payload"]) if "payload" in item else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
