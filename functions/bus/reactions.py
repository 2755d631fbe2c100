"""Turn what a department says happened into what it declared should follow."""

from __future__ import annotations

from functions.bus import contract, store
from functions.common import declarations, requested
from functions.common.consumer import consumes_any
from functions.common.failures import Invalid
from schemas.envelope import CloudEvent
from schemas.expressions import ExpressionError


@consumes_any
def reactions(event: CloudEvent) -> None:
    """Say each declared request whose condition holds. An event that ingress never saw is held to its schema here."""
    data = contract.data_of(event)
    try:
        # All are worked out before any is said: an event that one reaction cannot read is quarantined whole.
        wanted = [
            (reaction["name"], request)
            for reaction in declarations.reactions(event.type)
            if (request := requested.of(reaction, event, data)) is not None
        ]
    except ExpressionError as wrong:
        raise Invalid(str(wrong), "data") from None
    for name, request in wanted:
        store.react(event, name, request)
