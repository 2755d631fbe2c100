"""Remember every event on the bus: who caused whom, and when. It is what `commonweal emit` and the trace page show."""

from __future__ import annotations

from functions.bus import store
from functions.common import clock
from functions.common.consumer import consumes_any
from schemas.envelope import CloudEvent


@consumes_any
def journal(event: CloudEvent) -> None:
    """Write one event down."""
    store.journal(event, published_at=clock.stamp())
