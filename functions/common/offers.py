"""What a subscriber is to be handed of an event, by what the owner's file and its own say: for `bus.share`, and for a dry run before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import registry
from schemas.envelope import CloudEvent
from schemas.expressions import condition
from schemas.platform import ForwardRequested
from schemas.sharing import SUBSCRIPTIONS
from schemas.undeclared import declared


def whole(event: CloudEvent, data: object) -> dict[str, Any]:
    """An event's members with that of its data which its schema speaks of: what nobody declared is nobody's to have, though it may stand in
    an object that is shared whole.
    """
    return {**event.wire(), "data": declared(data, registry.latest(event.type).definition)}


def asked(part: Mapping[str, Any], subscription: Mapping[str, Any]) -> ForwardRequested | None:
    """That the subscriber's part of an event be handed on to where it wants it; None where its condition does not hold.

    Raises ExpressionError where the condition cannot be asked of this part.
    """
    if "if" in subscription and not condition(subscription["if"], part["data"]):
        return None
    target, place = ("webhook", subscription["webhook"]) if "webhook" in subscription else ("queue", SUBSCRIPTIONS)
    return ForwardRequested.model_validate({"target": target, "name": place, "event": part})
