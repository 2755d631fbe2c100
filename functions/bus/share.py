"""Give each department that subscribes to an event what its owner shares of it, and nothing else."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from functions.bus import contract, store
from functions.common import claim_check, clock, declarations, offers, suspension
from functions.common.cause import because, current
from functions.common.consumer import consumes_any
from functions.common.log import count, logger
from functions.common.minimised import minimised, stands
from functions.common.settings import function
from schemas.envelope import CloudEvent
from schemas.expressions import ExpressionError
from schemas.platform import EventRejected


@consumes_any
def share(event: CloudEvent) -> None:
    """Ask for each subscriber that its part be handed on. An event that ingress never saw is held to its schema here.

    One subscriber's mistake is its own, and what fails for one is tried for the others first.
    """
    subscriptions = declarations.subscriptions(event.type)
    if not subscriptions:
        return
    whole = offers.whole(event, contract.data_of(event))
    failures = []
    for subscription in subscriptions:
        try:
            _offer(event, whole, subscription)
        except Exception as failure:  # raised again when all the others have theirs
            failures.append(failure)
    if failures:
        raise failures[0]


def _offer(event: CloudEvent, whole: Mapping[str, Any], subscription: Mapping[str, Any]) -> None:
    department, name = subscription["department"], subscription["name"]
    if not stands(subscription):
        count("ConsentRanOut", Department=department)
        return
    if suspension.stops(department, clock.now()):
        count("SubscriberSuspended", Department=department)
        return
    part = minimised(whole, subscription)
    # From here on it is the subscriber's matter, whom all that follows is told to: no text of the producer's is its cause or its order.
    order = CloudEvent.model_validate(part).version
    with because(dataclasses.replace(current(), department=department, event_id=str(part["id"]), sequence=order)):
        try:
            request = offers.asked(part, subscription)
        except ExpressionError as wrong:
            _reject(event, part, f"{department}/{name}", f"subscriptions.{name}.if: {wrong}")
            return
        if request:
            store.react(event, f"subscription:{department}/{name}", request)


def _reject(event: CloudEvent, part: Mapping[str, Any], subscription: str, reason: str) -> None:
    """Keep what its condition could not be asked of, as the subscriber would have got it, and tell the subscriber so."""
    rejected = EventRejected(
        event_id=str(part["id"]),
        rejected_type=event.type,
        rejected_source=event.source,
        consumer=f"{function()}/{subscription}",
        reason=reason[:1000],
    )
    detail = claim_check.leave(CloudEvent.model_validate(part)).wire()
    store.quarantine(rejected, json.dumps({"source": event.source, "detail-type": event.type, "detail": detail}), reason)
    logger.info("a subscription could not be asked", event_id=part["id"], event_type=event.type, subscription=subscription)
    count("SubscriptionRejected", Department=subscription.partition("/")[0])
