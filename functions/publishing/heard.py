"""Reading one of several events."""

from __future__ import annotations

from typing import overload

from pydantic import ValidationError

from functions.common.failures import Invalid
from schemas.envelope import CloudEvent
from schemas.platform import PlatformEvent


@overload
def read[A: PlatformEvent, B: PlatformEvent](envelope: CloudEvent, one: type[A], other: type[B], /) -> A | B: ...
@overload
def read[A: PlatformEvent, B: PlatformEvent, C: PlatformEvent](
    envelope: CloudEvent, one: type[A], other: type[B], third: type[C], /
) -> A | B | C: ...
def read(envelope: CloudEvent, *models: type[PlatformEvent]) -> PlatformEvent:
    """The event inside an envelope, by its type. Invalid where it is none of these, or does not hold what its type says."""
    model = next((one for one in models if one.type_name() == envelope.type), None)
    if model is None:
        raise Invalid(f"this consumer does not read {envelope.type}", "type")
    try:
        return model.read(envelope)
    except ValidationError as refused:
        problem = refused.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Invalid(problem["msg"], ".".join(("data", *map(str, problem["loc"])))) from None
