"""What is said of a body that cannot be done (contract 1.3, 1.6)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from functions.common import clock
from functions.notifications.requests import Unacceptable, email, letter, listing, preview, sms

TEMPLATE = "f4e3d2c1-0000-4000-8000-000000000001"


def refusals(read: Any, body: object) -> list[tuple[str, str]]:
    with pytest.raises(Unacceptable) as refused:
        read(body)
    assert refused.value.status == 400
    return list(refused.value.errors)


def messages(read: Any, body: object) -> list[str]:
    found = refusals(read, body)
    assert {name for name, _ in found} == {"ValidationError"}
    return [message for _, message in found]


@pytest.mark.parametrize("body", [{}, []])
def test_all_that_is_missing_is_said_at_once(body: object) -> None:
    assert messages(email, body) == ["email_address is a required property", "template_id is a required property"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"template_id": "x"}, "template_id is not a valid UUID"),
        ({"template_id": f"{TEMPLATE}\n"}, "template_id is not a valid UUID"),
        ({"template_id": 3}, "template_id 3 is not of type string"),
        ({"email_address": "x"}, "email_address Not a valid email address"),
        ({"email_address": None}, "email_address None is not of type string"),
        ({"reference": "r" * 1001}, f"reference {'r' * 100}… is too long"),
        ({"personalisation": "x"}, "personalisation x is not of type object"),
        ({"personalisation": None}, "personalisation None is not of type object"),
        ({"bar": 1}, "Additional properties are not allowed (bar was unexpected)"),
        ({"foo": 1, "bar": 1}, "Additional properties are not allowed (bar, foo were unexpected)"),
        ({"one_click_unsubscribe_url": "http://x"}, "one_click_unsubscribe_url is not a valid https url"),
        (
            {"scheduled_for": "tomorrow"},
            "scheduled_for datetime format is invalid. It must be a valid ISO8601 date time format, https://en.wikipedia.org/wiki/ISO_8601",
        ),
        ({"scheduled_for": "2001-01-01T00:00:00Z"}, "scheduled_for datetime can not be in the past"),
        ({"scheduled_for": "2999-01-01"}, "scheduled_for datetime can only be 24 hours in the future"),
    ],
)
def test_a_field_at_fault_is_named(changes: dict[str, object], message: str) -> None:
    assert messages(email, {"email_address": "jo@example.com", "template_id": TEMPLATE, **changes}) == [message]


LARGE = "x" * 1_000_000


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (email, LARGE),
        (email, [LARGE]),
        (email, {LARGE: 1}),
        (email, {f"{number:099}": 1 for number in range(10_000)}),
        *((email, {name: LARGE}) for name in ("email_address", "personalisation", "reference", "sanitise_content_for", "template_version")),
        *((email, {name: [LARGE]}) for name in ("email_address", "template_id", "scheduled_for", "reference", "sanitise_content_for")),
        (sms, {"phone_number": LARGE}),
        (letter, {"content": [LARGE], "reference": LARGE, "postage": LARGE}),
        (preview, {"personalisation": LARGE}),
        (listing, [("status", LARGE), ("template_type", LARGE), ("include_jobs", LARGE), (LARGE, ""), ("older_than", LARGE)]),
    ],
)
def test_what_was_sent_is_not_sent_back_whole(read: Any, said: object) -> None:
    assert sum(len(message) for _, message in refusals(read, said)) < 2_000


@pytest.mark.parametrize(("read", "recipient"), [(email, {"email_address": "jo@example.com"}), (sms, {"phone_number": "07723456789"})])
def test_what_should_leave_later_is_refused_rather_than_sent_at_once(read: Any, recipient: dict[str, str]) -> None:
    body = {**recipient, "template_id": TEMPLATE}
    in_an_hour = (clock.now() + timedelta(hours=1)).isoformat()
    refusal = "scheduled_for is not supported yet: leave it out, and the message is sent at once"
    assert refusals(read, {**body, "scheduled_for": in_an_hour}) == [("BadRequestError", refusal)]
    assert read({**body, "scheduled_for": None}) == read(body)


def test_an_email_field_is_unexpected_in_a_text() -> None:
    body = {"phone_number": "07723456789", "template_id": TEMPLATE, "email_reply_to_id": TEMPLATE}
    assert messages(sms, body) == ["Additional properties are not allowed (email_reply_to_id was unexpected)"]


@pytest.mark.parametrize(("number", "why"), [("07123", "Not enough digits"), ("07890x32109", "Must not contain letters or symbols")])
def test_a_number_at_fault_is_said_with_its_field(number: str, why: str) -> None:
    assert messages(sms, {"phone_number": number, "template_id": TEMPLATE}) == [f"phone_number {why}"]


def test_a_body_that_is_no_object_is_refused() -> None:
    assert messages(sms, "x") == ["x is not of type object"]


def test_a_uuid_without_hyphens_is_one() -> None:
    assert email({"email_address": "jo@example.com", "template_id": TEMPLATE.replace("-", "")}).template_id == UUID(TEMPLATE)
