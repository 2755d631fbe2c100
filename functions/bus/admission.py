"""Who may say what: one event against its envelope, its department's declaration and its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from functions.bus import store
from functions.common import declarations
from functions.common.auth import Caller
from functions.common.failures import Problem, Refusal
from schemas import registry
from schemas.envelope import MAXIMUM_HOPS, CloudEvent

RESERVED = ("department", "dataref")
"""Attributes that only the platform sets."""

LARGEST_ATTRIBUTES = 16_000
"""Bytes of all that is not data."""


@dataclass(frozen=True)
class Receipt:
    """What is told of one event: `accepted`, `duplicate` (already here), `checked` (a test key: valid, and nothing done) or `refused`."""

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
        told = ("id", "source", "status", "accepted_at", "trace")
        members: dict[str, Any] = {name: getattr(self, name) for name in told}
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
    status = "duplicate" if taken.duplicate else "accepted"
    return Receipt(event.id, status, event.source, taken.accepted_at, f"{base_url}/events/{quote(event.id, safe='')}")


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
            Problem(error["loc"], error["type"], error["msg"])
            for error in wrong.errors(include_input=False, include_url=False, include_context=False)
        )
        raise _refused(problems, "invalid_event") from None
    if event.hops >= MAXIMUM_HOPS:
        deep = f"is {event.hops} causes deep, which is a loop: fewer than {MAXIMUM_HOPS} are allowed"
        raise Refusal(422, deep, code="loop", field="hops")
    _check_attributes(event)
    return event


def _check_attributes(event: CloudEvent) -> None:
    """What an attribute may be (CloudEvents 1.0 §3), and that all of them together travel beside data of the largest size."""
    for name, value in (event.model_extra or {}).items():
        if not re.fullmatch("[a-z0-9]+", name):
            raise Refusal(422, "is no name of an attribute: lower-case letters and digits", code="invalid_event", field=name[:50])
        if not isinstance(value, str | int | None):
            raise Refusal(422, "an attribute is a text, a whole number, true or false", code="invalid_event", field=name[:50])
    size = len(json.dumps(event.wire() | {"data": None}))
    if size > LARGEST_ATTRIBUTES:
        raise Refusal(413, f"The attributes are {size} bytes, larger than {LARGEST_ATTRIBUTES}.", code="attributes_too_large")


def _allowed(event: CloudEvent, who: Caller) -> None:
    if declarations.department_of(event.source) != who.department:
        raise Refusal(403, f"{event.source!r} is not a source of {who.department}", code="source_not_yours", field="source")
    if not declarations.may_emit(event.source, event.type):
        undeclared = f"{who.department} does not declare {event.type!r} from {event.source!r}"
        raise Refusal(403, undeclared, code="type_not_declared", field="type")


def _valid(event: CloudEvent) -> None:
    try:
        schema = registry.by_uri(event.dataschema) if event.dataschema else registry.latest(event.type)
    except registry.UnknownType:
        field = "dataschema" if event.dataschema else "type"
        raise Refusal(422, "names no schema that is registered", code="unknown_schema", field=field) from None
    if schema.type != event.type:
        raise Refusal(422, f"is the schema of {schema.type}, not of {event.type}", code="unknown_schema", field="dataschema")
    problems = tuple(
        Problem(("data", *_parts(problem.field)), "schema", f"{problem.message} (schema {problem.schema}, {problem.pointer})")
        for problem in schema.check_written(event.data)
    )
    if problems:
        raise _refused(problems, "invalid_data")


def _refused(problems: tuple[Problem, ...], code: str) -> Refusal:
    return Refusal(422, "; ".join(map(str, problems)), code=code, problems=problems)


def _parts(field: str) -> tuple[str, ...]:
    return tuple(field.split(".")) if field else ()


def _text(members: object, name: str) -> str | None:
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) else None
