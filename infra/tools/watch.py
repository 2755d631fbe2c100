"""`commonweal watch`: the events on the bus, as they pass."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from infra.tools.screen import screen
from infra.tools.target import StageName, target

if TYPE_CHECKING:
    from rich.text import Text

    from infra.tools.target import Target

FIELDS = ("time", "type", "department", "correlationid", "id", "subject")
"""What of an event leaves the bus for whoever watches: its envelope, never its data. The subject, which may hold anything, is last."""
BETWEEN = " | "
EVERYTHING = {"source": [{"prefix": ""}], "replay-name": [{"exists": False}]}
"""What happens now, that is: a replay gives nobody but its consumer anything."""
LONGEST = timedelta(hours=12)
"""A watch ends itself; what one that was killed has left behind is older, and cleared away by the next."""


def watch(stage: StageName = "local") -> None:
    """Show each event that passes on the bus: time, type, subject, department, correlation id. Never its data. Ctrl-C ends it."""
    deployed = target(stage)
    to = screen()
    ends = datetime.now(UTC) + LONGEST
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with listening(deployed) as url:
            to.print(f"Watching {deployed.prefix}. Ctrl-C ends it.", style="dim")
            while datetime.now(UTC) < ends:
                for seen in receive(deployed, url):
                    to.print(seen.line(), soft_wrap=True)
    except KeyboardInterrupt:
        return


@dataclass(frozen=True)
class Seen:
    """The envelope of an event that passed."""

    time: str
    type: str
    department: str
    correlationid: str
    id: str
    subject: str

    @classmethod
    def of(cls, body: str) -> Self:
        """What the rule's template makes of an event; a field that it does not have is left empty."""
        parts = body.strip().removeprefix('"').removesuffix('"').split(BETWEEN, len(FIELDS) - 1)
        parts += [""] * (len(FIELDS) - len(parts))
        return cls(*("" if part in ("null", f"<{name}>") else part for name, part in zip(FIELDS, parts, strict=True)))

    @property
    def _owner(self) -> str:
        owner = self.type.partition(".")[0]
        return "-" if owner == "platform" else owner

    def line(self) -> "Text":
        """One line of it."""
        from rich.text import Text

        clock = self.time.partition("T")[2].rstrip("Z")[:12].ljust(12)
        return Text.assemble(
            (clock, "dim"),
            ("  " + self.type.ljust(44), "bold"),
            f"  {self.subject or '-'}  {self.department or self._owner}  ",
            (self.correlationid or self.id, "dim"),
        )


@contextmanager
def listening(deployed: "Target") -> Iterator[str]:
    """A queue that hears every envelope, and its rule; both are gone afterwards. Gives the queue's URL."""
    sweep(deployed)
    # The fraction of a second tells two watches apart that begin in the same one.
    name = f"{deployed.prefix}-watch-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    try:
        rule = deployed.events.put_rule(
            Name=name, EventBusName=deployed.prefix, EventPattern=json.dumps(EVERYTHING), Description="commonweal watch"
        )["RuleArn"]
        yield _queue(deployed, name, rule)
    finally:
        remove(deployed, name)


def sweep(deployed: "Target") -> None:
    """Remove what watches have left behind that nobody ended."""
    prefix = f"{deployed.prefix}-watch-"
    oldest = f"{prefix}{datetime.now(UTC) - LONGEST:%Y%m%dT%H%M%S%f}"
    for rule in deployed.events.list_rules(EventBusName=deployed.prefix, NamePrefix=prefix)["Rules"]:
        if rule["Name"] < oldest:
            remove(deployed, rule["Name"])


def remove(deployed: "Target", name: str) -> None:
    """Remove the rule and the queue of a watch, whatever of them there is."""
    with suppress(deployed.events.exceptions.ResourceNotFoundException):
        deployed.events.remove_targets(Rule=name, EventBusName=deployed.prefix, Ids=["queue"])
        deployed.events.delete_rule(Name=name, EventBusName=deployed.prefix)
    with suppress(deployed.sqs.exceptions.QueueDoesNotExist):
        deployed.sqs.delete_queue(QueueUrl=deployed.sqs.get_queue_url(QueueName=name)["QueueUrl"])


def receive(deployed: "Target", url: str) -> list[Seen]:
    """What has passed since; waits for it a second at most, so that Ctrl-C is heard soon."""
    messages = deployed.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    if messages:
        entries: Any = [{"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]} for place, message in enumerate(messages)]
        deployed.sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return sorted((Seen.of(message["Body"]) for message in messages), key=lambda seen: seen.time)


def _queue(deployed: "Target", name: str, rule: str) -> str:
    url = deployed.sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": "300"})["QueueUrl"]
    arn = deployed.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    deployed.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [allowed]})})
    # The data, which may be personal, stays on the bus: only these fields are put into the message. As text, since in a JSON template a
    # field that is not there would leave a hole.
    deployed.events.put_targets(
        Rule=name,
        EventBusName=deployed.prefix,
        Targets=[
            {
                "Id": "queue",
                "Arn": arn,
                "InputTransformer": {
                    "InputPathsMap": {field: f"$.detail.{field}" for field in FIELDS},
                    "InputTemplate": f'"{BETWEEN.join(f"<{field}>" for field in FIELDS)}"',
                },
            }
        ],
    )
    return url
