"""A harbour master closes a harbour: the harbour's state and the event are one write, and the table's relay publishes it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

from contracts.harbour_closed import HarbourClosed

from commonweal_events import Envelope, Publisher, outbox

publisher = Publisher("uk.gov.harbour-board.harbours")


def handler(request: dict[str, str], context: object = None) -> dict[str, str]:
    """Close a harbour for a reason; the answer is the event's id. Raises Invalid, which names the field, for what would be refused."""
    return {"event": close(request["harbour"], request["reason"])}


def close(harbour: str, reason: str, caused_by: Envelope | None = None) -> str:
    """Write that a harbour is closed, and say so; the event's id."""
    now = datetime.now(UTC)
    closed = HarbourClosed(harbour=harbour, reason=reason, closed_at=now.isoformat())
    envelope = publisher.envelop(closed, subject=harbour, at=now, caused_by=caused_by)
    table().update_item(
        TableName=os.environ["TABLE"],
        Key={"pk": {"S": f"harbour#{harbour}"}, "sk": {"S": "state"}},
        UpdateExpression="SET closed_at = :at, outbox = :said",
        ExpressionAttributeValues={":at": {"S": closed.closed_at}, ":said": {"S": outbox(envelope)}},
    )
    return envelope.id


@cache
def table() -> Any:
    """DynamoDB, made when first asked for."""
    import boto3

    return boto3.client("dynamodb")
