"""Hand an event on to the webhook or queue that its department declared, signed as Standard Webhooks says.

A department's own event goes whole. Another's goes as the department's subscription entitles it to have it at this moment: what waited
while the owner took its consent back, in whole or in part, is held to what is left of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from functions.bus import store
from functions.common import clients, clock, declarations, signing, suspension, webhooks
from functions.common.cause import current
from functions.common.consumer import consumes
from functions.common.failures import Invalid, Stale
from functions.common.minimised import minimised, stands
from functions.common.settings import setting
from schemas.envelope import owner_of
from schemas.platform import ForwardRequested
from schemas.sharing import SUBSCRIPTIONS

LARGEST_MESSAGE = 1_048_576
"""Bytes that SQS takes."""
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))

type Members = Mapping[str, Any]


@consumes(ForwardRequested)
def forward(event: ForwardRequested) -> None:
    """Hand it on; the receiver tells a second delivery by the event's id. Transient until it is taken."""
    department = current().department or ""
    if store.forwarded(event):
        return
    if suspension.stops(department, clock.now()):
        raise Stale(f"{department} is suspended")
    if event.target == "queue":
        _send(_queue(department, event.name), _entitled(department, event))
    else:
        _post(department, event.name, _webhook(department, event.name), _entitled(department, event))
    store.record_forwarded(event)


def _queue(department: str, name: str) -> str:
    """The ARN of a queue: the one that the platform keeps for the department, or one that the department declared."""
    if name == SUBSCRIPTIONS and department:
        return setting("SUBSCRIPTION_QUEUES") + department
    declared = declarations.queue(department, name)
    if declared is None:
        raise Invalid(f"the queue {name!r} is not declared", "name")
    arn: str = declared["arn"]
    return arn


def _webhook(department: str, name: str) -> str:
    declared = declarations.webhook(department, name)
    if declared is None:
        raise Invalid(f"the webhook {name!r} is not declared", "name")
    url: str = declared["url"]
    return url


def _entitled(department: str, request: ForwardRequested) -> Members:
    type_ = str(request.event["type"])
    if owner_of(type_) == department:
        return request.event
    for subscription in declarations.subscriptions(type_):
        place = subscription.get("webhook", SUBSCRIPTIONS), "webhook" if "webhook" in subscription else "queue"
        if subscription["department"] == department and place == (request.name, request.target) and stands(subscription):
            return minimised(request.event, subscription)
    raise Stale("its owner does not share it any more")


def _send(arn: str, members: Members) -> None:
    body = _written(members)
    if len(body) > LARGEST_MESSAGE:
        # What ingress takes fits, unless its numbers are written out at more length than they came.
        raise Invalid(f"is {len(body)} bytes, and a queue takes {LARGEST_MESSAGE}: name a webhook", "event")
    clients.sqs().send_message(QueueUrl=clients.queue_url(arn), MessageBody=body.decode())


def _post(department: str, name: str, url: str, members: Members) -> None:
    body = _written(members)
    headers = {
        "Content-Type": "application/cloudevents+json",
        # An id may be any text, and a header may not.
        **signing.headers(f"webhook:{department}/{name}", quote(str(members["id"]), safe=_PLAIN), body),
    }
    try:
        webhooks.post(url, body, headers)
    except webhooks.Refused as refused:
        # Declared in a file and mended by a deployment, of theirs or of ours: what was refused meanwhile is still wanted.
        raise webhooks.Unreached(f"the webhook answered {refused.status}") from None


def _written(members: Members) -> bytes:
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()
