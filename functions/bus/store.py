"""What the bus remembers: events taken in, what was made of them, what could not be understood, and the tree of what followed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from functions.common import clock, declarations
from functions.common.cause import current, envelop
from functions.common.table import ConditionFailed, Item, Table, absent
from schemas.envelope import CloudEvent, instant
from schemas.platform import EVENTS, EventForwarded, EventRejected, ForwardRequested, PlatformEvent

table = Table()

REMEMBERED = timedelta(days=90)
"""How long a second delivery is known for what it is, a tree can be read, and quarantine keeps, unless the event's type says so."""


@dataclass(frozen=True)
class Conflict(Exception):
    """Another event was taken in under this source and id."""

    accepted_at: str


@dataclass(frozen=True)
class Receipt:
    """What is known of an event that was taken in."""

    accepted_at: str
    duplicate: bool


def accept(event: CloudEvent) -> Receipt:
    """Take an event in, once for each source and id: one write, durable when this returns.

    Raises Conflict where another event has the id.
    """
    accepted_at = clock.stamp()
    fingerprint = hashlib.sha256(json.dumps(event.wire(), sort_keys=True).encode()).hexdigest()
    pk = f"inbox#{_origin(event.source, event.id)}"
    item = {"pk": pk, "sk": "event", "fingerprint": fingerprint, "accepted_at": accepted_at, **_expiring(event.type)}
    try:
        table.put(item, expect=absent(), emits=[event])
    except ConditionFailed as known:
        if known.item["fingerprint"] != fingerprint:
            raise Conflict(known.item["accepted_at"]) from None
        return Receipt(known.item["accepted_at"], duplicate=True)
    return Receipt(accepted_at, duplicate=False)


def react(event: CloudEvent, reaction: str, request: PlatformEvent) -> None:
    """Say what a reaction asks for, once for each event and reaction."""
    pk, sk = f"reaction#{_origin(event.source, event.id)}", f"{reaction}#{request.type_name()}"
    item = {"pk": pk, "sk": sk, "reacted_at": clock.stamp(), **_expiring(event.type)}
    # Two reactions to one event may ask the same of the same list or record: the name of each tells what they say apart.
    _once(item, [envelop(request, step=reaction)])


def taken_in(event_id: str, sources: Iterable[str]) -> bool:
    """Whether an event of one of these sources was taken in."""
    return any(table.get(f"inbox#{_origin(source, event_id)}", "event") for source in sources)


@dataclass(frozen=True)
class Use:
    """How many events of a type one service of a department said in a day, at least."""

    day: str
    department: str
    service: str
    events: int


def add_use(type_: str, day: str, department: str, service: str, events: int) -> None:
    """Count events of a type that is to end."""
    # An addition that the SDK repeats after a lost answer counts twice: it is told as an estimate, and stops nobody.
    table.update(f"use#{type_}", f"{day}#{department}#{service}", set=_expiring(type_), add={"events": events})


def uses(type_: str, since: str) -> Iterator[Use]:
    """Who said events of a type that is to end from a day on, the earliest first."""
    for item in table.every(f"use#{type_}", after=since):
        day, department, service = item["sk"].split("#", 2)
        yield Use(day, department, service, item["events"])


def forwarded(request: ForwardRequested) -> bool:
    """Whether a forwarding is done."""
    return table.get(*_forwarding(request)) is not None


def record_forwarded(request: ForwardRequested) -> None:
    """A webhook or queue has taken an event."""
    pk, sk = _forwarding(request)
    done = EventForwarded(target=request.target, name=request.name, event_id=str(request.event["id"]))
    _once({"pk": pk, "sk": sk, **_expiring(str(request.event.get("type", "")))}, [done])


def quarantine(rejected: EventRejected, body: str, reason: str) -> None:
    """Keep what a consumer could not understand, and say so to its owner, once. A rejection that was itself rejected is kept in silence."""
    day = clock.stamp()[:10]
    item = {
        "pk": f"quarantine#{_origin(rejected.rejected_source, rejected.event_id)}",
        "sk": rejected.consumer,
        "reason": reason,
        "body": body,
        "quarantined_at": clock.stamp(),
        "gsi1pk": f"quarantine#{day}",
        "gsi1sk": clock.stamp(),
        **_expiring(rejected.rejected_type),
    }
    _once(item, [] if rejected.rejected_type == EventRejected.type_name() else [rejected])


def journal(event: CloudEvent, published_at: str) -> bool:
    """Remember an event's place in its tree, and tell whether its id was new. Of its data only what holds no personal data is kept."""
    at = instant(event.time)
    # By what its contract says, not by what the envelope claims: a department may ask the platform in events of its own.
    known = EVENTS.get(event.type)
    shown = json.dumps(event.data, ensure_ascii=False) if known and known.classification != "personal" else None
    entry: Item = {
        "pk": f"trace#{event.correlation}",
        "sk": f"{at}#{event.id}",
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": at,
        "causationid": event.causationid,
        "department": event.department,
        "dataclassification": event.dataclassification,
        "published_at": published_at,
        "journalled_at": clock.stamp(),
        "data": shown,
        **_expiring(event.type),
    }
    pointer: Item = {"pk": f"event#{event.id}", "sk": "trace", "correlationid": event.correlation, **_expiring(event.type)}
    table.put(entry)
    # The first to use an id keeps it: nobody hides another's tree by saying the same id later.
    return _once(pointer, [])


def trace(event_id: str) -> Iterator[Item]:
    """The whole tree that an event is part of, in the order of time; nothing where it is not known (yet)."""
    pointer = table.get(f"event#{event_id}", "trace")
    if pointer is not None:
        yield from table.every(f"trace#{pointer['correlationid']}")


def _once(item: Item, emits: Sequence[PlatformEvent | CloudEvent]) -> bool:
    """Write an item that is not there yet, and tell whether it was not: the second delivery changes nothing."""
    try:
        table.put(item, expect=absent(), emits=emits)
    except ConditionFailed:
        return False
    return True


def _origin(source: str, event_id: str) -> str:
    # An id is its producer's alone, and two producers may both count from 1 (CloudEvents 1.0 §3.1).
    return f"{source}#{event_id}"


def _forwarding(request: ForwardRequested) -> tuple[str, str]:
    origin = _origin(str(request.event["source"]), str(request.event["id"]))
    # Queues and webhooks are called alike in several departments, each of which may have its part of one event.
    return f"forward#{origin}", f"{current().department}#{request.target}#{request.name}"


def _expiring(type_: str) -> dict[str, int]:
    kept = declarations.kept_for(type_) or REMEMBERED
    return {"expires_at": clock.epoch() + int(kept.total_seconds())}
