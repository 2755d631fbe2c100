"""What another department gets to see of an event: of its data what both their files say, of its envelope what every event has."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from functions.common import clock, declarations
from schemas.envelope import trace
from schemas.projection import project

KEPT = ("specversion", "id", "source", "type", "time", "correlationid", "sequence")
"""Whose event it is, which one, and where it stands among others. No schema of the whole, and no attribute that a producer made up."""


def minimised(members: Mapping[str, Any], subscription: Mapping[str, Any]) -> dict[str, Any]:
    """An event's members as a subscription entitles to them; the same again for what this gave, so that it may be asked twice."""
    kept = {name: members[name] for name in KEPT if name in members}
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
