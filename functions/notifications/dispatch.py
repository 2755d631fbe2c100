"""Put each accepted notification on its channel's queue, in the group of its service: so that no service waits for another's thousands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.common import clients
from functions.common.consumer import consumes
from functions.common.settings import setting
from schemas.platform import NotificationAccepted

if TYPE_CHECKING:
    from schemas.platform import Channel

QUEUES: dict[Channel, str] = {"email": "EMAIL_QUEUE", "sms": "TEXT_QUEUE", "letter": "LETTER_QUEUE"}


@consumes(NotificationAccepted)
def dispatch(event: NotificationAccepted) -> None:
    """Pass it on as EventBridge delivered it; a second one of it finds the notification claimed or sent."""
    envelope = event.envelope
    delivered = {"source": envelope.source, "detail-type": envelope.type, "detail": envelope.wire()}
    # On a standard queue a group orders nothing: SQS serves the groups fairly, and one with many messages does not delay the others.
    clients.sqs().send_message(
        QueueUrl=setting(QUEUES[event.channel]),
        MessageBody=json.dumps(delivered, ensure_ascii=False),
        MessageGroupId=str(event.service_id),
    )
