"""One table, its queues and its bucket in a mocked AWS, and what the departments declare: what the tests of the spine stand on."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber

from functions.common import clients, declarations, keyring, limits, sealing
from functions.common.cause import Cause, envelop
from infra import declarations as departments
from schemas.envelope import CloudEvent
from schemas.platform import PlatformEvent
from tests.unit import streams
from tests.unit.mocked import REGION, mocked_aws

ROOT = Path(__file__).parents[3]
AGENCY = "environment-agency"
FLOODS = "uk.gov.environment-agency.floods"
FLOOD_WARNING = "environment-agency.FloodWarningIssued.v1"
COUNCILS = "uk.gov.communities.local-authorities"
PEPPER = "a pepper that only Secrets Manager knows"

type Members = dict[str, Any]


@dataclass
class Ground:
    """The mocked AWS, with the few things that several tests do."""

    declared: dict[str, Any]
    _heard: str = ""
    """The number of the last record of the stream that was heard."""

    def written(self) -> list[CloudEvent]:
        """Every event that reached the table's stream, in order: what the relay puts on the bus."""
        return streams.events(self.stream())

    def said(self) -> list[CloudEvent]:
        """What was written since this was last asked."""
        records = streams.records("bus", self._heard)
        if records:
            self._heard = records[-1]["dynamodb"]["SequenceNumber"]
        return streams.events(records)

    def stream(self) -> list[Members]:
        """The records of the table's stream, as a relay is given them."""
        return [dict(record) for record in streams.records("bus")]

    def items(self) -> list[Members]:
        """Everything in the table."""
        return [dict(item) for item in clients.dynamodb().scan(TableName="bus")["Items"]]

    def waiting(self, queue: str) -> list[Any]:
        """What waits in a queue, read once."""
        url = clients.sqs().get_queue_url(QueueName=queue)["QueueUrl"]
        found: list[Any] = []
        while messages := clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"]) for message in messages]
        return found

    def calls(self, *clients_asked: Any) -> list[tuple[str, Members]]:
        """The operations that these clients are asked from now on, with their parameters, as they come."""
        made: list[tuple[str, Members]] = []

        def note(params: Members, model: Any, **_: Any) -> None:
            made.append((model.name, params))

        for client in clients_asked:
            client.meta.events.register("provide-client-params", note)
        return made


@contextmanager
def ground() -> Iterator[Ground]:
    """Make it, and forget all that the process keeps."""
    settings = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "FUNCTION": "bus.tested",
        "TABLE": "bus",
        "BUS": "commonweal",
        "CLAIMS": "claims",
        "PEPPER_SECRET": "pepper",
        "STAGE": "local",
        "SUBSCRIPTION_QUEUES": f"arn:aws:sqs:{REGION}:123456789012:commonweal-local-to-",
    }
    declared = copy.deepcopy(_declared())
    with patch.dict("os.environ", settings), mocked_aws(), patch.object(declarations, "compiled", lambda: declared):
        forget()
        make_table("bus")
        queues = {name: clients.sqs().create_queue(QueueName=name)["QueueUrl"] for name in ("work", "quarantine", "failures")}
        clients.s3().create_bucket(Bucket="claims", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        boto3.client("secretsmanager").create_secret(Name="pepper", SecretString=PEPPER)
        with patch.dict("os.environ", {"QUARANTINE_QUEUE": queues["quarantine"], "RELAY_FAILURES": queues["failures"]}):
            yield Ground(declared)
    forget()


def make_table(name: str) -> None:
    """A table as every room has one."""
    clients.dynamodb().create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in ("pk", "sk", "gsi1pk", "gsi1sk")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "gsi1",
                "KeySchema": [{"AttributeName": "gsi1pk", "KeyType": "HASH"}, {"AttributeName": "gsi1sk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def forget() -> None:
    """A new process."""
    clients._client.cache_clear()
    keyring.pepper.cache_clear()
    limits.forget()
    sealing.forget()


@cache
def _declared() -> dict[str, Any]:
    """What the departments declare, with what none of them does yet: a webhook, a queue, and a request of their own."""
    declared = departments.compile(departments.load())
    declared["webhooks"][AGENCY] = {"operations": {"url": "https://operations.example.gov.uk/events"}}
    declared["queues"][AGENCY] = {"archive": {"arn": f"arn:aws:sqs:{REGION}:123456789012:work"}}
    declared["requests"]["platform.NotificationRequested.v1"] = {FLOODS: AGENCY}
    return declared


def sample(name: str = "environment-agency/FloodWarningIssued/severe", /, **changes: Any) -> Members:
    """A sample event's members, with these in the place of its own; None leaves one out."""
    members: Members = {**json.loads((ROOT / "events" / f"{name}.json").read_bytes()), **changes}
    return {attribute: value for attribute, value in members.items() if value is not None}


def heard(said: PlatformEvent, department: str | None = AGENCY, **changes: Any) -> Members:
    """A platform event's members as they come from the bus."""
    return {**envelop(said, Cause(correlation="tree", department=department)).wire(), **changes}


def delivered(members: Members, **changes: Any) -> Members:
    """What EventBridge puts in a queue for an event; `changes` are to what EventBridge itself says."""
    return {"version": "0", "source": members["source"], "detail-type": members["type"], "detail": members, **changes}


def record(body: object, *, message_id: str = "1", tries: int = 1, handle: str = "handle", sent: int | None = None) -> Members:
    """A message of the queue `work`, as Lambda is given it."""
    return {
        "messageId": message_id,
        "receiptHandle": handle,
        "body": body if isinstance(body, str) else json.dumps(body, ensure_ascii=False),
        "attributes": {"ApproximateReceiveCount": str(tries), **({"SentTimestamp": str(sent)} if sent is not None else {})},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:work",
        "awsRegion": REGION,
    }


def deliver(handler: Callable[..., Any], *bodies: object) -> list[bool]:
    """Hand messages to a consumer, one batch; for each, whether it was acknowledged."""
    records = [record(body, message_id=str(number)) for number, body in enumerate(bodies)]
    failed = {failure["itemIdentifier"] for failure in handler({"Records": records}, SimpleNamespace())["batchItemFailures"]}
    return [str(number) not in failed for number in range(len(bodies))]


def lose_answer(operation: str) -> None:
    """Let DynamoDB apply the next call of this operation, and its answer get lost: the SDK tries again by itself."""
    left = [operation]

    def apply_and_lose(request: Any, **_: Any) -> None:
        if not left:
            return
        left.clear()
        botocore_stubber(f"before-send.dynamodb.{operation}", request=request)
        raise ReadTimeoutError(endpoint_url=request.url)

    clients.dynamodb().meta.events.register_first(f"before-send.dynamodb.{operation}", apply_and_lose)
