"""The floor of one hop on the same emulator: an event on a bus of its own, a rule, a queue, and a handler that notes the time."""

from __future__ import annotations

import io
import json
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from infra.local.platform import Aws

NAME = "bare-hop"
HANDLER = """
import json, os, time

def handler(event, context):
    now = time.time()
    with open(os.environ["NOTES"], "a") as notes:
        for record in event["Records"]:
            notes.write(json.loads(record["body"])["detail"]["id"] + " " + str(now) + "\\n")
"""


@dataclass(frozen=True)
class BareHop:
    """A hop that can be taken; `taken` says how long each took, in seconds."""

    aws: Aws
    notes: Path
    sent: dict[str, float] = field(default_factory=dict)

    def take(self) -> None:
        """Put one event on the bus."""
        identity = str(uuid4())
        self.sent[identity] = time.time()
        entry = {"EventBusName": NAME, "Source": NAME, "DetailType": NAME, "Detail": json.dumps({"id": identity})}
        self.aws.client("events").put_events(Entries=[entry])  # type: ignore[list-item]  # a dictionary is what it takes

    def taken(self) -> list[float]:
        """How long each took, from before PutEvents to the handler's first line. Those under way are left out."""
        noted = (line.split() for line in self.notes.read_text().splitlines())
        return [float(at) - self.sent[identity] for identity, at in noted if identity in self.sent]


def build(aws: Aws, folder: Path) -> BareHop:
    """Make bus, rule, queue and function, and take the hop until it is warm."""
    notes = folder / "notes"
    notes.touch()
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("hop.py", HANDLER)
    queue = aws.client("sqs").create_queue(QueueName=NAME)["QueueUrl"]
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("events").create_event_bus(Name=NAME)
    aws.client("events").put_rule(Name=NAME, EventBusName=NAME, EventPattern=json.dumps({"source": [NAME]}))
    aws.client("events").put_targets(Rule=NAME, EventBusName=NAME, Targets=[{"Id": "queue", "Arn": arn}])
    functions = aws.client("lambda")
    functions.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/commonweal-local-bus-journal",
        Handler="hop.handler",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"NOTES": str(notes)}},
    )
    functions.create_event_source_mapping(FunctionName=NAME, EventSourceArn=arn, BatchSize=10)
    hop = BareHop(aws, notes)
    while len(hop.taken()) < 3:
        hop.take()
        time.sleep(0.3)
    return hop
