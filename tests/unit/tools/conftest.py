import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import boto3
import pytest

from infra.tools.target import Target
from tests.unit.mocked import mocked_aws

PREFIX = "commonweal-local"


class Stage(Target):
    """A small deployment: the bus, one consumer with its queues and its rule."""

    def queue(self, name: str, **attributes: str) -> str:
        return self.sqs.create_queue(QueueName=f"{PREFIX}-{name}", Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]

    def arn(self, url: str) -> str:
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def put(self, queue: str, body: object, **attributes: str) -> str:
        """Put a message into a queue; gives its id."""
        said: Any = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        text = body if isinstance(body, str) else json.dumps(body)
        return self.sqs.send_message(QueueUrl=self.queue_url(f"{PREFIX}-{queue}"), MessageBody=text, MessageAttributes=said)["MessageId"]

    def messages(self, queue: str) -> list[Any]:
        """What can be received from a queue now."""
        url, found = self.queue_url(f"{PREFIX}-{queue}"), list[Any]()
        while received := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get("Messages"):
            found += received
        for message in found:
            self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
        return found


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-2"}.items():
        monkeypatch.setenv(name, value)
    with mocked_aws():
        found = Stage(PREFIX, cast(Callable[[str], Any], boto3.client))
        found.events.create_event_bus(Name=PREFIX)
        dead = found.queue("publishing-render-dead")
        policy = json.dumps({"deadLetterTargetArn": found.arn(dead), "maxReceiveCount": 5})
        work = found.queue("publishing-render", RedrivePolicy=policy)
        for name in ("publishing-render-undelivered", "bus-dead", "bus-relay-failures"):
            found.queue(name)
        rule = f"{PREFIX}-publishing-render"
        pattern = json.dumps({"detail-type": ["platform.ContentPublished.v1"], "replay-name": [{"exists": False}]})
        found.events.put_rule(Name=rule, EventBusName=PREFIX, EventPattern=pattern)
        found.events.put_targets(Rule=rule, EventBusName=PREFIX, Targets=[{"Id": "queue", "Arn": found.arn(work)}])
        # Reading a queue to its end need not take a second here.
        found.sqs.meta.events.register("provide-client-params.sqs.ReceiveMessage", without_waiting)
        yield found


def without_waiting(params: dict[str, Any], **_: object) -> None:
    params["WaitTimeSeconds"] = 0


def delivered(id: str = "e1", type: str = "platform.ContentPublished.v1", **members: object) -> dict[str, Any]:  # noqa: A002
    """An event as EventBridge puts it into a queue."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": "uk.gov.commonweal.publishing",
        "type": type,
        "time": "2026-11-23T09:30:00Z",
    }
    event |= {"correlationid": "c1", "subject": "/flood-warnings/065waf441", "data": {"title": "Secret"}, **members}
    return {"version": "0", "id": "x", "source": event["source"], "detail-type": type, "time": event["time"], "detail": event}
