"""Simulated receipts: the events that SES and AWS End User Messaging put on EventBridge, and what a printer reports, for messages that
nobody will report on.

The known recipients (contract 4) decide the outcome; every other message is delivered.
"""

from __future__ import annotations

import json
from uuid import uuid4

from functions.common import clients, clock
from functions.common.log import logger
from functions.common.settings import setting
from functions.notifications.port import Email, Letter, Message, Taken, Text
from functions.notifications.receipt import reported

type Json = dict[str, object]

TEMPORARY = frozenset({"temp-fail@simulator.notify", "447700900003"})
PERMANENT = frozenset({"perm-fail@simulator.notify", "447700900002"})

_AFTER = 1
"""Seconds until a receipt, so that the sending is on record before it as a rule; early ones are dealt with all the same."""


def take(message: Message) -> Taken:
    """A reference for a message that goes nowhere."""
    pages = message.pages if isinstance(message, Letter) else None
    return Taken("simulator", str(uuid4()), clock.stamp(), pages)


def give_receipt(message: Message, reference: str) -> None:
    """Put the receipt of a message that was handed over on the queue of receipts."""
    try:
        clients.sqs().send_message(
            QueueUrl=setting("RECEIPTS_QUEUE"), MessageBody=json.dumps(receipt(message, reference)), DelaySeconds=_AFTER
        )
    except Exception as failure:
        # The message is on its way: a lost receipt must not make it look unsent, or it would leave again.
        logger.warning("a simulated receipt is lost", error=type(failure).__name__)


def receipt(message: Message, reference: str) -> Json:
    """The event that would come back for this message."""
    match message:
        case Email(recipient=recipient):
            return _email_receipt(recipient, reference)
        case Text(recipient=recipient):
            return _text_receipt(recipient, reference)
    return reported("letter", reference, "delivered", clock.stamp())


def _email_receipt(recipient: str, reference: str) -> Json:
    now = clock.stamp()
    mail: Json = {"timestamp": now, "messageId": reference, "headersTruncated": False}
    if recipient in PERMANENT or recipient in TEMPORARY:
        bounce: Json = {"bounceType": "Permanent" if recipient in PERMANENT else "Transient", "bounceSubType": "General", "timestamp": now}
        return _event("aws.ses", "Email Bounced", {"eventType": "Bounce", "mail": mail, "bounce": {**bounce, "feedbackId": str(uuid4())}})
    delivery: Json = {"timestamp": now, "processingTimeMillis": 1000, "smtpResponse": "250 ok", "reportingMTA": "simulator"}
    return _event("aws.ses", "Email Delivered", {"eventType": "Delivery", "mail": mail, "delivery": delivery})


def _text_receipt(recipient: str, reference: str) -> Json:
    status, described = "DELIVERED", "Message has been accepted by phone"
    if recipient in PERMANENT:
        status, described = "INVALID", "The destination phone number is invalid"
    if recipient in TEMPORARY:
        status, described = "UNREACHABLE", "The destination phone is unreachable"
    milliseconds = int(clock.now().timestamp() * 1000)
    detail: Json = {
        "eventType": f"TEXT_{status}",
        "eventVersion": "1.0",
        "eventTimestamp": milliseconds,
        "isFinal": True,
        "isoCountryCode": "GB",
        "messageId": reference,
        "messageRequestTimestamp": milliseconds,
        "messageType": "TRANSACTIONAL",
        "messageStatus": status,
        "messageStatusDescription": described,
    }
    return _event("aws.sms-voice", "Text Message Delivery Status Updated", detail)


def _event(source: str, detail_type: str, detail: Json) -> Json:
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": "000000000000",
        "time": clock.stamp(),
        "region": "eu-west-2",
        "resources": [],
        "detail": detail,
    }
