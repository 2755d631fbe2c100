"""Hand an accepted notification to its provider, once."""

from __future__ import annotations

from functions.common.consumer import consumes
from functions.notifications import providers, store
from functions.notifications.compose import compose
from schemas.platform import NotificationAccepted


@consumes(NotificationAccepted)
def deliver(event: NotificationAccepted) -> None:
    """Claim it, send it, and record what the provider calls it."""
    with store.claim(str(event.service_id), str(event.notification_id)) as notification:
        taken = providers.choose(notification).send(compose(notification))
        store.record_sent(notification, taken)
