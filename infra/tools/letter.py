"""One message of a dead-letter queue: what it is about, and how it says where it has been."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.common import clock
from infra.tools.failures import Failed
from schemas.envelope import REDRIVEN_FROM

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageAttributeValueTypeDef, MessageTypeDef

HELD_SECONDS = 60
MOST_ATTRIBUTES = 10
"""Attributes that SQS takes with one message."""
AT, ORIGINAL, EDITED = "redriven-at", "original-message-id", "redriven-edited"


@dataclass(frozen=True)
class Letter:
    """A message, held by its receipt."""

    id: str
    receipt: str
    body: str
    attributes: "dict[str, MessageAttributeValueTypeDef]"
    received: int
    sent_at: str

    @classmethod
    def of(cls, message: "MessageTypeDef") -> "Letter":
        """The message as SQS hands it out."""
        system = message.get("Attributes", {})
        sent = int(system.get("SentTimestamp", 0)) / 1000
        return cls(
            id=message["MessageId"],
            receipt=message["ReceiptHandle"],
            body=message["Body"],
            attributes={name: _sendable(value) for name, value in message.get("MessageAttributes", {}).items()},
            received=int(system.get("ApproximateReceiveCount", 0)),
            sent_at=datetime.fromtimestamp(sent, UTC).isoformat(timespec="seconds"),
        )

    @property
    def about(self) -> dict[str, str]:
        """The envelope of the event inside, without its data: whatever of id, type, source, subject, time and ids can be read."""
        return envelope_of(self.body)

    @property
    def said(self) -> dict[str, str]:
        """Its attributes as text: why EventBridge gave up, whence it was redriven."""
        return {name: str(value.get("StringValue", "(binary)")) for name, value in sorted(self.attributes.items())}


def provenance(letter: Letter, queue: str, *, edited: bool) -> "dict[str, MessageAttributeValueTypeDef]":
    """The attributes that a message goes back with: all it had, and where it has been. The first message's id is kept for ever."""
    notes = {REDRIVEN_FROM: queue, AT: clock.stamp(), ORIGINAL: letter.said.get(ORIGINAL, letter.id)}
    if edited or EDITED in letter.attributes:
        notes[EDITED] = "true"
    kept = {name: value for name, value in letter.attributes.items() if name not in notes}
    room = MOST_ATTRIBUTES - len(notes)
    return dict(list(kept.items())[:room]) | {name: {"DataType": "String", "StringValue": text} for name, text in notes.items()}


def envelope_of(body: str) -> dict[str, str]:
    """What can be read of the event in a message: as EventBridge delivers it, as a relay puts it, or as a consumer quarantines it."""
    delivered = _object(body)
    if "body" in delivered and "consumer" in delivered:
        return {"quarantined-by": str(delivered["consumer"])} | envelope_of(str(delivered["body"]))
    detail = _object(delivered.get("detail") or delivered.get("Detail"))
    known = {
        "type": detail.get("type") or delivered.get("detail-type") or delivered.get("DetailType"),
        "source": detail.get("source") or delivered.get("source") or delivered.get("Source"),
        "time": detail.get("time") or delivered.get("time") or delivered.get("Time"),
        **{name: detail.get(name) for name in ("id", "subject", "department", "correlationid", "causationid")},
    }
    return {name: value for name, value in known.items() if isinstance(value, str) and value}


def entry_of(body: str) -> dict[str, Any]:
    """A message as an entry for PutEvents. Raises Failed when it holds no event."""
    delivered = _object(body)
    if "Detail" in delivered:
        return {name: delivered[name] for name in ("Source", "DetailType", "Time", "Detail") if name in delivered}
    if not isinstance(delivered.get("detail"), dict):
        raise Failed("it holds no event that could be put on the bus")
    detail = json.dumps(delivered["detail"], separators=(",", ":"), ensure_ascii=False)
    return {"Source": delivered["source"], "DetailType": delivered["detail-type"], "Time": delivered["time"], "Detail": detail}


def check_edited(body: str) -> str:
    """The edited message. Raises Failed when it would go straight to quarantine: not JSON, no CloudEvent, or at odds with its wrapping."""
    from pydantic import ValidationError

    from schemas.envelope import CloudEvent

    delivered = _object(body)
    if not delivered:
        raise Failed("The edited message is not a JSON object.")
    if "consumer" in delivered:
        return body
    detail = _object(delivered.get("detail") or delivered.get("Detail"))
    if "specversion" not in detail and str(delivered.get("source", "")).startswith("aws."):
        return body
    try:
        event = CloudEvent.model_validate(detail)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Failed(f"The edited event is not a CloudEvent: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    outside = (delivered.get("source", delivered.get("Source")), delivered.get("detail-type", delivered.get("DetailType")))
    if (event.source, event.type) != outside:
        raise Failed("The edited event disagrees with its wrapping: source and type stand in both, and must be the same.")
    return body


def _object(found: object) -> dict[str, Any]:
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            return {}
    return found if isinstance(found, dict) else {}


def _sendable(value: "MessageAttributeValueOutputTypeDef") -> "MessageAttributeValueTypeDef":
    if "BinaryValue" in value:
        return {"DataType": value["DataType"], "BinaryValue": value["BinaryValue"]}
    return {"DataType": value["DataType"], "StringValue": value.get("StringValue", "")}
