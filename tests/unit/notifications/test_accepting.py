"""From a request to a notification, or to the first reason why not (contract 1.5, 1.6)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from functions.notifications.accepting import Acceptance, accept, sanitised_content
from functions.notifications.notification import Limits, Notification, Service, Template
from functions.notifications.requests import Asked, Unacceptable
from schemas.grammar import KeyType

SERVICE = Service(
    id="5e21f5c0-0000-4000-8000-000000000001",
    name="Flood warnings",
    department="environment-agency",
    email_address="floods@example.gov",
    text_sender="Commonweal",
    permissions=frozenset({"email", "sms"}),
    is_trial=False,
    guests=frozenset(),
    text_prefix=True,
    reply_to={},
    text_senders={},
    contact_blocks={},
    retention_days={"email": 7, "sms": 7, "letter": 7},
    limits=Limits(3_000, 250_000, 250_000, 20_000, 100),
    callbacks=(),
)
EMAIL = Template(
    "f4e3d2c1-0000-4000-8000-000000000001",
    SERVICE.id,
    "Warning",
    "email",
    3,
    "Dear ((name))\n\n((areas))",
    "((severity)) for ((NAME))",
    None,
)
TEXT = replace(EMAIL, channel="sms", body="((name)): flood", subject=None)
VALUES = {"name": "Jo", "severity": "Severe", "areas": ["Avon", "Severn"]}


def asked(**changes: Any) -> Asked:
    return replace(Asked("email", " Jo@Example.com ", UUID(EMAIL.id), personalisation=VALUES), **changes)


def texted(**changes: Any) -> Asked:
    return replace(Asked("sms", "07723 456789", UUID(EMAIL.id), personalisation=VALUES), **changes)


def accepted(request: Asked, template: Template | None = EMAIL, service: Service = SERVICE, key_type: KeyType = "live") -> Notification:
    return accept(request, service, key_type, template, Acceptance("1", "now"))


def why(request: Asked, template: Template | None = EMAIL, service: Service = SERVICE, key_type: KeyType = "live") -> tuple[str, str]:
    with pytest.raises(Unacceptable) as refused:
        accepted(request, template, service, key_type)
    (reason,) = refused.value.errors
    return reason


def test_an_email_is_accepted_with_its_placeholders_filled() -> None:
    notification = accepted(asked())
    assert notification.subject == "Severe for Jo"
    assert notification.body == "Dear Jo\n\n\n\n* Avon\n* Severn"
    assert (notification.given_recipient, notification.recipient) == ("Jo@Example.com", "jo@example.com")
    assert (notification.sender, notification.template_version) == ("floods@example.gov", 3)


def test_a_text_is_accepted_without_its_prefix() -> None:
    notification = accepted(texted(), TEXT)
    assert (notification.body, notification.recipient, notification.sender) == ("Jo: flood", "447723456789", "Commonweal")


@pytest.mark.parametrize(
    ("request_", "template", "message"),
    [
        (asked(), None, "Template not found"),
        (asked(), TEXT, "sms template is not suitable for email notification"),
        (asked(), replace(EMAIL, is_archived=True), "Template has been deleted"),
        (asked(personalisation={}), EMAIL, "Missing personalisation: severity, NAME, areas"),
        (asked(personalisation={"severity": "", "name": "", "areas": [" "]}), replace(EMAIL, body="((areas))"), "Your message is empty."),
        (texted(personalisation={"name": " "}), replace(TEXT, body="((name))"), "Your message is empty."),
        (texted(personalisation={"name": {"file": "aGk="}}), TEXT, "Can only send a file by email"),
        (
            asked(sender_id="8b0b6b7e-0000-4000-8000-000000000001"),
            EMAIL,
            f"email_reply_to_id 8b0b6b7e-0000-4000-8000-000000000001 does not exist in database for service id {SERVICE.id}",
        ),
        (texted(recipient="+1 202 555 0104"), TEXT, "Cannot send to international mobile numbers"),
        (
            texted(personalisation={"name": "a" * 918}),
            TEXT,
            "Your message is too long. Text messages cannot be longer than 918 characters. Your message is 925 characters long.",
        ),
        (
            asked(personalisation={**VALUES, "areas": "é" * 1_000_000}),
            EMAIL,
            "Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is 2000009 bytes.",
        ),
    ],
)
def test_the_reason_against_it_is_said(request_: Asked, template: Template | None, message: str) -> None:
    assert why(request_, template) == ("BadRequestError", message)


def test_a_landline_is_an_invalid_phone() -> None:
    assert why(texted(recipient="020 7946 0991"), TEXT) == ("InvalidPhoneError", "Not a UK mobile number")


def test_a_service_sends_on_its_own_channels_alone() -> None:
    only_texts = replace(SERVICE, permissions=frozenset({"sms"}))
    assert why(asked(), None, only_texts) == ("BadRequestError", "Service is not allowed to send emails")


def test_a_team_key_reaches_the_guestlist_alone() -> None:
    guests = replace(SERVICE, guests=frozenset({"JO@example.com", "+44 7723 456789"}))
    assert accepted(asked(), service=guests, key_type="team").key_type == "team"
    assert accepted(texted(), TEXT, guests, "team").recipient == "447723456789"
    refusal = ("BadRequestError", "Can’t send to this recipient using a team-only API key")
    assert why(asked(recipient="al@example.com"), service=guests, key_type="team") == refusal
    assert why(asked(), key_type="team") == refusal


def test_values_named_for_it_are_sanitised() -> None:
    request = asked(personalisation={**VALUES, "Name": "[Jo](https://evil.link)"}, sanitise_content_for=("name",))
    assert "Dear \\[Jo\\]\\(\\)" in accepted(request).body
    assert sanitised_content(request) == {"Name": {"unsanitised": "[Jo](https://evil.link)", "sanitised": "\\[Jo\\]\\(\\)"}}
