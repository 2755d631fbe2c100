"""Count what becomes of notifications, so that the numbers stay when the notifications themselves are gone."""

from __future__ import annotations

from functions.common.consumer import consumes
from functions.common.failures import Stale
from functions.notifications.store import counts
from schemas.envelope import instant
from schemas.platform import NotificationStatusChanged


@consumes(NotificationStatusChanged)
def tally(event: NotificationStatusChanged) -> None:
    """Count one change of status, on the day on which it was said."""
    day = instant(event.envelope.time)[:10]
    if not counts.add(event.envelope.id, day, event):
        raise Stale("it is counted")
