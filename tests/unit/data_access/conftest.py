from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from functions.common import clients, declarations
from functions.data_access import api, append, tiles
from functions.data_access.replica import kept
from tests.unit.mocked import mocked_aws

QUARANTINE = "quarantine"
LISTS = ("citizen-names",)
FIELDS = ["country", "name", "official-name", "citizen-names", "start-date"]


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """The room with its table, bucket and quarantine, and one department that declares the registers `country` and `area`."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "POWERTOOLS_METRICS_NAMESPACE": "Commonweal",
        "TABLE": "registers",
        "BUCKET": "tiles",
        "FUNCTION": "data_access.append",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(declarations, "compiled", lambda: DECLARED)
    # Tries again at once: what is proven is that it tries.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    with mocked_aws():
        clients._client.cache_clear()
        tiles.fetch.cache_clear()
        clients.dynamodb().create_table(
            TableName="registers",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("s3").create_bucket(Bucket="tiles", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        monkeypatch.setenv("QUARANTINE_QUEUE", boto3.client("sqs").create_queue(QueueName=QUARANTINE)["QueueUrl"])
        yield Platform()
    forget_replicas()
    clients._client.cache_clear()
    tiles.fetch.cache_clear()


def forget_replicas() -> None:
    """As in a process that has just begun."""
    while kept._all:
        kept._all.popitem()[1].close()


class Platform:
    """What happens to the room from outside: events delivered by the bus, requests from the web."""

    def submit(  # the parts of an event
        self,
        key: str,
        item: Mapping[str, object],
        *,
        id: str,  # noqa: A002
        version: str | None = None,
        register: str = "country",
        department: str | None = "foreign-office",
    ) -> bool:
        """Deliver a RecordSubmitted; whether it was acknowledged."""
        envelope = {
            "specversion": "1.0",
            "id": id,
            "source": "uk.gov.commonweal.bus",
            "type": "platform.RecordSubmitted.v1",
            "time": "2026-11-23T09:30:00Z",
            "correlationid": f"root-{id}",
            "department": department,
            "sequence": version or id,
            "data": {"register_name": register, "key": key, "item": item},
        }
        delivered = {"source": envelope["source"], "detail-type": envelope["type"], "detail": envelope}
        message = {
            "messageId": id,
            "receiptHandle": "handle",
            "body": json.dumps(delivered),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:eu-west-2:123456789012:{QUARANTINE}",
        }
        return not append.append({"Records": [message]}, SimpleNamespace())["batchItemFailures"]  # type: ignore[arg-type]  # any context will do

    def get(
        self, path: str, query: Mapping[str, object] | None = None, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask over HTTP."""
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": urlencode(query or {}),
            "headers": {"host": "registers.example", **(headers or {})},
            "queryStringParameters": {name: str(value) for name, value in query.items()} if query else None,
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        return Answer(api.api(event, SimpleNamespace()))  # type: ignore[arg-type]  # any context will do

    def quarantined(self) -> list[str]:
        """The reasons in the quarantine queue."""
        received = clients.sqs().receive_message(
            QueueUrl=clients.sqs().get_queue_url(QueueName=QUARANTINE)["QueueUrl"], MaxNumberOfMessages=10
        )
        return [json.loads(message["Body"])["reason"] for message in received.get("Messages", [])]

    def rows(self) -> list[dict[str, Any]]:
        """Everything in the table, as DynamoDB has it."""
        pages = clients.dynamodb().get_paginator("scan").paginate(TableName="registers")
        return [item for page in pages for item in page["Items"]]

    def outbox(self) -> list[dict[str, Any]]:
        """The events that the table's stream would hand to the relay, in the order of their entries."""
        said = [event for row in self.rows() if "outbox" in row for event in json.loads(row["outbox"]["S"])]
        return sorted(said, key=lambda event: int(event["data"]["total_entries"]))


class Answer:
    """An HTTP answer."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.status: int = answer["statusCode"]
        self.headers: dict[str, str] = {name.lower(): value for name, value in answer["headers"].items()}
        self.text: str = answer.get("body") or ""
        self.body: bytes = base64.b64decode(self.text) if answer.get("isBase64Encoded") else self.text.encode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@pytest.fixture
def calls(platform: Platform) -> Callable[[], list[str]]:
    """The AWS calls made since the last time this was asked."""
    made: list[str] = []
    for client in (clients.dynamodb(), clients.s3(), clients.sqs()):
        client.meta.events.register("before-call", lambda model, **_: made.append(model.name))

    def since() -> list[str]:
        found = made.copy()
        made.clear()
        return found

    return since


def _register(title: str, fields: list[str]) -> dict[str, object]:
    return {
        "department": "foreign-office",
        "title": title,
        "description": f"{title}, as the department keeps them",
        "key": fields[0],
        "licence": "Open Government Licence v3.0",
        "fields": [{"field": field, "datatype": "string", "cardinality": "n" if field in LISTS else "1"} for field in fields],
    }


DECLARED: dict[str, Any] = {
    "departments": {},
    "sources": {},
    "emits": {},
    "requests": {},
    "reactions": {},
    "registers": {"country": _register("Countries", FIELDS), "area": _register("Areas", ["area"])},
}
