"""Hand an event on to the webhook or queue that its department declared, signed as Standard Webhooks says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from functions.bus import store
from functions.common import clients, declarations, signing, webhooks
from functions.common.cause import current
from functions.common.consumer import consumes
from functions.common.failures import Invalid
from schemas.platform import ForwardRequested


@consumes(ForwardRequested)
def forward(event: ForwardRequested) -> None:
    """Hand it on; the receiver tells a second delivery by the event's id. Transient until it is taken."""
    department = current().department or ""
    if store.forwarded(event):
        return
    if event.target == "queue":
        _send(declarations.queue(department, event.name), event)
    else:
        _post(department, declarations.webhook(department, event.name), event)
    store.record_forwarded(event)


def _send(declared: Mapping[str, Any] | None, event: ForwardRequested) -> None:
    if declared is None:
        raise Invalid(f"the queue {event.name!r} is not declared", "name")
    clients.sqs().send_message(QueueUrl=clients.queue_url(declared["arn"]), MessageBody=json.dumps(event.event, ensure_ascii=False))


def _post(department: str, declared: Mapping[str, Any] | None, event: ForwardRequested) -> None:
    if declared is None:
        raise Invalid(f"the webhook {event.name!r} is not declared", "name")
    body = json.dumps(event.event, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/cloudevents+json",
        **signing.headers(f"webhook:{department}/{event.name}", str(event.event["id"]), body),
    }
    try:
        webhooks.post(declared["url"], body, headers)
    except webhooks.Refused as refused:
        # Declared in a file and mended by a deployment, of theirs or of ours: what was refused meanwhile is still wanted.
        raise webhooks.Unreached(f"the webhook answered {refused.status}") from None
