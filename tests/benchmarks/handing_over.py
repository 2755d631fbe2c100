"""How long it takes from a notification's acceptance to its provider, on the local stack: what GOV.UK Notify promises ten seconds for."""

from __future__ import annotations

import time
from datetime import datetime

from tests.benchmarks.bare_hop import BareHop
from tests.benchmarks.local_stack import LocalStack
from tests.benchmarks.messages import EMAIL, WARNED
from tests.benchmarks.report import Section, spread
from tests.benchmarks.tokens import notify_token

SENDS, A_SECOND, WARMING = 500, 4.0, 12


def measure(stack: LocalStack, hop: BareHop, sends: int = SENDS) -> Section:
    """One email after another, a few a second; between them, one bare hop each."""
    for number in range(WARMING):
        _send(stack, f"Warmed {number}")
        time.sleep(1 / A_SECOND)
    stack.settle()
    hop.sent.clear()
    answered: dict[str, tuple[str, float]] = {}
    for number in range(sends):
        began = time.monotonic()
        identity = _send(stack, f"Sent {number}")
        answered[f"Sent {number}"] = identity, time.monotonic() - began
        time.sleep(max(0.0, began + 0.7 / A_SECOND - time.monotonic()))
        hop.take()
        time.sleep(max(0.0, began + 1 / A_SECOND - time.monotonic()))
    stack.settle()
    emails = stack.emails()
    handed = [at - _created(stack, identity) for name, (identity, _) in answered.items() for at in emails.get(name, ())]
    return Section(
        title="From a request to send to its email handed over",
        how=f"{sends} × `POST /v2/notifications/email`, one after another, about {A_SECOND:.0f} a second, on the local stack; from the "
        "notification's `created_at` to the time at which the emulator's SES has the email. "
        f"{WARMING} before them warm the stack and are not counted. The way is table, stream, relay, bus, queue, dispatch, queue, handler; "
        "the floor is one bare hop from bus to queue to a handler that only notes the time, on the same emulator, between the requests.",
        columns=("ms", "p50", "p95", "longest"),
        rows=[
            spread("*floor: one bare hop*", hop.taken()),
            spread("the request is answered", [seconds for _, seconds in answered.values()]),
            spread("**the email is handed over**", handed),
            ("*published: GOV.UK Notify's promise*", "", "10,000", ""),
        ],
        found=f"{len(handed)} emails of {sends} requests.",
    )


def _send(stack: LocalStack, place: str) -> str:
    """Ask for an email whose subject names this place; the notification's id."""
    body = {**EMAIL, "personalisation": {**WARNED, "description": place}}
    answer = stack.http.post("/v2/notifications/email", json=body, headers=notify_token(stack.key)).raise_for_status()
    return str(answer.json()["id"])


def _created(stack: LocalStack, identity: str) -> float:
    answer = stack.http.get(f"/v2/notifications/{identity}", headers=notify_token(stack.key)).raise_for_status()
    return datetime.fromisoformat(answer.json()["created_at"]).timestamp()
