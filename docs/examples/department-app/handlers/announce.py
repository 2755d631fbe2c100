"""Somebody announces a closure and waits for the answer: it is published at once, and the answer says what became of it."""

from __future__ import annotations

from contracts.harbour_closed import HarbourClosed

from commonweal_events import Publisher

publisher = Publisher("uk.gov.harbour-board.harbours")


def handler(request: dict[str, str], context: object = None) -> dict[str, object]:
    """Publish that a harbour closed; the answer is the event's id, its status and, where it was refused, the fields at fault."""
    closed = HarbourClosed(harbour=request["harbour"], reason=request["reason"], closed_at=request["closed-at"])
    (receipt,) = publisher.publish(publisher.envelop(closed, subject=closed.harbour))
    return {"event": receipt.id, "status": receipt.status, "problems": [str(problem) for problem in receipt.problems]}
