"""Follow an event until everything that it set off has come to its end."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.tools.sending import Event, Hop

ENDS = {
    "platform.ContentPublishRequested.v1": "platform.ContentPublished.v1",
    "platform.ContentUnpublishRequested.v1": "platform.ContentUnpublished.v1",
    "platform.RecordSubmitted.v1": "platform.RecordAppended.v1",
    "platform.ForwardRequested.v1": "platform.EventForwarded.v1",
}
"""What each request ends in. How many messages a NotificationRequested ends in, only the list of subscribers knows."""
NOTIFICATION = "platform.NotificationRequested.v1"
ACCEPTED, STATUS, REJECTED = "platform.NotificationAccepted.v1", "platform.NotificationStatusChanged.v1", "platform.EventRejected.v1"
HANDED_OVER = ("sending", "sent", "pending")

PATIENCE, QUIET, PAUSE = 15.0, 1.5, 0.2
"""Seconds: how long at the most, without anything new before it is over (the journal gathers for one), between two looks."""


@dataclass(frozen=True)
class Followed:
    """All that was seen, and what was waited for in vain."""

    hops: Sequence[Hop]
    missing: Sequence[str]


def follow(ask: Callable[[], Sequence[Hop]], event: Event, patience: float = PATIENCE, quiet: float = QUIET) -> Followed:
    """Ask again and again until nothing is missing and nothing new comes, or for `patience` seconds."""
    reactions = expected_reactions(event)
    began = changed = time.monotonic()
    hops: Sequence[Hop] = []
    while True:
        found = ask()
        now = time.monotonic()
        if len(found) != len(hops):
            hops, changed = found, now
        missing = list(waited_for(event, hops, reactions))
        settled = quiet * (3 if on_their_way(hops) else 1)
        if (not missing and now - changed >= settled) or now - began >= patience:
            return Followed(hops, missing)
        time.sleep(PAUSE)


def expected_reactions(event: Event) -> int:
    """How many requests the declarations make of this event; none where they are not here, or an expression cannot be read."""
    from functions.common import declarations
    from schemas.expressions import ExpressionError, condition

    try:
        declared = declarations.reactions(event["type"])
        return sum("if" not in reaction or condition(reaction["if"], event.get("data") or {}) for reaction in declared)
    except (FileNotFoundError, ExpressionError):
        return 0


def waited_for(event: Event, hops: Sequence[Hop], reactions: int) -> Iterator[str]:
    """What must still come, in words."""
    caused: dict[str, list[Hop]] = {}
    for hop in hops:
        caused.setdefault(str(hop.get("causationid")), []).append(hop)
    if all(hop["id"] != event["id"] for hop in hops):
        yield "the event on the bus"
        return
    direct = caused.get(event["id"], [])
    if not _rejected(direct) and (said := sum(hop["type"] in ENDS or hop["type"] == NOTIFICATION for hop in direct)) < reactions:
        yield f"{reactions - said} of {reactions} reactions"
    told = {member(hop, "notification_id") for hop in hops if hop["type"] == STATUS}
    for hop in hops:
        followed = caused.get(hop["id"], [])
        end = ENDS.get(hop["type"])
        if end and not _rejected(followed) and all(one["type"] != end for one in followed):
            yield f"{named(end)} of {hop.get('subject')}"
        if hop["type"] == ACCEPTED and not _rejected(followed) and member(hop, "notification_id") not in told:
            yield f"a status of notification {hop.get('subject')}"


def on_their_way(hops: Sequence[Hop]) -> bool:
    """Whether messages are with a provider: a receipt is worth a little wait, but it may come in days."""
    latest = {member(hop, "notification_id"): member(hop, "status") for hop in hops if hop["type"] == STATUS}
    return any(status in HANDED_OVER for status in latest.values())


def member(hop: Hop, name: str) -> Any:
    """A member of an event's data, where it may be seen."""
    found = hop.get("data")
    return found.get(name) if isinstance(found, Mapping) else None


def named(type_: str) -> str:
    """`ContentPublished` of `platform.ContentPublished.v1`; a department's own type stays whole."""
    return type_.split(".")[1] if type_.startswith("platform.") else type_


def _rejected(hops: Sequence[Hop]) -> bool:
    return any(hop["type"] == REJECTED for hop in hops)
