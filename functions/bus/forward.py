"""Hand an event on to the webhook or queue that its department declared, signed as Standard Webhooks says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from functions.bus import signing, store
from functions.common import clients, declarations
from functions.common.cause import current
from functions.common.consumer import consumes
from functions.common.failures import Invalid, Transient
from schemas.platform import EventForwarded, ForwardRequested

PATIENCE = 5
"""Seconds that a webhook has to answer."""


@consumes(ForwardRequested)
def forward(event: ForwardRequested) -> None:
    """Hand it on; the receiver tells a second delivery by the event's id. Transient until it is taken."""
    department = current().department or ""
    event_id = str(event.event["id"])
    if store.forwarded(event_id, event.target, event.name):
        return
    if event.target == "queue":
        _send(declarations.queue(department, event.name), event)
    else:
        _post(department, declarations.webhook(department, event.name), event)
    store.record_forwarded(event_id, EventForwarded(target=event.target, name=event.name, event_id=event_id))


def _send(declared: Mapping[str, Any] | None, event: ForwardRequested) -> None:
    if declared is None:
        raise Invalid(f"the queue {event.name!r} is not declared", "name")
    region, account, name = declared["arn"].split(":")[3:6]
    url = f"{clients.sqs().meta.endpoint_url or f'https://sqs.{region}.amazonaws.com'}/{account}/{name}"
    clients.sqs().send_message(QueueUrl=url, MessageBody=json.dumps(event.event, ensure_ascii=False))


def _post(department: str, declared: Mapping[str, Any] | None, event: ForwardRequested) -> None:
    if declared is None:
        raise Invalid(f"the webhook {event.name!r} is not declared", "name")
    body = json.dumps(event.event, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/cloudevents+json",
        **signing.headers(department, event.name, str(event.event["id"]), body),
    }
    request = Request(declared["url"], data=body, headers=headers, method="POST")  # noqa: S310  # the declaration allows https alone
    try:
        with urlopen(request, timeout=PATIENCE):  # noqa: S310  # as above
            return
    except HTTPError as refused:
        raise Transient(f"the webhook answered {refused.code}") from None
    except OSError as failure:
        raise Transient(f"the webhook did not answer: {type(failure).__name__}") from None
