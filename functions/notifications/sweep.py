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
MOST = 500
"""Sendings that one sweep looks at; the next one goes on."""
NO_RECEIPT = "no receipt came within 72 hours"


@consumes_messages
def sweep(event: Any) -> None:
    """Look at the sendings whose time is over, the oldest first."""
    left = MOST
    now = clock.now()
    for hours in range(HOURS_BACK, 0, -1):
        for service_id, notification_id, waits in messages.unanswered(now - timedelta(hours=hours), left):
            _give_up(service_id, notification_id)
            messages.wait_no_more(waits)
            left -= 1
        if left <= 0:
            return


def _give_up(service_id: str, notification_id: str) -> None:
    notification = messages.find(service_id, notification_id)
    if notification is None or notification.status not in UNANSWERED or notification.provider_reference is None:
        return
    silence = Receipt(notification.channel, notification.provider_reference, Status.TEMPORARY_FAILURE, clock.now(), NO_RECEIPT)
    try:
        messages.record_receipt(notification, silence)
    except Stale:
        return
    count("NoReceipt")
