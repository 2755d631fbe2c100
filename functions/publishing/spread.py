"""Find which pages show what a write has changed, and have each of them made again."""

from __future__ import annotations

from functions.common import clock
from functions.common.consumer import consumes_any
from functions.common.failures import Stale
from functions.publishing import refreshing
from functions.publishing.heard import read
from functions.publishing.spreading import affected
from functions.publishing.store import history
from functions.publishing.store.graph import StoredGraph
from schemas.envelope import CloudEvent, instant
from schemas.platform import ContentPublished, ContentUnpublished, LinksChanged


@consumes_any
def spread(envelope: CloudEvent) -> None:
    """Note how many there are, too, so that a write can be followed to its end. Stale where the write is not in the item's history."""
    event = read(envelope, ContentPublished, ContentUnpublished, LinksChanged)
    content_id, write_id = str(event.content_id), str(event.write_id)
    found = history.event(content_id, write_id)
    if found is None:
        raise Stale("a redirect that was left behind changes nobody else's page")
    count = 0
    for number, batch in enumerate(affected(content_id, found[0], StoredGraph())):
        refreshing.ask(batch, instant(envelope.time), {"write_id": write_id, "batch": number})
        count += len(batch)
    history.note(content_id, write_id, dependents=count, found_at=clock.stamp())
