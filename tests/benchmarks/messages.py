"""What is asked of the notifications room, as Notify's clients ask it, and what it hears of what it accepted."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from functions.notifications.api import api
from schemas.ids import template_id
from schemas.platform import NotificationAccepted, NotificationStatusChanged
from tests.benchmarks.account import DEPARTMENT, Account, Event, call, request, room

WARNED = {
    "severity": "Severe flood warning",
    "description": "Upper Ouse in East Sussex",
    "message": "Leave now if the emergency services tell you to.",
    "flood area id": "065WAF441",
    "county": "East Sussex",
}
NOTICED = {
    "name": "Rosalind Okafor",
    "flood area": "Upper Ouse in East Sussex",
    "risk": "high",
    "chance": "1 in 30",
    "address_line_1": "Rosalind Okafor",
    "address_line_2": "12 Mill Lane",
    "address_line_3": "Barcombe",
    "address_line_4": "Lewes",
    "address_line_5": "BN8 5BP",
}
EMAIL: dict[str, Any] = {
    "email_address": "someone@example.com",
    "template_id": template_id(DEPARTMENT, "flood-warning", "email"),
    "personalisation": WARNED,
}
TEXT: dict[str, Any] = {
    "phone_number": "07700 900201",
    "template_id": template_id(DEPARTMENT, "flood-warning", "sms"),
    "personalisation": WARNED,
}
LETTER: dict[str, Any] = {"template_id": template_id(DEPARTMENT, "flood-risk-notice", "letter"), "personalisation": NOTICED}


def send_email(here: Account) -> Event:
    """Ask for an email from the declared template."""
    return request("POST", "/v2/notifications/email", here.token, EMAIL)


def send_email_once(here: Account) -> Event:
    """The same, under an Idempotency-Key of its own."""
    return request("POST", "/v2/notifications/email", {**here.token, "idempotency-key": str(uuid4())}, EMAIL)


def send_text(here: Account) -> Event:
    """Ask for a text."""
    return request("POST", "/v2/notifications/sms", here.token, TEXT)


def send_letter(here: Account) -> Event:
    """Ask for a letter."""
    return request("POST", "/v2/notifications/letter", here.token, LETTER)


def accepted_email(here: Account) -> NotificationAccepted:
    """Have an email accepted; what is said of it."""
    with room("notifications"):
        answer = call(api, send_email(here))
    return NotificationAccepted(service_id=UUID(here.service), notification_id=UUID(answer["id"]), channel="email")


def changed_status(here: Account) -> NotificationStatusChanged:
    """What is said when an email has arrived."""
    return NotificationStatusChanged(
        service_id=UUID(here.service), notification_id=uuid4(), channel="email", status="delivered", key_type="live"
    )
