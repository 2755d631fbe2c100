"""Hand an event on to the webhook or queue that its department declared, signed as Standard Webhooks says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from functions.bus import store
from functions.common import clients, declarations, signing
from functions.common.cause import current
from functions.common.consumer import consumes
from functions.common.failures import Invalid, Transient
from schemas.platform import ForwardRequested

PATIENCE = 5
"""Seconds that a webhook has to answer."""


class Straight(HTTPRedirectHandler):
    """Follows no redirect."""

    # It would turn the POST into a GET of an address that nobody declared, and its answer would count as taken.
    def redirect_request(self, *_: object) -> None:
        return None


@cache
def _opener() -> OpenerDirector:
    return build_opener(Straight)


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
        with _opener().open(request, timeout=PATIENCE):
            return
    except HTTPError as refused:
        raise Transient(f"the webhook answered {refused.code}") from None
    except OSError as failure:
        raise Transient(f"the webhook did not answer: {type(failure).__name__}") from None
