"""What a provider says about a message: SES and AWS End User Messaging on EventBridge, any other over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.common.failures import Invalid
from functions.notifications.statuses import Status
from schemas.platform import Channel

REPORTED = "uk.gov.commonweal.notifications.reports"
"""The source of what providers report over HTTP. Nothing of it was on the bus: it comes to the queue from our own function."""

_TEXTS = {
    "TEXT_DELIVERED": Status.DELIVERED,
    "TEXT_QUEUED": Status.PENDING,
    "TEXT_PENDING": Status.PENDING,
    "TEXT_SENT": Status.PENDING,
    "TEXT_INVALID": Status.PERMANENT_FAILURE,
    "TEXT_INVALID_MESSAGE": Status.PERMANENT_FAILURE,
    "TEXT_BLOCKED": Status.PERMANENT_FAILURE,
    "TEXT_CARRIER_BLOCKED": Status.PERMANENT_FAILURE,
    "TEXT_PROTECT_BLOCKED": Status.PERMANENT_FAILURE,
    "TEXT_SPAM": Status.PERMANENT_FAILURE,
    "TEXT_UNREACHABLE": Status.TEMPORARY_FAILURE,
    "TEXT_CARRIER_UNREACHABLE": Status.TEMPORARY_FAILURE,
    "TEXT_TTL_EXPIRED": Status.TEMPORARY_FAILURE,
    "TEXT_UNKNOWN": Status.TEMPORARY_FAILURE,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the message that its provider knows by `reference`."""

    channel: Channel
    reference: str
    status: Status
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """The recipient of the email that SES knows by `reference` has said that it is spam."""

    reference: str
    at: datetime
    complaint_id: str
    channel: Channel = "email"


def read(event: Mapping[str, Any]) -> Receipt | Complaint | None:
    """The receipt or complaint in an event; None where it reports nothing that is a status here. Raises Invalid."""
    try:
        at = datetime.fromisoformat(event["time"])
        match event["source"]:
            case "aws.ses":
                return _email(event["detail"], at)
            case "aws.sms-voice":
                return _text(event["detail"], at)
            case source if source == REPORTED:
                said = event["detail"]
                return Receipt(said["channel"], said["reference"], Status(said["status"]), at, f"reported {said['status']}")
    except (KeyError, TypeError, ValueError) as missing:
        raise Invalid(f"is not a receipt as EventBridge gives it ({type(missing).__name__})", "detail") from None
    raise Invalid("comes from nobody who carries messages", "source")


def reported(channel: str, reference: str, status: str, at: str) -> dict[str, object]:
    """A receipt as it waits in the queue when it came over HTTP."""
    return {"source": REPORTED, "time": at, "detail": {"channel": channel, "reference": reference, "status": status}}


def _email(detail: Mapping[str, Any], at: datetime) -> Receipt | Complaint | None:
    kind, reference = str(detail["eventType"]), str(detail["mail"]["messageId"])
    if kind == "Complaint":
        return Complaint(reference, at, str(detail["complaint"].get("feedbackId") or reference))
    if kind == "Delivery":
        status = Status.DELIVERED
    elif kind == "Bounce":
        kind = f"Bounce {detail['bounce']['bounceType']}"
        status = Status.PERMANENT_FAILURE if detail["bounce"]["bounceType"] == "Permanent" else Status.TEMPORARY_FAILURE
    elif kind in ("Reject", "Rendering Failure"):
        status = Status.TECHNICAL_FAILURE
    else:
        return None
    return Receipt("email", reference, status, at, kind)


def _text(detail: Mapping[str, Any], at: datetime) -> Receipt | None:
    kind = str(detail["eventType"])
    if kind == "TEXT_SUCCESSFUL":
        # The network has it; in some countries that is the last that is heard.
        status = Status.DELIVERED if detail["isFinal"] else Status.PENDING
    elif kind in _TEXTS:
        status = _TEXTS[kind]
    else:
        return None
    return Receipt("sms", str(detail["messageId"]), status, at, kind)
