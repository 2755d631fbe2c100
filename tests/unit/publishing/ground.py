"""How the tests of this room talk to it: as a department over HTTP, as the bus, as a visitor."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.common import clients
from functions.common.auth import Caller
from functions.common.cause import Cause, envelop
from functions.publishing.api import api
from functions.publishing.content import content
from functions.publishing.finding import finding
from functions.publishing.linking import linking
from functions.publishing.pages import pages
from functions.publishing.refresh import refresh
from functions.publishing.render import render
from functions.publishing.request import request
from functions.publishing.reserving import reserving
from functions.publishing.spread import spread
from schemas.envelope import CloudEvent
from schemas.platform import PlatformEvent

POINTS = (
    ("/v2/content/", api),
    ("/v2/links", linking),
    ("/v2/expanded-links", linking),
    ("/v2/linked/", linking),
    ("/paths/", reserving),
    ("/publish-intent/", reserving),
)
BUCKET = "bodies"
MINE, THEIRS = "communities", "environment-agency"

type Json = dict[str, Any]

_SPREAD = set[str]()


def caller_of(headers: Mapping[str, str]) -> Caller:
    return Caller(headers["x-department"], str(UUID(int=1)), str(UUID(int=2)), "live", frozenset({"content:write"}))


def answer(base_path: str, body: str = "Hello", **changed: Any) -> Json:
    """A payload of the plainest type."""
    return {
        "base_path": base_path,
        "title": "A title",
        "schema_name": "answer",
        "document_type": "answer",
        "publishing_app": "desk",
        "rendering_app": "commonweal",
        "routes": [{"path": base_path, "type": "exact"}],
        "details": {"body": [{"content_type": "text/govspeak", "content": body}]},
        "update_type": "major",
        **changed,
    }


def http(method: str, path: str, body: object = None, department: str = MINE, **query: str) -> tuple[int, Any]:
    """What the Publishing API answers: status and JSON."""
    answered = asked(method, path, body, department, **query)
    return answered["statusCode"], json.loads(answered["body"])


def asked(method: str, path: str, body: object = None, department: str = MINE, **query: str) -> Json:
    """The whole answer, headers included, of the entry point that API Gateway would hand the request to."""
    headers = {"x-department": department, "content-type": "application/json", "x-govuk-authenticated-user": "someone"}
    point = next((entry for prefix, entry in POINTS if path.startswith(prefix) and path != "/v2/content"), finding)
    return point(_event(method, path, headers, query, body), LambdaContext())


def published(payload: Json, content_id: str | None = None, department: str = MINE) -> str:
    """Put and publish; the content id."""
    content_id = content_id or str(uuid4())
    status, said = http("PUT", f"/v2/content/{content_id}", payload, department)
    assert status == 200, said
    status, said = http("POST", f"/v2/content/{content_id}/publish", {"locale": payload.get("locale", "en")}, department)
    assert status == 200, said
    return content_id


def read_content(path: str, **headers: str) -> tuple[int, Any, Mapping[str, str]]:
    """What the content API answers: status, JSON, headers."""
    answered = content(_event("GET", f"/api/content{path}", headers, {}), LambdaContext())
    return answered["statusCode"], json.loads(answered["body"] or "null"), answered["headers"]


def visit(path: str, method: str = "GET", **headers: str) -> Json:
    """What the site answers."""
    return pages(_event(method, path, headers, {}), None)


def rendered() -> list[str]:
    """Hand every event that the table's outboxes hold now to rendering; their types."""
    said = [event for event in outboxes() if event["type"] in {"platform.ContentPublished.v1", "platform.ContentUnpublished.v1"}]
    for event in said:
        assert deliver(render, CloudEvent.model_validate(event)) == []
    return [event["type"] for event in said]


def spread_and_refreshed(*, again: bool = False) -> int:
    """Hand the events that the table's outboxes hold to spreading, and what that asks for to refreshing; how many that was.

    Each event once, as the bus mostly does; all of them with `again`.
    """
    kinds = {f"platform.{name}.v1" for name in ("ContentPublished", "ContentUnpublished", "LinksChanged")}
    for event in [event for event in outboxes() if event["type"] in kinds and (again or event["id"] not in _SPREAD)]:
        assert deliver(spread, CloudEvent.model_validate(event)) == []
        _SPREAD.add(event["id"])
    count = 0
    while messages := clients.sqs().receive_message(QueueUrl=os.environ["REFRESH_QUEUE"], MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            assert work(refresh, message["Body"]) == []
            clients.sqs().delete_message(QueueUrl=os.environ["REFRESH_QUEUE"], ReceiptHandle=message["ReceiptHandle"])
            count += 1
    return count


def everything() -> list[Json]:
    """All items of the table."""
    return _scanned()


def outboxes() -> list[Json]:
    """The events in all outboxes."""
    found = _scanned(FilterExpression="attribute_exists(outbox)", ProjectionExpression="outbox")
    return [event for item in found for event in json.loads(item["outbox"]["S"])]


def _scanned(**chosen: str) -> list[Json]:
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName=os.environ["TABLE"], **chosen)  # type: ignore[arg-type]  # the shape is the service's own
    return [dict(item) for page in pages for item in page["Items"]]


def ask(event: PlatformEvent, *, version: str = "1", department: str = MINE) -> list[Json]:
    """Hand a request to publishing as the bus does; the messages that will come back."""
    cause = Cause(correlation="tree", department=department, event_id=str(uuid4()), sequence=version.zfill(20))
    return deliver(request, envelop(event, cause))


def deliver(consumer: Any, envelope: CloudEvent) -> list[Json]:
    return work(consumer, json.dumps({"source": envelope.source, "detail-type": envelope.type, "detail": envelope.wire()}))


def work(consumer: Any, body: str) -> list[Json]:
    """Hand a consumer one message of its queue; the messages that will come back."""
    record = {
        "messageId": "1",
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-2:123456789012:queue",
    }
    failures: list[Json] = consumer({"Records": [record]}, LambdaContext())["batchItemFailures"]
    return failures


def quarantined() -> list[str]:
    """Why events were quarantined; each is taken out."""
    messages = clients.sqs().receive_message(QueueUrl=os.environ["QUARANTINE_QUEUE"], MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"])["reason"] for message in messages]


@contextmanager
def calls() -> Iterator[list[str]]:
    """The AWS calls made meanwhile, by operation."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    both = (clients.dynamodb(), clients.s3())
    for client in both:
        client.meta.events.register("before-call", note)
    try:
        yield made
    finally:
        for client in both:
            client.meta.events.unregister("before-call", note)


def _event(method: str, path: str, headers: Mapping[str, str], query: Mapping[str, str], body: object = None) -> Json:
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "queryStringParameters": dict(query),
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
