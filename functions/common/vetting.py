"""Who may say what: one event against its envelope, its department's declaration, the end of its type and its schema.

Ingress asks before it takes an event in, and a dry run before anything is sent.
"""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from functions.common import clock, declarations, sunset
from functions.common.failures import Problem, Refusal
from schemas import registry
from schemas.envelope import MAXIMUM_HOPS, CloudEvent

RESERVED = ("department", "dataref")
"""Attributes that only the platform sets."""

LARGEST_ATTRIBUTES = 16_000
"""Bytes of all that is not data."""


def vet(members: object, department: str) -> CloudEvent:
    """The event, where this department may say it now. Raises Refusal, which names every field at fault."""
    event = _envelope(members)
    _check_declared(event, department)
    _check_not_over(event)
    _check_data(event)
    return event


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


def _check_declared(event: CloudEvent, department: str) -> None:
    if declarations.department_of(event.source) != department:
        raise Refusal(403, f"{event.source!r} is not a source of {department}", code="source_not_yours", field="source")
    if not declarations.may_emit(event.source, event.type):
        undeclared = f"{department} does not declare {event.type!r} from {event.source!r}"
        raise Refusal(403, undeclared, code="type_not_declared", field="type")


def _check_not_over(event: CloudEvent) -> None:
    # By the event's own time, too: consumers go by that, and would not understand what is taken here.
    if found := sunset.over(event.type, clock.now(), event.time):
        raise Refusal(422, found.refusal, code="type_ended", field="type", headers=sunset.headers([found]))


def _check_data(event: CloudEvent) -> None:
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
