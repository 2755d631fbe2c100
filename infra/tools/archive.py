"""The archives of a stage's bus: start a replay, take what it gives back from the staging queue, hand it to one consumer.

Every rule leaves replayed events alone but one, which fills the queue `<prefix>-replay`. What is lost from there is still in the archive.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from infra.tools.failures import Failed
from infra.tools.target import Target

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

UNDER_WAY = ("STARTING", "RUNNING")
QUIET = 2
"""Polls of a second that must find nothing after the replay has ended: what it gave back may still be on its way to the queue."""


@dataclass(frozen=True)
class Consumer:
    """Who hears events: its rule's pattern and its queue."""

    name: str
    pattern: dict[str, Any]
    queue_url: str


def consumer(target: Target, name: str) -> Consumer:
    """A consumer such as `publishing.render`. Raises Failed when no rule on the bus is called so."""
    rule = f"{target.prefix}-{name.replace('.', '-').replace('_', '-')}"
    known = patterns(target)
    if rule not in known:
        names = ", ".join(sorted(one.removeprefix(f"{target.prefix}-") for one in known))
        raise Failed(f"No consumer is called {name}: there are {names}.")
    return Consumer(name, known[rule], target.queue_url(rule))


def patterns(target: Target) -> dict[str, dict[str, Any]]:
    """The pattern of every rule that hears live events, by the rule's name."""
    pages = target.events.get_paginator("list_rules").paginate(EventBusName=target.prefix, NamePrefix=f"{target.prefix}-")
    found = {rule["Name"]: json.loads(rule.get("EventPattern", "{}")) for page in pages for rule in page["Rules"]}
    # The replay's own rule wants what is replayed, and a watch has no consumer.
    live = {name: pattern for name, pattern in found.items() if pattern.pop("replay-name", None) != [{"exists": True}]}
    return {name: pattern for name, pattern in live.items() if not name.startswith(f"{target.prefix}-watch-")}


class Wanted:
    """Whether a consumer's rule would match an event: EventBridge itself is asked, once for each source and type where these decide."""

    def __init__(self, target: Target, pattern: dict[str, Any]) -> None:
        self._target = target
        self._pattern = json.dumps(pattern)
        self._decided = pattern.keys() <= {"source", "detail-type"}
        self._answers: dict[tuple[str, str], bool] = {}

    def __call__(self, event: dict[str, Any]) -> bool:
        """Ask about an event as EventBridge delivers it."""
        which = event["source"], event["detail-type"]
        if self._decided and which in self._answers:
            return self._answers[which]
        self._answers[which] = self._target.events.test_event_pattern(EventPattern=self._pattern, Event=json.dumps(event))["Result"]
        return self._answers[which]


def archives(target: Target) -> list[str]:
    """The archives of the bus: the first, and those of types that are kept for a time of their own. Raises Failed while one is replayed."""
    source = target.events.describe_event_bus(Name=target.prefix)["Arn"]
    found, token = [], ""
    while True:
        asked: Any = {"EventSourceArn": source} | ({"NextToken": token} if token else {})
        page = target.events.list_archives(**asked)
        found += [archive["ArchiveName"] for archive in page["Archives"]]
        if not (token := page.get("NextToken", "")):
            break
    for name in found:
        # They would share the staging queue.
        for other in target.events.list_replays(EventSourceArn=_arn(target, name))["Replays"]:
            if other["State"] in UNDER_WAY:
                raise Failed(f"The replay {other['ReplayName']} is still under way: wait for it, or cancel it.")
    return sorted(found)


def start(target: Target, archive_name: str, name: str, since: datetime, until: datetime) -> None:
    """Start a replay of everything that one archive keeps from between two moments."""
    archive = target.events.describe_archive(ArchiveName=archive_name)
    rule = target.events.describe_rule(Name=f"{target.prefix}-replay", EventBusName=target.prefix)
    target.events.start_replay(
        ReplayName=name,
        EventSourceArn=archive["ArchiveArn"],
        EventStartTime=since,
        EventEndTime=until,
        Destination={"Arn": archive["EventSourceArn"], "FilterArns": [rule["Arn"]]},
    )


def _arn(target: Target, archive_name: str) -> str:
    return target.events.describe_archive(ArchiveName=archive_name)["ArchiveArn"]


def staged(target: Target, name: str) -> Iterator[list[dict[str, Any]]]:
    """What a replay gives back, a batch at a time; a batch is deleted from the staging queue when the next is asked for.

    Left-overs of other replays are deleted unseen. Raises Failed when the replay fails.
    """
    url, quiet = target.queue_url(f"{target.prefix}-replay"), 0
    while quiet < QUIET:
        ended = _ended(target, name)
        messages = target.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        quiet = quiet + 1 if ended and not messages else 0
        if messages:
            events = [json.loads(message["Body"]) for message in messages]
            yield [event for event in events if event.get("replay-name") == name]
            _delete(target, url, messages)


def hand_on(target: Target, to: Consumer, event: dict[str, Any]) -> None:
    """Send an event to a consumer's queue, as EventBridge would have delivered it; a message attribute says which replay it is of."""
    attributes: Any = {"replay-name": {"DataType": "String", "StringValue": event["replay-name"]}}
    target.sqs.send_message(QueueUrl=to.queue_url, MessageBody=json.dumps(event, ensure_ascii=False), MessageAttributes=attributes)


def give_up(target: Target, name: str) -> None:
    """End a replay before its time, and empty the staging queue: all of it is still in the archive."""
    if not _ended(target, name):
        target.events.cancel_replay(ReplayName=name)
    target.sqs.purge_queue(QueueUrl=target.queue_url(f"{target.prefix}-replay"))


class Pace:
    """So many a second, and no more."""

    def __init__(self, rate: int) -> None:
        self._pause = 1 / rate
        self._next = time.monotonic()

    def wait(self) -> None:
        """Wait until the next may go."""
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = max(self._next, time.monotonic() - self._pause) + self._pause


def _ended(target: Target, name: str) -> bool:
    found = target.events.describe_replay(ReplayName=name)
    if found["State"] == "FAILED":
        raise Failed(f"The replay failed: {found.get('StateReason', 'no reason is given')}.")
    return found["State"] not in UNDER_WAY


def _delete(target: Target, url: str, messages: "list[MessageTypeDef]") -> None:
    entries: Any = [{"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]} for place, message in enumerate(messages)]
    target.sqs.delete_message_batch(QueueUrl=url, Entries=entries)
