"""How much a service may send: the refusals, what they tell, and what counts (contract 1.5, 1.6, 4)."""

from typing import Any
from unittest.mock import patch

import pytest

from functions.common import clients, limits
from functions.notifications.request import request
from functions.notifications.store import subscribers
from functions.notifications.store.table import table
from schemas.platform import NotificationRequested
from tests.unit.notifications.asking import EMAIL, LETTER, TEXT, accepted, as_caller, ask, send
from tests.unit.notifications.ground import EMAIL_TEMPLATE, LIST, SERVICE, TEXT_TEMPLATE, VALUES, Clock, Ground, event, handle

pytestmark = pytest.mark.usefixtures("live")

ABROAD = {**TEXT, "phone_number": "+1 202 555 0104"}


def limit(ground: Ground, **changes: int) -> None:
    """What the service may send from now on."""
    ground.sends(permissions=["email", "sms", "letter", "international_sms", "inbound_sms"], limits=changes)


def test_too_many_requests_in_a_minute_are_refused_with_when_to_come_back(ground: Ground, time: Clock) -> None:
    limit(ground, requests_per_minute=6)
    assert [send("sms", TEXT).status for _ in range(3)] == [201, 201, 429]
    refused = send("sms", TEXT)
    assert refused.error == (429, "RateLimitError", "Exceeded rate limit for key type LIVE of 6 requests per 60 seconds")
    assert refused.headers["retry-after"] == "10"
    assert refused.headers["ratelimit-policy"] == '"default";q=6;w=60'
    assert refused.headers["ratelimit"] == '"default";r=0;t=10'
    time.go_on(seconds=10)
    assert send("sms", TEXT).status == 201


def test_the_types_of_key_have_a_rate_each(ground: Ground, time: Clock) -> None:
    limit(ground, requests_per_minute=6)
    while send("sms", TEXT).status == 201:
        pass
    with as_caller(key_type="test"):
        assert [send("sms", TEXT).status for _ in range(3)] == [201, 201, 429]
        assert send("sms", TEXT).messages == ["Exceeded rate limit for key type TEST of 6 requests per 60 seconds"]
    with as_caller(key_type="team"):
        assert send("sms", {**TEXT, "phone_number": "07700 900555"}).status == 201


def test_all_channels_have_one_rate_and_reading_has_none(ground: Ground, time: Clock) -> None:
    limit(ground, requests_per_minute=6)
    assert [send("sms", TEXT).status, send("email", EMAIL).status, send("letter", LETTER).status] == [201, 201, 429]
    assert ask("GET", "/v2/notifications").status == 200


def test_the_rate_is_looked_at_before_the_body_and_bad_requests_count(ground: Ground, time: Clock) -> None:
    limit(ground, requests_per_minute=6)
    assert [send("sms", "{").status for _ in range(3)] == [400, 400, 429]


@pytest.mark.parametrize(
    ("kind", "body", "name", "limited"),
    [
        ("email", EMAIL, "email", {"emails_per_day": 2}),
        ("sms", TEXT, "sms", {"texts_per_day": 2}),
        ("letter", LETTER, "letter", {"letters_per_day": 2}),
        ("sms", ABROAD, "international_sms", {"international_texts_per_day": 2}),
    ],
)
def test_what_is_over_the_days_limit_is_refused_until_midnight(
    ground: Ground, time: Clock, kind: str, body: dict[str, Any], name: str, limited: dict[str, int]
) -> None:
    limit(ground, **limited)
    assert [send(kind, body).status for _ in range(3)] == [201, 201, 429]
    ground.new()
    refused = send(kind, body)
    assert refused.error == (429, "TooManyRequestsError", f"Exceeded send limits ({name}: 2) for today")
    assert refused.headers["retry-after"] == str(12 * 3600)
    assert refused.headers["ratelimit-policy"] == '"default";q=2;w=86400'
    assert ground.new() == []
    time.go_on(hours=12)
    assert send(kind, body).status == 201


def test_each_channel_has_its_own_day(ground: Ground, time: Clock) -> None:
    limit(ground, emails_per_day=1, texts_per_day=1)
    assert [send("email", EMAIL).status, send("sms", TEXT).status] == [201, 201]
    assert [send("email", EMAIL).status, send("sms", TEXT).status] == [429, 429]


def test_the_day_is_looked_at_before_the_body(ground: Ground, time: Clock) -> None:
    limit(ground, texts_per_day=0)
    assert send("sms", "{").error[1] == "TooManyRequestsError"


def test_what_a_test_key_asks_for_is_never_counted(ground: Ground, time: Clock) -> None:
    limit(ground, texts_per_day=1, international_texts_per_day=0)
    with as_caller(key_type="test"):
        assert [send("sms", TEXT).status for _ in range(3)] == [201] * 3
        assert send("sms", ABROAD).status == 201
        assert send("sms", "{").status == 400
    assert [send("sms", TEXT).status for _ in range(2)] == [201, 429]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        {},
        {**TEXT, "personalisation": {}},
        {**TEXT, "phone_number": "020 7946 0991"},
        {**TEXT, "phone_number": "07700 900000"},
        {**TEXT, "template_version": 7},
    ],
    ids=["no JSON", "no fields", "no values", "a landline", "simulated", "no such version"],
)
def test_what_becomes_no_message_does_not_count(ground: Ground, time: Clock, body: object) -> None:
    limit(ground, texts_per_day=1)
    for _ in range(3):
        assert send("sms", body).status in (201, 400)
    assert [send("sms", TEXT).status for _ in range(2)] == [201, 429]


def test_a_repeated_request_does_not_count(ground: Ground, time: Clock) -> None:
    limit(ground, texts_per_day=3, international_texts_per_day=2)
    first = [accepted("sms", ABROAD, "key")["id"] for _ in range(4)]
    assert len(set(first)) == 1
    assert [send("sms", ABROAD).status for _ in range(2)] == [201, 429]
    assert [send("sms", TEXT).status for _ in range(2)] == [201, 429]


def test_the_last_message_of_the_day_is_still_answered_when_it_is_asked_for_again(ground: Ground, time: Clock) -> None:
    limit(ground, texts_per_day=2, international_texts_per_day=1)
    text, abroad = accepted("sms", TEXT, "a"), accepted("sms", ABROAD, "b")
    assert send("sms", TEXT).status == 429
    assert accepted("sms", TEXT, "a") == text
    assert accepted("sms", ABROAD, "b") == abroad
    assert send("sms", TEXT, "c").status == 429
    assert send("sms", "{", None).status == 429


def test_an_outage_gives_the_message_back(ground: Ground, time: Clock) -> None:
    limit(ground, texts_per_day=1, international_texts_per_day=1)
    failure = clients.dynamodb().exceptions.InternalServerError({"Error": {"Code": "x"}}, "PutItem")
    with patch.object(table, "put", side_effect=failure):
        assert send("sms", ABROAD).status == 503
    assert send("sms", ABROAD).status == 201


def test_a_day_that_is_used_up_refuses_without_a_write(ground: Ground, time: Clock) -> None:
    limit(ground, texts_per_day=1)
    assert [send("sms", TEXT).status for _ in range(8)] == [201, *[429] * 7]
    calls = ground.calls(clients.dynamodb())
    assert send("sms", TEXT).status == 429
    assert calls == []


def test_another_process_knows_what_was_used(ground: Ground, time: Clock) -> None:
    limit(ground, texts_per_day=2)
    assert send("sms", TEXT).status == 201
    limits.forget()
    assert [send("sms", TEXT).status for _ in range(2)] == [201, 429]


def test_letters_refused_in_trial_mode_leave_no_more_for_afterwards(ground: Ground, time: Clock) -> None:
    limit(ground, letters_per_day=1)
    assert send("letter", LETTER).status == 201
    ground.sends(permissions=["letter", "inbound_sms"], trial=True, limits={"letters_per_day": 1})
    assert {send("letter", LETTER).status for _ in range(3)} == {403}
    limit(ground, letters_per_day=1)
    assert send("letter", LETTER).status == 429


def test_a_service_in_trial_mode_sends_fifty_a_day(ground: Ground, time: Clock) -> None:
    ground.sends(trial=True)
    text = {**TEXT, "phone_number": "07700 900555"}
    assert {send("sms", text).status for _ in range(50)} == {201}
    assert send("sms", text).messages == ["Exceeded send limits (sms: 50) for today"]


def test_what_an_event_asks_for_counts_once_however_often_it_comes(ground: Ground, time: Clock) -> None:
    limit(ground, emails_per_day=3)
    for number in range(2):
        subscribers.subscribe(SERVICE, LIST, "email", f"resident{number}@example.com")
    subscribers.subscribe(SERVICE, LIST, "email", "simulate-delivered@notifications.service.gov.uk")
    ground.new()
    asking = event(NotificationRequested(service_id=SERVICE, templates={"email": EMAIL_TEMPLATE}, personalisation=VALUES, subscribers=LIST))
    assert [handle(request, asking) for _ in range(3)] == [[True]] * 3
    assert ground.names() == ["NotificationAccepted"] * 2
    assert ground.quarantined() == []
    assert [send("email", EMAIL).status for _ in range(2)] == [201, 429]


def test_an_event_that_asks_for_more_than_a_days_messages_waits_until_another_day(ground: Ground, time: Clock) -> None:
    limit(ground, emails_per_day=1)
    first, second = (
        event(
            NotificationRequested(
                service_id=SERVICE, templates={"email": EMAIL_TEMPLATE}, personalisation=VALUES, email_address=f"{name}@example.com"
            )
        )
        for name in ("jo", "ann")
    )
    assert handle(request, first) == [True]
    assert handle(request, second) == [False]
    assert handle(request, first) == [True], "what was accepted needs no second place in the day"
    assert ground.quarantined() == []
    time.go_on(days=1)
    assert handle(request, second) == [True]
    assert ground.names() == ["NotificationAccepted"] * 2


def test_a_text_abroad_that_an_event_asks_for_waits_until_another_day_too(ground: Ground, time: Clock) -> None:
    limit(ground, international_texts_per_day=1)
    asks = NotificationRequested(
        service_id=SERVICE, templates={"sms": TEXT_TEMPLATE}, personalisation=VALUES, phone_number=ABROAD["phone_number"]
    )
    first, second = event(asks), event(asks)
    assert handle(request, first) == [True]
    assert handle(request, second) == [False]
    assert handle(request, first) == [True], "it was accepted"
    assert ground.quarantined() == []
    time.go_on(days=1)
    assert handle(request, second) == [True]
    assert ground.names() == ["NotificationAccepted"] * 2
