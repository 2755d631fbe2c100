"""Whom a service may reach: in trial mode, with a team key, with a test key, and simulated recipients (contract 4)."""

from typing import Any
from unittest.mock import patch

import pytest

from functions.notifications import handing_over
from functions.notifications.receipts import receipts
from schemas.platform import NotificationStatusChanged
from tests.unit.notifications.asking import EMAIL, LETTER, TEXT, accepted, as_caller, ask, send
from tests.unit.notifications.ground import GUEST, GUEST_NUMBER, Ground, deliver, handle

pytestmark = pytest.mark.usefixtures("live")

CHOOSE = handing_over.choose
TEAM = (400, "BadRequestError", "Can’t send to this recipient using a team-only API key")
TRIAL = (
    400,
    "BadRequestError",
    "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode",
)
MEMBER, MEMBER_NUMBER = "Member@Example.gov.uk", "+44 7700 900556"
GUESTS: list[tuple[str, dict[str, Any]]] = [
    ("email", {**EMAIL, "email_address": GUEST}),
    ("email", {**EMAIL, "email_address": " MEMBER@example.GOV.UK"}),
    ("sms", {**TEXT, "phone_number": GUEST_NUMBER}),
    ("sms", {**TEXT, "phone_number": "07700900556"}),
]
PUBLIC: list[tuple[str, dict[str, Any]]] = [("email", EMAIL), ("sms", TEXT)]
SIMULATED: list[tuple[str, dict[str, Any]]] = [
    *(("email", {**EMAIL, "email_address": f"simulate-delivered{n}@notifications.service.gov.uk"}) for n in ("", "-2", "-3")),
    *(("sms", {**TEXT, "phone_number": number}) for number in ("07700900000", "+447700900111", "07700 900222")),
]


@pytest.fixture(autouse=True)
def _members(ground: Ground) -> None:
    ground.sends(team=[MEMBER, MEMBER_NUMBER])


@pytest.mark.parametrize(("kind", "body"), GUESTS)
def test_a_team_key_reaches_the_team_and_the_guest_list(ground: Ground, kind: str, body: dict[str, Any]) -> None:
    with as_caller(key_type="team"):
        id_ = accepted(kind, body)["id"]
    assert ground.notification(id_).key_type == "team"
    handle(deliver, *ground.new())
    assert len(ground.provider.sent) == 1, "and it really leaves"


@pytest.mark.parametrize(("kind", "body"), PUBLIC)
def test_a_team_key_reaches_nobody_else(ground: Ground, kind: str, body: dict[str, Any]) -> None:
    with as_caller(key_type="team"):
        assert send(kind, body).error == TEAM
    assert ground.new() == []


@pytest.mark.parametrize(("kind", "body"), GUESTS)
def test_in_trial_mode_the_team_and_the_guest_list_are_reached(ground: Ground, kind: str, body: dict[str, Any]) -> None:
    ground.sends(team=[MEMBER, MEMBER_NUMBER], trial=True)
    assert send(kind, body).status == 201


@pytest.mark.parametrize(("kind", "body"), PUBLIC)
def test_in_trial_mode_nobody_else_is(ground: Ground, kind: str, body: dict[str, Any]) -> None:
    ground.sends(trial=True)
    assert send(kind, body).error == TRIAL
    with as_caller(key_type="team"):
        assert send(kind, body).error == TEAM


@pytest.mark.parametrize(("kind", "body"), PUBLIC)
@pytest.mark.parametrize("trial", [False, True])
def test_a_test_key_may_name_anybody_and_reaches_nobody(ground: Ground, kind: str, body: dict[str, Any], trial: bool) -> None:
    ground.sends(trial=trial)
    with as_caller(key_type="test"), patch.object(handing_over, "choose", CHOOSE):
        id_ = accepted(kind, body)["id"]
        assert handle(deliver, *ground.new()) == [True]
    assert ground.notification(id_).provider == "simulator"
    assert ground.provider.sent == []
    handle(receipts, *ground.receipts())
    assert [NotificationStatusChanged.read(event).status for event in ground.new()] == ["sending", "delivered"]


def test_a_test_keys_letter_is_made_but_not_printed(ground: Ground) -> None:
    with as_caller(key_type="test"), patch.object(handing_over, "choose", CHOOSE):
        id_ = accepted("letter", LETTER)["id"]
        assert handle(deliver, *ground.new()) == [True]
        assert ask("GET", f"/v2/notifications/{id_}/pdf").content.startswith(b"%PDF")
    assert ground.objects("print/") == []
    handle(receipts, *ground.receipts())
    assert ask("GET", f"/v2/notifications/{id_}").json["status"] == "received"
    assert ask("GET", f"/v2/notifications/{id_}").json["cost_in_pounds"] == 0.0


@pytest.mark.parametrize(("kind", "body"), SIMULATED)
@pytest.mark.parametrize("key_type", ["live", "team", "test"])
@pytest.mark.parametrize("trial", [False, True])
def test_a_simulated_recipient_is_checked_answered_and_forgotten(
    ground: Ground, kind: str, body: dict[str, Any], key_type: str, trial: bool
) -> None:
    ground.sends(trial=trial)
    with as_caller(key_type=key_type):
        id_ = accepted(kind, body)["id"]
        assert send(kind, {**body, "personalisation": {}}).messages == ["Missing personalisation: severity, area"]
        assert ask("GET", f"/v2/notifications/{id_}").status == 404
    assert ground.new() == []


def test_a_guests_email_address_is_no_phone_number(ground: Ground) -> None:
    ground.sends(guestlist=[GUEST], team=[])
    with as_caller(key_type="team"):
        assert send("sms", {**TEXT, "phone_number": GUEST_NUMBER}).error == TEAM


def test_who_may_be_reached_is_looked_at_before_where_texts_may_go(ground: Ground) -> None:
    abroad = {**TEXT, "phone_number": "+1 202 555 0104"}
    assert send("sms", abroad).messages == ["Cannot send to international mobile numbers"]
    with as_caller(key_type="team"):
        assert send("sms", abroad).error == TEAM


@pytest.mark.parametrize(
    ("permission", "number", "error", "message"),
    [
        ("international_sms", "+1 202 555 0104", "BadRequestError", "Cannot send to international mobile numbers"),
        ("sms_to_uk_landlines", "020 7946 0991", "InvalidPhoneError", "Not a UK mobile number"),
    ],
)
def test_where_texts_may_go_is_the_services_permission(ground: Ground, permission: str, number: str, error: str, message: str) -> None:
    body = {**TEXT, "phone_number": number}
    assert send("sms", body).error == (400, error, message)
    ground.sends(permissions=["sms", "inbound_sms", permission])
    assert send("sms", body).status == 201


def test_a_text_abroad_is_sent_and_costs_what_its_country_does(ground: Ground) -> None:
    ground.sends(permissions=["sms", "inbound_sms", "international_sms"])
    id_ = accepted("sms", {**TEXT, "phone_number": "+33 6 12 34 56 78"})["id"]
    handle(deliver, *ground.new())
    shown = ask("GET", f"/v2/notifications/{id_}").json
    assert (shown["status"], shown["cost_in_pounds"]) == ("sent", 0.048)
    assert shown["cost_details"] == {"billable_sms_fragments": 1, "international_rate_multiplier": 2, "sms_rate": 0.024}
