"""What another department gets to see of an event: of its data what both their files say, of its envelope what every event has."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

from functions.common import clock, declarations, ids
from schemas.envelope import trace
from schemas.projection import project

KEPT = ("specversion", "source", "type", "time")
"""What the platform itself knows of every event. No schema of the whole, and no attribute that a producer made up."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,20}")


def alias(origin: str) -> str:
    """The UUID that stands for an id and its source, the same each time. Keyed: who can guess an id could try it on a mere hash."""
    from functions.common import keyring  # local: most ids are UUIDs

    return ids.derived(hmac.digest(keyring.pepper(), f"shared:{origin}".encode(), hashlib.sha256).hex(), "shared")


def minimised(members: Mapping[str, Any], subscription: Mapping[str, Any], alias: Callable[[str], str] = alias) -> dict[str, Any]:
    """An event's members as a subscription entitles to them; the same again for what this gave, so that it may be asked twice.

    Ids are any text that a producer likes: what is no UUID goes as its alias, and a sequence goes where it is a number.
    """
    kept = {name: members[name] for name in KEPT if name in members}
    kept["id"] = members["id"] if _UUID.fullmatch(members["id"]) else alias(f"{members['source']}#{members['id']}")
    if isinstance(hops := members.get("hops"), int):
        # How deep it stands in causes: so that two who answer each other's events come to an end.
        kept["hops"] = hops
    for name, form in (("correlationid", _UUID), ("sequence", _NUMBER)):
        if form.fullmatch(str(members.get(name, ""))):
            kept[name] = members[name]
    # Not as the producer wrote it, who could write anything there.
    kept |= {"datacontenttype": "application/json", "dataclassification": declarations.classification(members["type"])}
    if traceparent := trace(members.get("traceparent")):
        kept["traceparent"] = traceparent
    if subscription.get("subject") and "subject" in members:
        kept["subject"] = members["subject"]
    return {**kept, "data": project(members.get("data"), subscription["fields"])}


def stands(subscription: Mapping[str, Any]) -> bool:
    """Whether the owner's consent still holds: its last day is one of those on which it does."""
    until = subscription.get("until")
    return until is None or clock.now().date() <= datetime.date.fromisoformat(until)
