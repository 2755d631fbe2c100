"""How long it takes from an event in to its email handed over, on the local stack: the whole way through bus, reactions and delivery."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from infra.local.trace import journal
from tests.benchmarks.bare_hop import BareHop
from tests.benchmarks.local_stack import LocalStack, warning
from tests.benchmarks.report import Section, spread

EVENTS, A_SECOND, AREAS, WARMING = 200, 3.0, 20, 12
RECIPIENT = "somebody@example.com"

STEPS = {
    "202": "`POST /events` answered",
    "NotificationRequested": "the reaction has said `NotificationRequested`",
    "NotificationAccepted": "`NotificationAccepted` is said",
    "email": "**the email is handed over**",
}


def measure(stack: LocalStack, hop: BareHop, events: int = EVENTS) -> Section:
    """One event after another, a few a second, each to the one subscriber of one of a few areas; between them, one bare hop each."""
    areas = [f"900FWF{number:03}" for number in range(AREAS)]
    for area in areas:
        stack.subscribe(area, RECIPIENT)
    for number in range(WARMING):
        stack.send(warning(areas[number % AREAS], f"Warming {number}"))
        time.sleep(1 / A_SECOND)
    stack.settle()
    hop.sent.clear()
    sent = {}
    for number in range(events):
        began = time.monotonic()
        event = warning(areas[number % AREAS], f"Place {number}")
        at = time.time()
        stack.send(event)
        sent[f"Place {number}"] = str(event["id"]), at, time.time()
        time.sleep(max(0.0, began + 0.7 / A_SECOND - time.monotonic()))
        hop.take()
        time.sleep(max(0.0, began + 1 / A_SECOND - time.monotonic()))
    stack.settle()
    steps = _steps(stack, sent)
    return Section(
        title="From an event in to its email handed over",
        how=f"{events} flood warnings, one after another, about {A_SECOND:.0f} a second, on the local stack, from `POST /events` to the "
        "time at which the emulator's SES has the email. Each is also published, recorded and journalled meanwhile. "
        f"The first {WARMING} warm the stack and are not counted. The way has three hops from table to stream to relay to bus to queue to "
        "handler; the floor is one bare hop from bus to queue to a handler that only notes the time, on the same emulator, between the "
        "events. To reach: a p95 of 500 ms.",
        columns=("ms since the event was sent, until", "p50", "p95", "longest"),
        rows=[
            spread("*floor: one bare hop*", hop.taken()),
            *(spread(shown, steps[step]) for step, shown in STEPS.items()),
            ("*published: GOV.UK Notify's promise*", "", "10,000", ""),
        ],
        found=f"{len(steps['email'])} emails of {events} events.",
    )


def _steps(stack: LocalStack, sent: Mapping[str, tuple[str, float, float]]) -> dict[str, list[float]]:
    """For each step, how long after its sending each event came there."""
    emails = stack.emails()
    steps: dict[str, list[float]] = {step: [] for step in STEPS}
    for place, (identity, began, answered) in sent.items():
        steps["202"].append(answered - began)
        steps["email"] += [at - began for at in emails.get(place, ())]
        for said in journal(stack.platform.client("dynamodb"), "commonweal-local-bus", identity):
            name = said["type"].split(".")[1]
            if name in steps:
                steps[name].append(datetime.fromisoformat(said["time"]).timestamp() - began)
    return steps
