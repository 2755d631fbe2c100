"""Give up on receipts that never came: after three days, what left and was not heard of has failed for the time being (contract 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.common import clock
from functions.common.consumer import consumes_messages
from functions.common.failures import Stale
from functions.common.log import count
from functions.notifications.receipt import Receipt
from functions.notifications.statuses import UNANSWERED, Status
from functions.notifications.store import messages

HOURS_BACK = 48
"""How far back it looks: two days without a sweep lose nothing."""
LONGEST = timedelta(seconds=20)
"""How long one sweep goes on: what is left, the next one does."""
PAGE = 100
NO_RECEIPT = "no receipt came within 72 hours"


@consumes_messages
def sweep(event: Any) -> None:
    """Look at the sendings whose time is over, the oldest first."""
    began = clock.now()
    for hours in range(HOURS_BACK, 0, -1):
        while unanswered := messages.unanswered(began - timedelta(hours=hours), PAGE):
            for service_id, notification_id, waits in unanswered:
                _give_up(service_id, notification_id)
                messages.wait_no_more(waits)
            if clock.now() - began > LONGEST:
                return


def _give_up(service_id: str, notification_id: str) -> None:
    notification = messages.unread(service_id, notification_id)
    if notification is None or notification.status not in UNANSWERED or notification.provider_reference is None:
        return
    silence = Receipt(notification.channel, notification.provider_reference, Status.TEMPORARY_FAILURE, clock.now(), NO_RECEIPT)
    try:
        messages.record_receipt(notification, silence)
    except Stale:
        return
    count("NoReceipt")
