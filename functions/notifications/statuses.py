"""The statuses of a notification and which may follow which (contract 4)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from schemas.messages import FINAL_STATUSES


class Status(StrEnum):
    """What became of a notification, in GOV.UK Notify's words."""

    PENDING_VIRUS_CHECK = "pending-virus-check"
    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    PENDING = "pending"
    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    TECHNICAL_FAILURE = "technical-failure"
    VALIDATION_FAILED = "validation-failed"
    VIRUS_SCAN_FAILED = "virus-scan-failed"
    RETURNED_LETTER = "returned-letter"


_ARRIVALS = frozenset({Status.DELIVERED, Status.TEMPORARY_FAILURE, Status.PERMANENT_FAILURE})
_FOLLOWS: dict[Status, frozenset[Status]] = {
    Status.PENDING_VIRUS_CHECK: frozenset({Status.CREATED, Status.VALIDATION_FAILED, Status.VIRUS_SCAN_FAILED, Status.TECHNICAL_FAILURE}),
    Status.CREATED: frozenset({Status.SENDING, Status.SENT, Status.TECHNICAL_FAILURE, Status.VALIDATION_FAILED}),
    Status.SENDING: _ARRIVALS | {Status.PENDING, Status.TECHNICAL_FAILURE, Status.RETURNED_LETTER},
    Status.SENT: _ARRIVALS | {Status.PENDING},
    Status.PENDING: _ARRIVALS,
    # A letter that was dispatched may come back.
    Status.DELIVERED: frozenset({Status.RETURNED_LETTER}),
}

FINAL = frozenset(map(Status, FINAL_STATUSES))
"""Nothing more is expected."""
FAILED = FINAL - {Status.DELIVERED}
"""It did not arrive, and never will."""
UNANSWERED = frozenset({Status.SENDING, Status.PENDING})
"""It has left, and a receipt is waited for."""

LETTER_NAMES = {
    Status.CREATED: "accepted",
    Status.SENDING: "accepted",
    Status.DELIVERED: "received",
    Status.RETURNED_LETTER: "received",
}
"""What the Notify API calls the statuses of letters (contract 1.4)."""

ASKED = (
    "cancelled",
    "created",
    "sending",
    "sent",
    "delivered",
    "pending",
    "failed",
    "technical-failure",
    "temporary-failure",
    "permanent-failure",
    "pending-virus-check",
    "validation-failed",
    "virus-scan-failed",
    "returned-letter",
    "accepted",
    "received",
)
"""The statuses that a list of notifications can be asked for, in the order in which a refusal names them."""

_MEANT: dict[str, frozenset[str]] = {
    "failed": frozenset(FAILED),
    "accepted": frozenset({Status.CREATED, Status.SENDING}),
    "received": frozenset({Status.DELIVERED}),
}


def before(then: Status) -> list[Status]:
    """The statuses that `then` may follow: what a conditional write expects."""
    return [now for now, following in _FOLLOWS.items() if then in following]


def meant(asked: Sequence[str]) -> frozenset[str]:
    """The statuses that a list is asked for; `failed`, `accepted` and `received` stand for several (contract 1.4)."""
    return frozenset(status for name in asked for status in _MEANT.get(name, {name}))
