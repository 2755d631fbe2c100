"""Hold an event to what the platform holds it to, before it is sent: what would be refused, or put aside unseen, need not leave.

Its attributes are held to the platform's envelope, its data to the schema beside its class. No message shows a value: it may be somebody's
name.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from commonweal_events.doors import LARGEST_EVENT, weight
from commonweal_events.receipt import Problem

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

    from commonweal_events.contract import Contract
    from commonweal_events.envelope import Envelope

MOST_PROBLEMS = 20
LONGEST = {"id": 256, "source": 256, "type": 128, "subject": 1024, "sequence": 300, "correlationid": 256, "causationid": 256}
"""Characters that an attribute may have."""
MAY_BE_EMPTY = frozenset({"subject", "sequence"})
LARGEST_ATTRIBUTES = 16_000
"""Bytes of all that is not data."""
MOST_HOPS = 9
"""An event that is more causes deep is a loop."""

_TYPE = re.compile(r"[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*\.v[1-9][0-9]*", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def problems(envelope: Envelope) -> tuple[Problem, ...]:
    """What is wrong with an event that somebody writes, each with its field."""
    return tuple(islice(_problems(envelope), MOST_PROBLEMS))


def twice(envelope: Envelope, said: dict[str, Envelope]) -> tuple[Problem, ...]:
    """What is wrong with an event beside those that were said with it, to which it is added: another has its id, and one would be lost."""
    if said.setdefault(envelope.id, envelope) == envelope:
        return ()
    return (Problem("id", "another event here has it: give each its own `subject` or `step`"),)


def _problems(envelope: Envelope) -> Iterator[Problem]:
    yield from _attributes(envelope)
    unsayable = list(islice(_unsayable(envelope.data, "data"), MOST_PROBLEMS))
    if unsayable:
        yield from unsayable
        return
    if envelope.contract:
        try:
            validator = _validator(envelope.contract)
        except LookupError as subscribers:
            yield Problem("type", str(subscribers))
            return
        for error in validator.iter_errors(envelope.data):
            yield from _told(error)
    size = weight(envelope)
    if size > LARGEST_EVENT:
        yield Problem("data", f"the event is {size} bytes, and {LARGEST_EVENT} are allowed")


def _attributes(envelope: Envelope) -> Iterator[Problem]:
    for name, most in LONGEST.items():
        value, least = getattr(envelope, name), 0 if name in MAY_BE_EMPTY else 1
        if value is not None and not least <= len(value) <= most:
            yield Problem(name, f"has {len(value)} characters, and {least} to {most} are allowed")
    if not _TYPE.fullmatch(envelope.type):
        yield Problem("type", "is not <owner>.<Fact>.v<major>")
    if not _is_moment(envelope.time):
        yield Problem("time", "is not a moment with a time zone (RFC 3339)")
    if not 0 <= envelope.hops <= MOST_HOPS:
        yield Problem("hops", f"is {envelope.hops} causes deep, which is a loop: at most {MOST_HOPS} are allowed")
    size = len(json.dumps(envelope.wire() | {"data": None}))
    if size > LARGEST_ATTRIBUTES:
        yield Problem("", f"the attributes are {size} bytes, and {LARGEST_ATTRIBUTES} are allowed")


def _is_moment(text: str) -> bool:
    try:
        return bool(_MOMENT.fullmatch(text)) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _unsayable(value: object, place: str) -> Iterator[Problem]:
    """What JSON has no word for. It is told by its kind."""
    match value:
        case None | bool() | int():
            return
        case str():
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                yield Problem(place, "holds half a character")
        case float():
            if not math.isfinite(value):
                yield Problem(place, "is no number in JSON")
        case Mapping():
            for name, member in value.items():
                yield from _unsayable(member, f"{place}.{name}")
                if not isinstance(name, str):
                    yield Problem(place, f"has a name that is no text but of the type {type(name).__name__}")
        case list() | tuple():
            for number, member in enumerate(value):
                yield from _unsayable(member, f"{place}.{number}")
        case _:
            written = ": write it as text, with isoformat()" if hasattr(value, "isoformat") else ""
            yield Problem(place, f"is of the type {type(value).__name__}, which JSON does not have{written}")


@cache
def _validator(contract: Contract) -> Draft202012Validator:
    # Imported when something is published: it is a large shared object.
    from jsonschema_rs import Draft202012Validator, RegexOptions

    schema = contract.schema()
    return Draft202012Validator(schema, validate_formats=True, pattern_options=RegexOptions(), mask="the value", offline=True)


def _told(error: ValidationError) -> list[Problem]:
    match error.kind.name:
        case "required":
            return [Problem(_field(error, error.kind.value), "is missing")]
        case "additionalProperties" | "unevaluatedProperties":
            return [Problem(_field(error, name), "is not a field of this schema") for name in error.kind.value]
        case "propertyNames":
            # Its own message shows the name, which here is a value.
            return [Problem(_field(error), "has a name that the schema does not allow")]
        case "format" if error.kind.value == "date-time":
            return [Problem(_field(error), f"{error.message}, which has a time zone: 2026-11-23T09:30:00Z")]
    return [Problem(_field(error), error.message)]


def _field(error: ValidationError, *name: str) -> str:
    return ".".join(("data", *map(str, error.instance_path), *name))
