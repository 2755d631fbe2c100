"""Make an item's pages again because something that they show has changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions.common import clock
from functions.common.consumer import consumes_messages
from functions.common.failures import Stale
from functions.publishing import refreshing, rendering
from functions.publishing.store import history
from functions.publishing.store.graph import StoredGraph


@consumes_messages
def refresh(event: Any) -> None:
    """In each of its locales, unless they were made after the change; then it is noted with the write that changed it."""
    since = datetime.fromisoformat(event["since"])
    content_id = event["content_id"]
    for edition in StoredGraph().editions([content_id], "live", None).get(content_id, ()):
        if path := edition.fields.get("base_path"):
            _refresh(path, since)
    if "write_id" in event:
        history.note_refreshed(event["write_id"], event["batch"], content_id)


def _refresh(path: str, since: datetime) -> None:
    try:
        refreshing.ask(rendering.refresh(path, since), clock.stamp())
    except Stale:
        return
