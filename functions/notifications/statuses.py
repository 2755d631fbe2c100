"""The statuses of a notification and which may follow which (contract 4)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of a notification, in GOV.UK Notify's words."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    PENDING = "pending"
    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    TECHNICAL_FAILURE = "technical-failure"


_FOLLOWS: dict[Status, frozenset[Status]] = {
    Status.CREATED: frozenset({Status.SENDING, Status.SENT, Status.TECHNICAL_FAILURE}),
    Status.SENDING: frozenset(
        {Status.PENDING, Status.DELIVERED, Status.TEMPORARY_FAILURE, Status.PERMANENT_FAILURE, Status.TECHNICAL_FAILURE}
    ),
    Status.SENT: frozenset({Status.PENDING, Status.DELIVERED, Status.TEMPORARY_FAILURE, Status.PERMANENT_FAILURE}),
    Status.PENDING: frozenset({Status.DELIVERED, Status.TEMPORARY_FAILURE, Status.PERMANENT_FAILURE}),
}

FINAL = frozenset(Status) - _FOLLOWS.keys()
"""Nothing follows these."""
FAILED = FINAL - {Status.DELIVERED}
"""It did not arrive."""


def before(then: Status) -> list[Status]:
    """The statuses that `then` may follow: what a conditional write expects."""
    return [now for now, following in _FOLLOWS.items() if then in following]
