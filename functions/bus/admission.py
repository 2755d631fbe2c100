"""Who may say what: one event against its envelope, its department's declaration and its schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from functions.bus import store
from functions.common import declarations
from functions.common.auth import Caller
from functions.common.failures import Problem, Refusal
from schemas import registry
from schemas.envelope import MAXIMUM_HOPS, CloudEvent

RESERVED = ("department", "dataref")
"""Attributes that only the platform sets."""


@dataclass(frozen=True)
class Receipt:
    """What is told of one event: `accepted`, `duplicate` (it was already here), `checked` (a test key: valid, and nothing done) or `refused`."""

    id: str | None
    status: str
    source: str | None = None
    accepted_at: str | None = None
    trace: str | None = None
    problem: Refusal | None = None

    def refusal(self) -> Refusal:
        """Why it was refused."""
        if self.problem is None:
            raise LookupError("it was not refused")
        return self.problem

    def wire(self) -> dict[str, Any]:
        """As JSON members; a refusal with every problem's field and message."""
        members: dict[str, Any] = {"id": self.id, "source": self.source, "status": self.status, "accepted_at": self.accepted_at, "trace": self.trace}
        if self.problem:
            errors = [{"field": problem.field, "message": problem.message} for problem in self.problem.problems]
            members |= {"code": self.problem.code, "errors": errors or [{"field": self.problem.field, "message": self.problem.message}]}
        return {name: value for name, value in members.items() if value is not None}


def admit(members: object, who: Caller, base_url: str) -> Receipt:
    """Check one event and take it in. The receipt says what became of it; nothing is raised for a bad event."""
    identity, source = (_text(members, "id"), _text(members, "source"))
    try:
        event = _envelope(members)
        _allowed(event, who)
        _valid(event)
        if who.key_type == "test":
            return Receipt(event.id, "checked", event.source)
        taken = store.accept(event)
    except Refusal as refusal:
        return Receipt(identity, "refused", source, problem=refusal)
    except store.Conflict as conflict:
        message = f"another event with this id was taken in from this source at {conflict.accepted_at}"
        return Receipt(identity, "refused", source, problem=Refusal(409, message, code="id_already_used", field="id"))
    return Receipt(event.id, "duplicate" if taken.duplicate else "accepted", event.source, taken.accepted_at, f"{base_url}/events/{event.id}")


def belongs(hop: Mapping[str, Any], department: str) -> bool:
    """Whether an event of a tree is this department's own, or what the platform did for it."""
    return department in (hop.get("department"), declarations.department_of(str(hop["source"])))


def _envelope(members: object) -> CloudEvent:
    if not isinstance(members, dict):
        raise Refusal(422, "an event is a JSON object", code="invalid_event")
    for name in RESERVED:
        if name in members:
            raise Refusal(422, "only the platform sets this attribute", code="invalid_event", field=name)
    if "data_base64" in members:
        raise Refusal(422, "data is JSON here, not base64", code="invalid_event", field="data_base64")
    try:
        event = CloudEvent.model_validate(members)
    except ValidationError as wrong:
        problems = tuple(
            Problem(error["loc"], error["type"], error["msg"]) for error in wrong.errors(include_input=False, include_url=False, include_context=False)
        )
        detail = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise Refusal(422, detail, code="invalid_event", problems=problems) from None
    if event.hops >= MAXIMUM_HOPS:
        raise Refusal(422, f"is {event.hops} causes deep, which is a loop: fewer than {MAXIMUM_HOPS} are allowed", code="loop", field="hops")
    return event


def _allowed(event: CloudEvent, who: Caller) -> None:
    if declarations.department_of(event.source) != who.department:
        raise Refusal(403, f"{event.source!r} is not a source of {who.department}", code="source_not_yours", field="source")
    if not declarations.may_emit(event.source, event.type):
        raise Refusal(403, f"{who.department} does not declare {event.type!r} from {event.source!r}", code="type_not_declared", field="type")


def _valid(event: CloudEvent) -> None:
    try:
        schema = registry.by_uri(event.dataschema) if event.dataschema else registry.latest(event.type)
    except registry.UnknownType:
        raise Refusal(422, "names no schema that is registered", code="unknown_schema", field="dataschema" if event.dataschema else "type") from None
    if schema.type != event.type:
        raise Refusal(422, f"is the schema of {schema.type}, not of {event.type}", code="unknown_schema", field="dataschema")
    problems = tuple(Problem(("data", *_parts(problem.field)), "schema", f"{problem.message} (schema {problem.schema}, {problem.pointer})")
        for problem in schema.check_written(event.data))
    if problems:
        detail = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise Refusal(422, detail, code="invalid_data", problems=problems)


def _parts(field: str) -> tuple[str, ...]:
    return tuple(field.split(".")) if field else ()


def _text(members: object, name: str) -> str | None:
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) else None
