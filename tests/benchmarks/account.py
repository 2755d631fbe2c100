"""Every room in one process, its AWS mocked: what calls are counted on, and CPU is measured on.

Departments are those of `infra/departments`. One service has a real key, so that who is asking is found out as in Lambda.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from functions.common import clients, declarations, keyring, limits, sealing
from functions.common.cause import Cause, envelop
from functions.departments.services import DepartmentLine, NewKey, NewService
from functions.departments.store import services as departments
from functions.notifications import declare, directory
from functions.notifications.store import template_versions
from infra import declarations as declared
from schemas.envelope import CloudEvent
from schemas.platform import PlatformEvent
from tests.benchmarks.tokens import notify_token

DEPARTMENT, SERVICE = "environment-agency", "floods"
SCOPES = ["events:emit", "content:write", "notifications:send", "notifications:manage"]
ROOMS = ("bus", "departments", "notifications", "publishing", "data-access")
REGION = "eu-west-2"
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "STAGE": "dev",  # on a laptop a delivery also gives itself a receipt
    "KEYS_TABLE": "departments",
    "PEPPER_SECRET": "pepper",
    "BUCKET": "bodies",
    "CLAIMS": "claims",
    "EMAIL_DOMAIN": "commonweal.example",
    "TEXT_SENDER": "Commonweal",
    "CONFIGURATION_SET": "commonweal",
    "PUBLIC_URL": "https://commonweal.example",
}
INDEXES = ("gsi1", "gsi2")

type Event = dict[str, Any]
type Handler = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Account:
    """The mocked AWS and one service of a department, with its live key."""

    service: str
    key: str

    @property
    def whole_key(self) -> dict[str, str]:
        """The key as most APIs take it."""
        return {"x-api-key": self.key}

    @property
    def token(self) -> dict[str, str]:
        """The key as Notify's clients use it: a JWT, good for half a minute."""
        return notify_token(self.key)


@contextmanager
def account() -> Iterator[Account]:
    """Make it, and forget all that the process keeps."""
    compiled = declared.compile(declared.load())
    with patch.dict("os.environ", SETTINGS), mock_aws(), patch.object(declarations, "compiled", lambda: compiled):
        forget()
        for name in ROOMS:
            _make_table(name)
        boto3.client("secretsmanager").create_secret(Name="pepper", SecretString="a pepper")
        clients.s3().create_bucket(Bucket="bodies", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        kms_key = clients.kms().create_key()["KeyMetadata"]["KeyId"]
        with patch.dict("os.environ", {"SEALING_KEY": kms_key}), room("departments"):
            departments.keep_department(DepartmentLine(slug=DEPARTMENT, title="Environment Agency"))
            service = departments.create_service(DEPARTMENT, NewService(name=SERVICE, title="Floods"), declared=True)
            key = departments.create_key(service, NewKey.model_validate({"name": "live", "type": "live", "scopes": SCOPES}))
        clients.ses().create_email_identity(EmailIdentity=SETTINGS["EMAIL_DOMAIN"])
        with room("notifications"):
            declare.apply()
        yield Account(str(service.id), key.key)
    forget()


@contextmanager
def room(name: str) -> Iterator[None]:
    """What happens meanwhile happens in this room's functions."""
    with patch.dict("os.environ", {"TABLE": name}):
        yield


@contextmanager
def unheard() -> Iterator[None]:
    """Log lines and metrics are written meanwhile as in Lambda, but nobody reads them."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def request(method: str, path: str, headers: Mapping[str, str], body: object = None) -> Event:
    """An HTTP API event (payload 2.0)."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "127.0.0.1:8000", "content-type": "application/json", **headers},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": None if body is None else base64.b64encode(json.dumps(body).encode()).decode(),
        "isBase64Encoded": body is not None,
    }


def call(handler: Handler, event: Event) -> Any:
    """The answer of a handler that may not refuse, its JSON read."""
    answer = handler(event, SimpleNamespace())
    assert answer["statusCode"] < 400, answer
    kind = {name.lower(): value for name, value in answer["headers"].items()}.get("content-type", "")
    return json.loads(answer["body"]) if kind.startswith("application/json") else answer["body"]


def deliver(consumer: Handler, said: PlatformEvent | CloudEvent) -> None:
    """Hand an event to a consumer as the bus does; it may not fail."""
    envelope = said if isinstance(said, CloudEvent) else envelop(said, Cause("tree", DEPARTMENT, "cause", sequence="1"))
    record = {
        "messageId": "1",
        "receiptHandle": "handle",
        "body": json.dumps({"source": envelope.source, "detail-type": envelope.type, "detail": envelope.wire()}),
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:queue",
    }
    assert consumer({"Records": [record]}, SimpleNamespace()) == {"batchItemFailures": []}


def said(kind: type[PlatformEvent]) -> list[CloudEvent]:
    """The events of one type that stand in the outboxes of the room's table."""
    items = clients.dynamodb().scan(TableName=os.environ["TABLE"])["Items"]
    written = [event for item in items if "outbox" in item for event in json.loads(item["outbox"]["S"])]
    return [CloudEvent.model_validate(event) for event in written if event["type"] == kind.type_name()]


def forget() -> None:
    """Drop all that the process keeps, as a new one begins."""
    clients._client.cache_clear()
    keyring.pepper.cache_clear()
    keyring._kept.clear()
    sealing.forget()
    limits.forget()
    directory.forget()
    template_versions.forget()


def _make_table(name: str) -> None:
    attributes = ["pk", "sk", *(f"{index}{part}" for index in INDEXES for part in ("pk", "sk"))]
    clients.dynamodb().create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in attributes],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [{"AttributeName": f"{index}pk", "KeyType": "HASH"}, {"AttributeName": f"{index}sk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in INDEXES
        ],
        BillingMode="PAY_PER_REQUEST",
    )
