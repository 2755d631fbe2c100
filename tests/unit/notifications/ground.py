"""A notifications table, its queues and its bucket in a mocked AWS, and a department that declares: what these tests stand on."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import boto3

from functions.common import clients, clock, declarations, keyring, limits, sealing
from functions.common.cause import Cause, because, envelop
from functions.common.table import Table
from functions.notifications import declare, directory, handing_over, turns
from functions.notifications.deliver_email import deliver_email
from functions.notifications.deliver_letter import deliver_letter
from functions.notifications.deliver_text import deliver_text
from functions.notifications.notification import Notification
from functions.notifications.statuses import Status
from functions.notifications.store import messages, sending, template_versions
from functions.notifications.store.lanes import Turn
from functions.notifications.store.table import table
from schemas.envelope import CloudEvent
from schemas.ids import sender_id
from schemas.platform import PlatformEvent
from schemas.sending import Sending
from tests.unit import streams
from tests.unit.mocked import REGION, mocked_aws
from tests.unit.notifications.provider import FakeProvider

DEPARTMENT = "environment-agency"
SERVICE = "5e21f5c0-0000-4000-8000-000000000001"
EMAIL_TEMPLATE = "f4e3d2c1-0000-4000-8000-00000000000e"
TEXT_TEMPLATE = "f4e3d2c1-0000-4000-8000-000000000005"
ANOTHERS_SERVICE = "5e21f5c0-0000-4000-8000-000000000002"
ANOTHERS_TEMPLATE = "f4e3d2c1-0000-4000-8000-0000000000ee"
LETTER_TEMPLATE = "f4e3d2c1-0000-4000-8000-0000000000aa"
LIST = "flood-warnings/065WAF441"
GUEST, GUEST_NUMBER = "guest@example.gov.uk", "07700 900555"
REPLY_TO = sender_id(SERVICE, "reply_to", "floods-team")
TEXT_SENDER = sender_id(SERVICE, "text_sender", "floods")
INBOUND_NUMBER = "447700900900"
CALLBACK = "case-system"

SENDS: dict[str, Any] = {
    "permissions": ["email", "sms", "letter", "inbound_sms"],
    "guestlist": [GUEST, GUEST_NUMBER],
    "reply_to": {"floods-team": {"address": "floods-team@example.gov.uk", "default": True}, "press": {"address": "press@example.gov.uk"}},
    "text_senders": {"floods": {"sender": "Floodline"}, "press": {"sender": "Press"}},
    "contact_blocks": {"office": {"lines": "Environment Agency\nHorizon House\nBristol\nBS1 5AH"}},
    "inbound_numbers": [INBOUND_NUMBER],
    "callbacks": {
        CALLBACK: {"url": "http://127.0.0.1:1/hook", "for": ["delivery", "inbound", "complaint", "returned-letter"]},
        "live-only": {"url": "http://127.0.0.1:1/live", "for": ["delivery"], "key_types": ["live"]},
    },
}
"""What the service floods sends with, as its department's file says it."""

DECLARED: dict[str, Any] = {
    "departments": {
        DEPARTMENT: {"title": "Environment Agency", "contact": "floods-team@example.gov.uk"},
        "communities": {"title": "Communities"},
    },
    "sources": {},
    "emits": {},
    "requests": {},
    "numbers": {INBOUND_NUMBER: SERVICE},
    "services": {
        SERVICE: {
            "department": DEPARTMENT,
            "name": "floods",
            "title": "Flood warnings",
            "keys": {},
            **Sending.model_validate(SENDS).compiled(SERVICE),
        },
        ANOTHERS_SERVICE: {
            "department": "communities",
            "name": "homes",
            "title": "Homes",
            "keys": {},
            **Sending(permissions=["email"]).compiled(ANOTHERS_SERVICE),
        },
    },
    "templates": {
        EMAIL_TEMPLATE: {
            "department": DEPARTMENT,
            "service": SERVICE,
            "title": "Flood warning",
            "channel": "email",
            "subject": "((severity)) at ((area))",
            "body": "# ((severity))\n\n((area))",
            "defaults": {},
            "redact": False,
        },
        TEXT_TEMPLATE: {
            "department": DEPARTMENT,
            "service": SERVICE,
            "title": "Flood warning",
            "channel": "sms",
            "body": "((severity)) at ((area))",
            "defaults": {},
            "redact": False,
        },
        LETTER_TEMPLATE: {
            "department": DEPARTMENT,
            "service": SERVICE,
            "title": "Flood risk",
            "channel": "letter",
            "subject": "Flood risk at ((area))",
            "body": "Dear ((name))\n\nThe risk is ((severity)).",
            "postage": "second",
            "contact_block": sender_id(SERVICE, "contact_block", "office"),
            "defaults": {"name": "resident"},
            "redact": False,
        },
        ANOTHERS_TEMPLATE: {
            "department": "communities",
            "service": ANOTHERS_SERVICE,
            "title": "Your home",
            "channel": "email",
            "subject": "Your home",
            "body": "Come and see",
            "defaults": {},
            "redact": False,
        },
    },
}
QUEUES = {
    "RECEIPTS_QUEUE": "receipts",
    "QUARANTINE_QUEUE": "quarantine",
    "EMAIL_QUEUE": "email",
    "TEXT_QUEUE": "text",
    "LETTER_QUEUE": "letter",
    "CALLBACK_QUEUE": "callback",
    "RECEIVED_QUEUE": "received",
}
_send = turns.send
INDEX_KEYS = ("gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
PROJECTIONS: dict[str, Any] = {
    "gsi1": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["channel", "status", "service_id", "notification_id"]},
    "gsi2": {"ProjectionType": "KEYS_ONLY"},
}
VALUES: dict[str, object] = {"severity": "Severe", "area": "Avon"}


@cache
def _client(name: str, attempts: int = 1) -> Any:
    """A client of the mocked AWS; making one takes longer than most tests, so they are kept."""
    return boto3.client(name, region_name=REGION)  # type: ignore[call-overload]  # a name in a variable fits none of the overloads


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")

    def go_on(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass
class Ground:
    """The mocked AWS, with the few things that several tests do."""

    declared: dict[str, Any]
    provider: FakeProvider = field(default_factory=FakeProvider)
    put_off: list[tuple[datetime, Turn]] = field(default_factory=list)
    """Turns at telling callbacks that come later, and when."""
    _heard: str = ""
    """The number of the last record of the stream that was heard."""

    def sends(self, **changes: Any) -> None:
        """From now on the department's file says this of what the service sends with, beside what it said at first."""
        self.declared["services"][SERVICE] |= Sending.model_validate({**SENDS, **changes}).compiled(SERVICE)
        directory.forget()

    def template(self, template_id: str, **changes: Any) -> None:
        """From now on the department's file says this of a template, and is deployed."""
        self.declared["templates"][template_id] |= changes
        declare.apply()
        self.new()

    def made_over_http(self, service_id: str, department: str = DEPARTMENT) -> None:
        """There is a service that no department's file declares."""
        item = {"pk": keyring.partition(service_id), "sk": "service", "department": department}
        Table("KEYS_TABLE").put(item)

    def said(self) -> list[CloudEvent]:
        """Every event that reached the table's stream, in order: what the relay would put on the bus."""
        return streams.events(streams.records("notifications"))

    def new(self) -> list[CloudEvent]:
        """What was said since this was last asked."""
        records = streams.records("notifications", self._heard)
        if records:
            self._heard = records[-1]["dynamodb"]["SequenceNumber"]
        return streams.events(records)

    def names(self) -> list[str]:
        """The names of what was said since this was last asked."""
        return [event.type.split(".")[1] for event in self.new()]

    def receipts(self) -> list[dict[str, Any]]:
        """The receipts that wait in the queue."""
        return self.queued("receipts", wait=2)

    def quarantined(self) -> list[dict[str, Any]]:
        """What was quarantined."""
        return self.queued("quarantine")

    def queued(self, name: str, wait: int = 0) -> list[dict[str, Any]]:
        """What waits in a queue; it is taken from there."""
        return [body for _, body in self.grouped(name, wait)]

    def grouped(self, name: str, wait: int = 0) -> list[tuple[str | None, dict[str, Any]]]:
        """The same, each with the group that it was put in."""
        queue = clients.sqs().get_queue_url(QueueName=name)["QueueUrl"]
        found = clients.sqs().receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=wait, AttributeNames=["MessageGroupId"]
        )
        for message in found.get("Messages", []):
            clients.sqs().delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [(message.get("Attributes", {}).get("MessageGroupId"), json.loads(message["Body"])) for message in found.get("Messages", [])]

    def send(self, turn: Turn, pause: int = 0) -> None:
        """Put a turn on its way: one that comes later on the tests' own clock."""
        if pause:
            self.put_off.append((clock.now() + timedelta(seconds=pause), turn))
        else:
            _send(turn)

    def turns(self) -> list[dict[str, Any]]:
        """The turns that have come by now; they are taken from where they wait."""
        come = [asdict(turn) for at, turn in self.put_off if at <= clock.now()]
        self.put_off = [(at, turn) for at, turn in self.put_off if at > clock.now()]
        while more := self.queued("callback"):
            come += more
        return come

    def objects(self, prefix: str = "") -> list[str]:
        """The keys in the room's bucket."""
        return [one["Key"] for one in clients.s3().list_objects_v2(Bucket="notifications", Prefix=prefix).get("Contents", [])]

    def object(self, key: str) -> bytes:
        """What the room's bucket holds under a key."""
        return clients.s3().get_object(Bucket="notifications", Key=key)["Body"].read()

    def calls(self, client: Any) -> list[str]:
        """The operations that this client is asked from now on, as they come."""
        made: list[str] = []

        def note(model: Any, **_: Any) -> None:
            made.append(model.name)

        client.meta.events.register("before-call", note)
        return made

    def item(self, pk: str, sk: str) -> dict[str, Any]:
        """An item as it stands, or nothing."""
        return table.get(pk, sk, consistent=True) or {}

    def notification(self, id_: str) -> Notification:
        """A notification of the service, as it is now."""
        found = messages.find(SERVICE, id_)
        assert found
        return found


def event(said: PlatformEvent, department: str = DEPARTMENT) -> CloudEvent:
    """A platform event as if it had just come from the bus."""
    return envelop(said, Cause(correlation=str(uuid4()), department=department))


def deliver(event: Any, context: Any) -> Any:
    """The three senders as one: each message goes to that of its channel."""
    senders = {"email": deliver_email, "sms": deliver_text, "letter": deliver_letter}
    failures = []
    for record in event["Records"]:
        channel = json.loads(record["body"])["detail"]["data"]["channel"]
        failures += senders[channel]({"Records": [record]}, context)["batchItemFailures"]
    return {"batchItemFailures": failures}


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
        "PUBLIC_URL": "https://commonweal.example",
        "PEPPER_SECRET": "pepper",
        "KEYS_TABLE": "keys",
        "CLAIMS": "notifications",
    }
    declared = copy.deepcopy(DECLARED)
    with (
        patch.dict("os.environ", settings),
        mocked_aws(),
        patch.object(declarations, "compiled", lambda: declared),
        patch.object(clients, "_client", _client),
    ):
        forget()
        queues = {name: clients.sqs().create_queue(QueueName=name)["QueueUrl"] for name in ("deliver", *QUEUES.values())}
        clients.secrets().create_secret(Name="pepper", SecretString="a pepper")
        clients.s3().create_bucket(Bucket="notifications", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        clients.dynamodb().create_table(
            TableName="notifications",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", *INDEX_KEYS)],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": index,
                    "KeySchema": [
                        {"AttributeName": f"{index}pk", "KeyType": "HASH"},
                        {"AttributeName": f"{index}sk", "KeyType": "RANGE"},
                    ],
                    "Projection": projection,
                }
                for index, projection in PROJECTIONS.items()
            ],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        clients.dynamodb().create_table(
            TableName="keys",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        made = Ground(declared)
        sealing_key = clients.kms().create_key()["KeyMetadata"]["KeyId"]
        environment = {"SEALING_KEY": sealing_key, **{variable: queues[name] for variable, name in QUEUES.items()}}
        with (
            patch.dict("os.environ", environment),
            patch.object(handing_over, "choose", lambda *_: made.provider),
            patch.object(turns, "send", made.send),
        ):
            declare.apply()
            made.new()
            yield made


def forget() -> None:
    """Forget what a process keeps."""
    directory.forget()
    template_versions.forget()
    sending.forget()
    limits.forget()
    sealing.forget()
    keyring.pepper.cache_clear()
    keyring._kept.clear()


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
        "retention_days": 7,
        "text_prefix": "Flood warnings",
    }
    notification = Notification(**{**fields, **changes, "status": Status(changes.get("status", "created"))})
    with because(Cause(correlation="correlation", department=DEPARTMENT)):
        assert messages.create(notification) is None
    return notification
