"""An outbox: state and what it means are written together, and the table's stream hands the events to the platform.

A handler writes its item and, in the same write, `outbox(…)` into the attribute `outbox`. Every write sets that attribute or removes it:
one that leaves it in place says the same again (which is then a duplicate, and changes nothing).
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from commonweal_events import queues
from commonweal_events.checking import problems
from commonweal_events.envelope import Envelope
from commonweal_events.failures import Invalid
from commonweal_events.publisher import Publisher

FAILURES = "RELAY_FAILURES"


def outbox(*envelopes: Envelope) -> str:
    """The text of the attribute `outbox`. Raises Invalid for an event that is not valid: once it is written, nobody can mend it."""
    for envelope in envelopes:
        for problem in problems(envelope):
            raise Invalid(problem.message, problem.field)
    return json.dumps([envelope.wire() for envelope in envelopes], separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def relay(event: dict[str, Any], context: object = None) -> None:
    """The Lambda handler of the table's stream. What will not go is sent, with its payload, to the queue `RELAY_FAILURES`.

    Raises only where an event is neither with the platform nor in that queue: the stream then waits.
    """
    by_source: dict[str, list[Envelope]] = {}
    for text in filter(None, map(_said, event["Records"])):
        try:
            said = [Envelope.read(members) for members in json.loads(text)]
        except (Invalid, TypeError, ValueError) as unreadable:
            queues.keep(FAILURES, text, f"the outbox cannot be read ({type(unreadable).__name__})")
            continue
        for envelope in said:
            by_source.setdefault(envelope.source, []).append(envelope)
    for source, envelopes in by_source.items():
        for receipt in _publisher(source).publish(*envelopes):
            if not receipt.taken:
                queues.keep(FAILURES, receipt.envelope.text(), str(receipt))


@cache
def _publisher(source: str) -> Publisher:
    return Publisher(source)


def _said(record: dict[str, Any]) -> str:
    said = record["dynamodb"].get("NewImage", {}).get("outbox", {})
    return str(said.get("S", ""))
