"""An outbox: state and what it means are written together, and the table's stream hands the events to the platform.

A handler writes its item and, in the same write, `outbox(…)` into the attribute `outbox`. Every write sets that attribute or removes it:
one that leaves it in place says the same again (which is then a duplicate, and changes nothing).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from commonweal_events import queues
from commonweal_events.checking import problems, twice
from commonweal_events.envelope import Envelope
from commonweal_events.failures import Invalid
from commonweal_events.publisher import Publisher
from commonweal_events.queues import BatchAnswer, settle

FAILURES = "RELAY_FAILURES"


def outbox(*envelopes: Envelope) -> str:
    """The text of the attribute `outbox`. Raises Invalid for an event that is not valid: once it is written, nobody can mend it."""
    said: dict[str, Envelope] = {}
    for envelope in envelopes:
        if not isinstance(envelope, Envelope):
            raise TypeError(f"{type(envelope).__name__} is in no envelope: publisher.envelop(…) puts it in one, with its source")
        for problem in (*problems(envelope), *twice(envelope, said)):
            raise Invalid(problem.message, problem.field)
    return json.dumps([envelope.wire() for envelope in envelopes], separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def relay(event: dict[str, Any], context: object = None) -> BatchAnswer:
    """The Lambda handler of the table's stream. What will not go is sent, with its payload, to the queue `RELAY_FAILURES`.

    Raises only where an event is neither with the platform nor in that queue: the stream then waits. What lies in the queue is published
    when it is brought here; what will not go even then stays there.
    """
    records = event["Records"]
    if records and "body" in records[0]:
        return settle(records, _publish_again)
    # Under one id stands one event: what is said again, after a second delivery of its cause, is a duplicate.
    said: dict[str, dict[str, Envelope]] = {}
    for text in filter(None, map(_said, records)):
        try:
            for members in json.loads(text):
                envelope = Envelope.read(members)
                said.setdefault(envelope.source, {}).setdefault(envelope.id, envelope)
        except (Invalid, TypeError, ValueError) as unreadable:
            queues.keep(FAILURES, text, f"the outbox cannot be read ({type(unreadable).__name__})")
    for source, envelopes in said.items():
        for receipt in _publisher(source).publish(*envelopes.values()):
            if not receipt.taken:
                queues.keep(FAILURES, receipt.envelope.text(), str(receipt))
    return {"batchItemFailures": []}


def _publish_again(record: Mapping[str, Any]) -> bool:
    try:
        envelope = Envelope.parse(record["body"])
    except Invalid:
        return False
    (receipt,) = _publisher(envelope.source).publish(envelope)
    return receipt.taken


@cache
def _publisher(source: str) -> Publisher:
    return Publisher(source)


def _said(record: dict[str, Any]) -> str:
    said = record["dynamodb"].get("NewImage", {}).get("outbox", {})
    return str(said.get("S", ""))
