"""Laws 2 and 3, whatever happens in whatever order: outbox, relay, consumer and claim, run against a plain model.

What is real: a room's table and its stream, the relay, a consumer and the claim. What is not: the bus, the queues and the provider, which
do what hypothesis tells them, and the clock. A notification is accepted, told to the bus, claimed, handed to its provider, and heard of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from unittest.mock import patch

import boto3
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from moto.core.models import botocore_stubber

from functions.bus import relay
from functions.common import clients, clock
from functions.common.failures import Stale
from functions.common.log import logger
from functions.notifications.port import Message, NotTaken, Rejected, Taken, Unanswered
from functions.notifications.receipt import Receipt
from functions.notifications.statuses import Status
from functions.notifications.store import messages
from tests.laws import examples
from tests.unit.notifications import ground as notifications

type Members = dict[str, Any]

LEASE = 60
RECEIPTS = ("delivered", "temporary-failure", "permanent-failure")

indexes = st.integers(0, 99)
"""Which one of those there are: taken modulo how many."""
lost_answers = st.sets(st.integers(0, 3), max_size=2)
"""Which of the calls of one invocation lose their answer after DynamoDB has applied them."""


class Killed(BaseException):
    """The worker is gone in the middle of it: nothing of ours catches this."""


@dataclass
class Known:
    """What the plain model says of one notification."""

    history: list[str] = field(default_factory=lambda: ["accepted"])
    held_until: datetime | None = None
    effects: int = 0

    @property
    def status(self) -> str:
        return "created" if self.history[-1] == "accepted" else self.history[-1]

    @property
    def is_open(self) -> bool:
        return self.status == "created"


@dataclass
class Wire:
    """The calls to DynamoDB of one invocation: which lose their answers, and from when on none comes through."""

    lost: Set[int] = frozenset()
    unreachable: bool = False
    _calls: int = 0

    def begin(self, lost: Set[int] = frozenset()) -> None:
        """An invocation begins."""
        self.lost, self.unreachable, self._calls = lost, False, 0

    def carry(self, request: Any, event_name: str, **_: Any) -> None:
        """Before botocore sends: raise as a broken connection does, after the call was applied or before."""
        if self.unreachable:
            raise ConnectTimeoutError(endpoint_url=request.url)
        number, self._calls = self._calls, self._calls + 1
        if number in self.lost:
            botocore_stubber(event_name, request=request)
            raise ReadTimeoutError(endpoint_url=request.url)


@dataclass
class Provider:
    """Does what it is told to; what may have left is counted."""

    wire: Wire
    outcome: str = "taken"
    calls: int = 0
    sent: int = 0

    def send(self, _: Message) -> Taken:
        self.calls += 1
        if self.outcome in ("taken", "taken, then unreachable", "unanswered", "killed after"):
            self.sent += 1
        match self.outcome:
            case "not taken":
                raise NotTaken("throttled")
            case "rejected":
                raise Rejected("MessageRejected")
            case "unanswered":
                raise Unanswered("timeout")
            case "killed before" | "killed after":
                raise Killed
            case "taken, then unreachable":
                self.wire.unreachable = True
        return Taken("fake", f"reference-{self.calls}-{id(self)}", clock.stamp())


OUTCOMES = ("taken", "taken, then unreachable", "not taken", "rejected", "unanswered", "killed before", "killed after")


class Bus:
    """Takes, throttles, refuses, loses its answer, or sees its caller die; so does the failure queue, but for refusing."""

    def __init__(self, machine: Laws, answers: list[str], keeps: bool) -> None:
        self.machine, self.answers, self.keeps = machine, answers, keeps

    def put_events(self, *, Entries: list[Members]) -> Members:  # noqa: N803  # boto3's own name
        answer = self.answers.pop(0) if self.answers else "taken"
        results: list[Members] = []
        for number, entry in enumerate(Entries):
            code = {"throttled": "ThrottlingException", "refused": "MalformedDetail"}.get(answer) if number % 2 == 0 else None
            results.append({"ErrorCode": code} if code else {"EventId": "x"})
            if code is None and answer != "unreached":
                self.machine.arrive(json.loads(entry["Detail"]))
        if answer in ("unreached", "answer lost"):
            raise ReadTimeoutError(endpoint_url="https://events")
        if answer == "killed":
            raise Killed
        return {"Entries": results}

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803  # boto3's own names
        if not self.keeps:
            raise ConnectTimeoutError(endpoint_url=QueueUrl)
        self.machine.failures.append(json.loads(json.loads(MessageBody)["Detail"]))


class Laws(RuleBasedStateMachine):
    """The model, and what can happen. `aws` is shared by all runs; ids are not."""

    aws: ClassVar[notifications.Ground]
    wire: ClassVar[Wire]
    now: ClassVar[datetime] = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    shard: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Known] = {}
        self.said: list[Members] = []
        self.unrelayed: list[Members] = []
        self.relayed: list[Members] = []
        self.bus: list[Members] = []
        self.failures: list[Members] = []
        self.waiting: list[Members] = []
        self.acknowledged: list[Members] = []
        self.wire.begin()
        self.pull()
        self.said, self.unrelayed = [], []

    def pull(self) -> None:
        """What was written since the last time stands in the stream, whether or not the writer lived to see it."""
        self.wire.begin()
        answer = boto3.client("dynamodbstreams").get_records(ShardIterator=self.shard)
        type(self).shard = answer["NextShardIterator"]
        records = [dict(record) for record in answer["Records"]]
        self.unrelayed += records
        for record in records:
            said = json.loads(record["dynamodb"].get("NewImage", {}).get("outbox", {"S": "[]"})["S"])
            # A write without a condition whose answer was lost is applied again: the same events, under the same ids.
            self.said += [event for event in said if event["id"] not in {known["id"] for known in self.said}]

    def arrive(self, event: Members) -> None:
        """The bus has an event, and gives it to whom it concerns."""
        self.bus.append(event)
        if event["type"] == "platform.NotificationAccepted.v1":
            self.waiting.append(event)

    # What can happen

    @rule(lost=lost_answers)
    def accept(self, lost: set[int]) -> None:
        self.wire.begin(lost)
        notification = notifications.accepted_email()
        self.known[notification.id] = Known()
        self.pull()

    @precondition(lambda self: self.known)
    @rule(which=indexes, lost=lost_answers)
    def accept_again(self, which: int, lost: set[int]) -> None:
        held = self.aws.notification(self.pick(list(self.known), which))
        self.wire.begin(lost)
        before = messages.create(held)
        assert before
        assert before.id == held.id
        self.pull()

    @precondition(lambda self: self.unrelayed)
    @rule(
        most=st.integers(1, 12),
        answers=st.lists(st.sampled_from(["taken", "throttled", "refused", "unreached", "answer lost", "killed"]), max_size=7),
        keeps=st.booleans(),
    )
    def relay(self, most: int, answers: list[str], keeps: bool) -> None:
        records = self.unrelayed[:most]
        if self.run_relay(records, answers, keeps):
            self.unrelayed = self.unrelayed[most:]
            self.relayed += records

    @precondition(lambda self: self.relayed)
    @rule(which=indexes, most=st.integers(1, 5))
    def relay_again(self, which: int, most: int) -> None:
        start = which % len(self.relayed)
        self.run_relay(self.relayed[start : start + most], [], keeps=True)

    @precondition(lambda self: self.waiting)
    @rule(which=indexes, outcome=st.sampled_from(OUTCOMES), lost=lost_answers)
    def deliver(self, which: int, outcome: str, lost: set[int]) -> None:
        message = self.pick(self.waiting, which)
        if self.run_delivery(message, outcome, lost):
            self.waiting.remove(message)
            self.acknowledged.append(message)

    @precondition(lambda self: self.acknowledged)
    @rule(which=indexes, outcome=st.sampled_from(OUTCOMES))
    def deliver_again(self, which: int, outcome: str) -> None:
        self.run_delivery(self.pick(self.acknowledged, which), outcome, set())

    @rule(seconds=st.sampled_from([1, 20, LEASE, LEASE + 1]))
    def pass_time(self, seconds: int) -> None:
        type(self).now += timedelta(seconds=seconds)

    @precondition(lambda self: any("sending" in known.history for known in self.known.values()))
    @rule(which=indexes, status=st.sampled_from(RECEIPTS), lost=lost_answers)
    def receive_a_receipt(self, which: int, status: str, lost: set[int]) -> None:
        id_ = self.pick([id_ for id_, known in self.known.items() if "sending" in known.history], which)
        notification, known = self.aws.notification(id_), self.known[id_]
        receipt = Receipt("email", str(notification.provider_reference), Status(status), self.now, "said so")
        self.wire.begin(lost)
        if known.status == "sending":
            messages.record_receipt(notification, receipt)
            known.history.append(status)
        else:
            try:
                messages.record_receipt(notification, receipt)
            except Stale:
                pass
            else:
                raise AssertionError(f"{status} came after {known.status}")
        self.pull()

    # What must hold

    @invariant()
    def law_2_the_bus_says_what_the_state_says_and_nothing_is_lost(self) -> None:
        on_its_way = [event for record in self.unrelayed for event in outbox(record)]
        assert ids(self.said) == ids(self.bus) | ids(self.failures) | ids(on_its_way)

    @invariant()
    def law_2_state_and_events_never_disagree(self) -> None:
        for id_, known in self.known.items():
            told = [event["data"].get("status", "accepted") for event in self.said if event["data"]["notification_id"] == id_]
            assert told == known.history

    @invariant()
    def law_3_what_is_not_settled_will_come_again(self) -> None:
        coming = [*self.waiting, *self.failures, *(event for record in self.unrelayed for event in outbox(record))]
        expected = {event["data"]["notification_id"] for event in coming}
        assert {id_ for id_, known in self.known.items() if known.is_open} <= expected

    @invariant()
    def law_3_nothing_leaves_twice(self) -> None:
        assert all(known.effects <= 1 for known in self.known.values())

    def teardown(self) -> None:
        """In the end everything is settled, and the table says so."""
        while self.unrelayed:
            self.run_relay(self.unrelayed[:10], [], keeps=True)
            self.unrelayed = self.unrelayed[10:]
        for event in [*self.waiting, *self.failures]:
            if event["type"] == "platform.NotificationAccepted.v1":
                type(self).now += timedelta(seconds=LEASE + 1)
                assert self.run_delivery(event, "taken", set())
        for id_, known in self.known.items():
            assert not known.is_open
            assert self.aws.notification(id_).status == known.status
            assert known.effects <= 1

    # How it happens

    def run_relay(self, records: list[Members], answers: list[str], keeps: bool) -> bool:
        """Hand records to the relay; whether it finished them."""
        bus = Bus(self, list(answers), keeps)
        with patch.object(clients, "events", lambda: bus), patch.object(clients, "sqs", lambda: bus):
            try:
                relay.relay({"Records": records}, None)
            except (Killed, ConnectTimeoutError):
                return False
        return True

    def run_delivery(self, message: Members, outcome: str, lost: set[int]) -> bool:
        """Hand a message to the consumer, and see that it does what the model says it should; whether it was acknowledged."""
        known = self.known[message["data"]["notification_id"]]
        provider = Provider(self.wire, outcome)
        self.aws.provider = provider  # type: ignore[assignment]  # it stands at the same port
        self.wire.begin(lost)
        body = {"source": message["source"], "detail-type": message["type"], "detail": message}
        try:
            [acknowledged] = notifications.handle(notifications.deliver, body)
        except Killed:
            acknowledged = False
        known.effects += provider.sent
        assert (acknowledged, provider.calls) == self.expect(known, outcome)
        self.pull()
        return acknowledged

    def expect(self, known: Known, outcome: str) -> tuple[bool, int]:
        """What the plain model says of a delivery: whether it is acknowledged, and how often the provider is called."""
        if not known.is_open:
            return True, 0
        if known.held_until:
            if known.held_until > self.now:
                return False, 0
            known.history.append("technical-failure")
            return True, 0
        match outcome:
            case "taken":
                known.history.append("sending")
            case "rejected" | "unanswered":
                known.history.append("technical-failure")
            case "not taken":
                return False, 1
            case _:
                known.held_until = self.now + timedelta(seconds=LEASE)
                return False, 1
        return True, 1

    @staticmethod
    def pick[One](those: list[One], which: int) -> One:
        return those[which % len(those)]


def outbox(record: Members) -> list[Members]:
    said: list[Members] = json.loads(record["dynamodb"].get("NewImage", {}).get("outbox", {"S": "[]"})["S"])
    return said


def ids(events: list[Members]) -> set[str]:
    return {event["id"] for event in events}


@contextmanager
def world() -> Iterator[None]:
    """The mocked AWS, with a wire that may break, and the model's clock."""
    with notifications.ground() as aws, patch.object(clock, "now", lambda: Laws.now), patch("functions.common.consumer._pause"):
        wire = Wire()
        clients.dynamodb().meta.events.register_first("before-send.dynamodb", wire.carry)
        arn = clients.dynamodb().describe_table(TableName="notifications")["Table"]["LatestStreamArn"]
        streams = boto3.client("dynamodbstreams")
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        Laws.aws, Laws.wire = aws, wire
        Laws.shard = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        quiet = patch.multiple(logger, info=lambda *_, **__: None, warning=lambda *_, **__: None)
        environment = patch.dict("os.environ", {"BUS": "commonweal", "RELAY_FAILURES": "https://failures"})
        with patch("botocore.endpoint.time.sleep"), patch("functions.bus.relay.time.sleep"), quiet, environment:
            yield


def test_whatever_happens_the_laws_hold() -> None:
    with world():
        run_state_machine_as_test(Laws, settings=settings(max_examples=examples(8), stateful_step_count=40))
