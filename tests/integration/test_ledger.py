"""The ledger: with every hop broken at random, every event is accounted for, and none has its effect twice."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from schemas.messages import FINAL_STATUSES
from tests.integration.faults import Fault, Kind, eventually
from tests.integration.stack import Event, Stack, warning, within
from tests.integration.test_one_event_does_all_three import subscribe
from tests.integration.test_when_things_go_wrong import entries

pytestmark = pytest.mark.without_iam

STATUS = "platform.NotificationStatusChanged.v1"
HEARD_BY = {
    "environment-agency.FloodWarningIssued.v1": ("bus.reactions", "bus.share"),
    "platform.ForwardRequested.v1": ("bus.forward",),
    "platform.ContentPublishRequested.v1": ("publishing.request",),
    "platform.ContentPublished.v1": ("publishing.render",),
    "platform.NotificationRequested.v1": ("notifications.request",),
    "platform.NotificationAccepted.v1": ("notifications.dispatch", "notifications.deliver_email"),
    STATUS: ("notifications.tally", "notifications.announce"),
    "platform.RecordSubmitted.v1": ("data_access.append",),
}
"""Who ends each type of event, all of them: the second of an acceptance has it from the first."""
FINAL = frozenset({"applied", "stale", "quarantined"})
AREAS = [f"106FWF{number:03}" for number in range(12)]
CALLS = ("AWSEvents.PutEvents", "DynamoDB_20120810.PutItem", "DynamoDB_20120810.UpdateItem", "DynamoDB_20120810.TransactWriteItems")


def faults(chance: random.Random) -> list[Fault]:
    kinds: tuple[Kind, ...] = ("drop answer", "throttle", "duplicate", "delay")
    broken = [Fault(chance.choice(kinds), chance.choice(CALLS), times=chance.randint(1, 3), seconds=0.2) for _ in range(40)]
    # A write that is applied twice behind the SDK's back has no second answer to recognise: only its own condition holds it.
    return [fault for fault in broken if not (fault.kind == "duplicate" and "DynamoDB" in fault.call)]


def ends(stack: Stack, entry: str) -> Counter[tuple[str | None, str]]:
    """How often a consumer reported each outcome of each event."""
    return Counter((line.get("event_id"), line["outcome"]) for line in stack.outcomes(entry))


def who_hears(hop: dict[str, Any]) -> tuple[str, ...]:
    """The consumers of this event. That a message is on its way, none but the journal hears."""
    if hop["type"] == STATUS and json.loads(hop["data"])["status"] not in FINAL_STATUSES:
        return ()
    return HEARD_BY.get(hop["type"], ())


def unaccounted(stack: Stack, hops: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The consumers that have reported no end of an event which they hear, and its id."""
    heard = [(entry, hop["id"]) for hop in hops for entry in who_hears(hop)]
    reported = {entry: ends(stack, entry) for entry, _ in heard}
    return [(entry, id_) for entry, id_ in heard if not any(reported[entry][id_, outcome] for outcome in FINAL)]


def test_every_event_ends_as_applied_stale_or_quarantined_and_none_twice(stack: Stack) -> None:
    chance = random.Random(20261123)  # the same run each time
    for area in AREAS:
        subscribe(stack, area, email_address=f"ledger-{area.lower()}@example.com")
    sent: list[Event] = []
    with stack.proxy.broken(*faults(chance)):
        for area in AREAS:
            event = warning(area=area)
            sent.append(event)
            assert eventually(lambda event=event: stack.emit(event).status_code == 202, 30)  # type: ignore[misc]
            if chance.random() < 0.5:
                stack.emit(event)
        poison = warning(area="106FWF999", severityLevel="poison")
        stack.put(poison)
        for area in AREAS:
            assert within(180, lambda area=area: entries(stack, area) == 1), area  # type: ignore[misc]
            assert within(180, lambda area=area: bool(stack.emails(f"ledger-{area.lower()}@example.com"))), area  # type: ignore[misc]
    stack.settle(120)

    hops = [hop for event in [*sent, poison] for hop in stack.tree(event["id"])]
    assert eventually(lambda: not unaccounted(stack, hops), 60), unaccounted(stack, hops)
    assert ends(stack, "bus.reactions")[poison["id"], "quarantined"]
    for area in AREAS:
        assert len(stack.emails(f"ledger-{area.lower()}@example.com")) == 1
        assert entries(stack, area) == 1
    said = Counter((hop["type"], hop["id"]) for hop in hops)
    assert set(said.values()) == {1}
