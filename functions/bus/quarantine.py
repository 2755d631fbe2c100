"""Keep what a consumer could not understand, with the reason, and tell its owner."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import ValidationError

from functions.bus import store
from functions.common import ids
from functions.common.cause import Cause, because
from functions.common.consumer import acting_department, batches
from functions.common.log import count
from schemas.envelope import CloudEvent
from schemas.platform import EventRejected


def _keep(record: SQSRecord) -> None:
    """Handle what one consumer sent: `{"consumer", "reason", "body"}`, the body as it came."""
    message = json.loads(record.body)
    delivered = _json(message["body"])
    detail = delivered.get("detail", {})
    rejected = EventRejected(
        # What has no readable id gets one that follows from the message, so that a second delivery is the same rejection.
        event_id=_text(detail, "id") or ids.derived(record.message_id, "quarantine"),
        rejected_type=_text(delivered, "detail-type") or "unknown",
        rejected_source=_text(delivered, "source") or "unknown",
        consumer=message["consumer"],
        reason=message["reason"][:1000],
    )
    with because(_cause(delivered, rejected)):
        store.quarantine(rejected, message["body"], message["reason"])
    count("Quarantined", Consumer=rejected.consumer)


quarantine = batches(_keep)


def _cause(delivered: dict[str, Any], rejected: EventRejected) -> Cause:
    """The rejected event, told to the department that EventBridge knows it is from, whatever the event claims."""
    try:
        envelope = CloudEvent.model_validate({**delivered["detail"], "source": rejected.rejected_source})
    except (ValidationError, KeyError, TypeError):
        return Cause(correlation=rejected.event_id, department=None, event_id=rejected.event_id)
    return Cause(envelope.correlation, acting_department(envelope), envelope.id, hops=0)


def _json(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(parsed, dict) or not isinstance(parsed.get("detail", {}), dict):
        return {}
    return parsed


def _text(members: dict[str, Any], name: str) -> str | None:
    value = members.get(name)
    # Half of a surrogate pair may stand here, and nothing could keep it.
    return value.encode(errors="replace").decode()[:256] if isinstance(value, str) and value else None
