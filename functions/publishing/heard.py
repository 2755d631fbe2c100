"""Reading one of two events."""

from __future__ import annotations

from pydantic import ValidationError

from functions.common.failures import Invalid
from schemas.envelope import CloudEvent
from schemas.platform import PlatformEvent


def read[One: PlatformEvent, Other: PlatformEvent](envelope: CloudEvent, one: type[One], other: type[Other]) -> One | Other:
    """The event inside an envelope, by its type. Invalid where it is none of these, or does not hold what its type says."""
    if envelope.type not in (one.type_name(), other.type_name()):
        raise Invalid(f"this consumer does not read {envelope.type}", "type")
    try:
        return one.read(envelope) if envelope.type == one.type_name() else other.read(envelope)
    except ValidationError as refused:
        problem = refused.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Invalid(problem["msg"], ".".join(("data", *map(str, problem["loc"])))) from None
