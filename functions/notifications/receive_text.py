"""Take a text that somebody sent to one of a service's numbers, as AWS End User Messaging passes it on (two-way SMS)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from functions.common import clock, ids
from functions.common.cause import because, current
from functions.common.consumer import consumes_messages
from functions.common.failures import Invalid, Stale
from functions.notifications import directory
from functions.notifications.notification import ReceivedText
from functions.notifications.store import received_texts


@consumes_messages
def receive_text(event: Any) -> None:
    """Keep it for the service whose number it was sent to, and say that it came. The same text again changes nothing."""
    sender, dialled, words, inbound_id = _read(event)
    service = directory.of_number(dialled)
    if service is None or "inbound_sms" not in service.permissions:
        raise Stale("the number is no service's")
    text = ReceivedText(
        id=ids.derived(f"{service.id}#{inbound_id}", "received"),
        service_id=service.id,
        user_number=sender,
        notify_number=dialled,
        content=words,
        created_at=clock.stamp(),
    )
    with because(replace(current(), department=service.department)):
        if not received_texts.keep(text, service.retention_days["sms"]):
            raise Stale("it is kept")


def _read(message: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Who sent it, to which number, what it says, and its id. Raises Invalid."""
    try:
        found = [message[name] for name in ("originationNumber", "destinationNumber", "messageBody", "inboundMessageId")]
    except (KeyError, TypeError):
        raise Invalid("is not a text as AWS End User Messaging passes it on", "body") from None
    if not all(isinstance(part, str) for part in found):
        raise Invalid("is not a text as AWS End User Messaging passes it on", "body")
    sender, dialled, words, inbound_id = found
    return sender.lstrip("+"), dialled.lstrip("+"), words, inbound_id
