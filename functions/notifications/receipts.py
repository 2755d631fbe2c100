"""Hear what became of a message from whoever carried it, however early, late or often it is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.common import clock
from functions.common.consumer import consumes_messages
from functions.common.failures import Stale, Transient
from functions.notifications import receipt
from functions.notifications.receipt import Complaint
from functions.notifications.store import messages

PATIENCE = timedelta(minutes=5)
"""How long a receipt may be ahead of the record of its sending."""


@consumes_messages
def receipts(event: Any) -> None:
    """Give the notification that a receipt is about the status it reports, or say that its recipient complains."""
    heard = receipt.read(event)
    if heard is None:
        return
    notification = messages.find_by_reference(heard.channel, heard.reference)
    if notification is None:
        if clock.now() - heard.at < PATIENCE:
            raise Transient("no sending has this reference yet")
        raise Stale("no sending has this reference")
    if isinstance(heard, Complaint):
        messages.record_complaint(notification, heard)
    else:
        messages.record_receipt(notification, heard)
