"""An event's data, held to the contract of its type when it is heard: not every event came in through ingress, which holds them to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from functions.common.failures import Invalid
from schemas import registry
from schemas.envelope import CloudEvent


def data_of(event: CloudEvent) -> Mapping[str, Any]:
    """The data, as a tolerant reader of the newest schema takes it. Invalid, naming the field but not its value, where it does not fit."""
    try:
        schema = registry.latest(event.type)
    except registry.UnknownType:
        raise Invalid(f"{event.type!r} has no schema", "type") from None
    problems = schema.check_read(event.data)
    if problems:
        raise Invalid(problems[0].discreet, f"data.{problems[0].place}")
    return cast(Mapping[str, Any], event.data)
