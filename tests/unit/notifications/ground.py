"""A notifications table, its queues and its bucket in a mocked AWS, and a department that declares: what these tests stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import boto3
from moto import mock_aws

from functions.common import clients, clock, declarations
from functions.common.cause import Cause, because, envelop
from functions.notifications import providers, store
from functions.notifications.notification import Notification
from functions.notifications.port import Message, Taken
from schemas.envelope import CloudEvent
from schemas.platform import PlatformEvent

REGION = "eu-west-2"
DEPARTMENT = "environment-agency"
SERVICE = "5e21f5c0-0000-4000-8000-000000000001"
EMAIL_TEMPLATE = "f4e3d2c1-0000-4000-8000-00000000000e"
TEXT_TEMPLATE = "f4e3d2c1-0000-4000-8000-000000000005"
ANOTHERS_SERVICE = "5e21f5c0-0000-4000-8000-000000000002"
ANOTHERS_TEMPLATE = "f4e3d2c1-0000-4000-8000-0000000000ee"
LIST = "flood-warnings/065WAF441"

DECLARED: dict[str, Any] = {
    "departments": {DEPARTMENT: {"title": "Environment Agency"}, "communities": {"title": "Communities"}},
    "sources": {},
    "emits": {},
    "requests": {},
    "services": {
        SERVICE: {"department": DEPARTMENT, "name": "floods", "title": "Flood warnings", "permissions": ["email", "sms"]},
        ANOTHERS_SERVICE: {"department": "communities", "name": "homes", "title": "Homes", "permissions": ["email"]},
    },
    "templates": {
        EMAIL_TEMPLATE: {
            "department": DEPARTMENT,
            "service": SERVICE,
            "title": "Flood warning",
            "channel": "email",
            "subject": "((severity)) at ((area))",
            "body": "# ((severity))\n\n((area))",
        },
        TEXT_TEMPLATE: {
            "department": DEPARTMENT,
            "service": SERVICE,
            "title": "Flood warning",
            "channel": "sms",
            "body": "((severity)) at ((area))",
        },
        ANOTHERS_TEMPLATE: {
            "department": "communities",
            "service": ANOTHERS_SERVICE,
            "title": "Your home",
            "channel": "email",
            "subject": "Your home",
            "body": "Come and see",
        },
    },
}
VALUES: dict[str, object] = {"severity": "Severe", "area": "Avon"}


@cache
def _client(name: str, attempts: int = 1) -> Any:
    """A client of the mocked AWS; making one takes longer than most tests, so they are kept."""
    return boto3.client(name, region_name=REGION)  # type: ignore[call-overload]  # a name in a variable fits none of the overloads


@dataclass
class FakeProvider:
    """Takes messages, or fails as it is told to, first failure first."""

    failures: list[Exception] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Taken:
        """Take a message, or fail."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return Taken("fake", f"reference-{len(self.sent)}", clock.stamp())


@dataclass
class Ground:
    """The mocked AWS, with the few things that several tests do."""

    provider: FakeProvider = field(default_factory=FakeProvider)
    _heard: int = 0

    def said(self) -> list[CloudEvent]:
        """Every event that reached the table's stream, in order: what the relay would put on the bus."""
        streams = _client("dynamodbstreams")
        arn = clients.dynamodb().describe_table(TableName="notifications")["Table"]["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        images = [record["dynamodb"].get("NewImage", {}) for record in streams.get_records(ShardIterator=iterator)["Records"]]
        return [CloudEvent.model_validate(event) for image in images if "outbox" in image for event in json.loads(image["outbox"]["S"])]

    def new(self) -> list[CloudEvent]:
        """What was said since this was last asked."""
        everything = self.said()
        news, self._heard = everything[self._heard :], len(everything)
        return news

    def names(self) -> list[str]:
        """The names of what was said since this was last asked."""
        return [event.type.split(".")[1] for event in self.new()]

    def receipts(self) -> list[dict[str, Any]]:
        """The receipts that wait in the queue."""
        queue = clients.sqs().get_queue_url(QueueName="receipts")["QueueUrl"]
        messages = clients.sqs().receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def quarantined(self) -> list[dict[str, Any]]:
        """What was quarantined."""
        queue = clients.sqs().get_queue_url(QueueName="quarantine")["QueueUrl"]
        messages = clients.sqs().receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def item(self, pk: str, sk: str) -> dict[str, Any]:
        """An item as it stands, or nothing."""
        return store.table.get(pk, sk, consistent=True) or {}

    def notification(self, id_: str) -> Notification:
        """A notification of the service, as it is now."""
        found = store.find(SERVICE, id_)
        assert found
        return found


def event(said: PlatformEvent, department: str = DEPARTMENT) -> CloudEvent:
    """A platform event as if it had just come from the bus."""
    return envelop(said, Cause(correlation=str(uuid4()), department=department))


def handle(handler: Any, *bodies: object) -> list[bool]:
    """Hand messages to a consumer, one batch; for each, whether it was acknowledged."""
    records = [
        {
            "messageId": str(number),
            "receiptHandle": "x",
            "body": json.dumps(_delivered(body) if isinstance(body, CloudEvent) else body),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:deliver",
            "awsRegion": REGION,
        }
        for number, body in enumerate(bodies)
    ]
    failed = {failure["itemIdentifier"] for failure in handler({"Records": records}, SimpleNamespace())["batchItemFailures"]}
    return [str(number) not in failed for number in range(len(bodies))]


def _delivered(envelope: CloudEvent) -> dict[str, object]:
    return {"source": envelope.source, "detail-type": envelope.type, "detail": envelope.wire()}


@contextmanager
def ground() -> Iterator[Ground]:
    """Make it, and forget all that the process keeps."""
    settings = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "TABLE": "notifications",
        "BUCKET": "notifications",
        "EMAIL_DOMAIN": "notifications.example.gov",
        "TEXT_SENDER": "Commonweal",
        "CONFIGURATION_SET": "local",
        "STAGE": "local",
    }
    with (
        patch.dict("os.environ", settings),
        mock_aws(),
        patch.object(declarations, "compiled", lambda: DECLARED),
        patch.object(clients, "_client", _client),
    ):
        store._templates.clear()
        queues = {name: clients.sqs().create_queue(QueueName=name)["QueueUrl"] for name in ("receipts", "quarantine", "deliver")}
        clients.s3().create_bucket(Bucket="notifications", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        clients.dynamodb().create_table(
            TableName="notifications",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        made = Ground()
        environment = {"RECEIPTS_QUEUE": queues["receipts"], "QUARANTINE_QUEUE": queues["quarantine"]}
        with patch.dict("os.environ", environment), patch.object(providers, "choose", lambda _: made.provider):
            yield made


def accepted_email(**changes: Any) -> Notification:
    """An email that the service has asked for, accepted."""
    fields: dict[str, Any] = {
        "id": str(uuid4()),
        "service_id": SERVICE,
        "service_name": "Flood warnings",
        "sender": "floods@notifications.example.gov",
        "channel": "email",
        "key_type": "live",
        "template_id": EMAIL_TEMPLATE,
        "template_version": 1,
        "given_recipient": "jo@example.com",
        "recipient": "jo@example.com",
        "body": "# Severe\n\nAvon",
        "subject": "Severe at Avon",
        "created_at": clock.stamp(),
    }
    notification = Notification(**{**fields, **changes})
    with because(Cause(correlation="correlation", department=DEPARTMENT)):
        assert store.create(notification)
    return notification
