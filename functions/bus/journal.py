"""Remember every event on the bus: who caused whom, and when. It is what `commonweal emit` and the trace page show."""

from __future__ import annotations

from functions.bus import producers, store
from functions.common import clock, sunset
from functions.common.cause import current
from functions.common.consumer import consumes_any
from schemas.envelope import CloudEvent


@consumes_any
def journal(event: CloudEvent) -> None:
    """Write one event down. Of a type that is to end, count what ingress never saw; what is heard again is nobody's use of it."""
    is_new = store.journal(event, published_at=clock.stamp())
    if is_new and sunset.ending(event.type) and not store.taken_in(event.id, [event.source]):
        producers.note(event.type, current().department or "", producers.OWN_ACCOUNT)
