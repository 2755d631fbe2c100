"""Take one event in: within its department's limit, where the department may say it, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from functions.bus import producers, store
from functions.common import declarations, limits, sunset, vetting
from functions.common.auth import Caller
from functions.common.failures import Refusal
from functions.common.sunset import Ending

EVENTS_PER_MINUTE = 3_000
"""What a department may send over HTTP where its file does not say."""


@dataclass(frozen=True)
class Receipt:
    """What is told of one event: `accepted`, `duplicate` (already here), `checked` (a test key: valid, and nothing done) or `refused`.

    `ending` is that of its type, where it is deprecated.
    """

    id: str | None
    status: str
    source: str | None = None
    accepted_at: str | None = None
    trace: str | None = None
    problem: Refusal | None = None
    ending: Ending | None = None

    def refusal(self) -> Refusal:
        """Why it was refused."""
        if self.problem is None:
            raise LookupError("it was not refused")
        return self.problem

    def wire(self) -> dict[str, Any]:
        """As JSON members; a refusal with every problem's field and message."""
        told = ("id", "source", "status", "accepted_at", "trace")
        members: dict[str, Any] = {name: getattr(self, name) for name in told}
        if self.ending:
            members["warnings"] = [{"code": "deprecated", "field": "type", "message": self.ending.warning}]
        if self.problem:
            errors = [{"field": problem.field, "message": problem.message} for problem in self.problem.problems]
            members |= {
                "code": self.problem.code,
                "errors": errors or [{"field": self.problem.field or "", "message": self.problem.message}],
            }
        return {name: value for name, value in members.items() if value is not None}


def admit(members: object, who: Caller, base_url: str) -> Receipt:
    """Check one event and take it in. The receipt says what became of it; nothing is raised for a bad event."""
    identity, source = (_text(members, "id"), _text(members, "source"))
    try:
        event = vetting.vet(members, who.department)
        ending = sunset.ending(event.type)
        if who.key_type == "test":
            return Receipt(event.id, "checked", event.source, ending=ending)
        _check_limit(who.department)
        taken = store.accept(event)
    except Refusal as refusal:
        return Receipt(identity, "refused", source, problem=refusal)
    except store.Conflict as conflict:
        message = f"another event with this id was taken in from this source at {conflict.accepted_at}"
        return Receipt(identity, "refused", source, problem=Refusal(409, message, code="id_already_used", field="id"))
    if ending and not taken.duplicate:
        producers.note(event.type, who.department, who.service_id)
    status = "duplicate" if taken.duplicate else "accepted"
    trace = f"{base_url}/events/{quote(event.id, safe='')}"
    return Receipt(event.id, status, event.source, taken.accepted_at, trace, ending=ending)


def belongs(hop: Mapping[str, Any], department: str) -> bool:
    """Whether an event of a tree is this department's own, or what the platform did for it."""
    return department in (hop.get("department"), declarations.department_of(str(hop["source"])))


def _check_limit(department: str) -> None:
    """Count an event that is about to be taken in."""
    declared = (declarations.department(department) or {}).get("limits", {})
    per_minute = declared.get("events_per_minute", EVENTS_PER_MINUTE)
    try:
        limits.take_token(f"events#{department}", per_minute=per_minute)
    except limits.Exceeded as used_up:
        message = f"{department} may send {per_minute:,} events a minute: try again in {used_up.retry_after} s"
        raise Refusal(429, message, code="too_many_events", headers=limits.headers(used_up)) from None


def _text(members: object, name: str) -> str | None:
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) else None
