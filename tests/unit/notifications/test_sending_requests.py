"""A request that is asked twice is done once, a pinned version is the one that is sent, and defaults stand in (contract 6)."""

import base64
import json
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from functions.common import clients
from functions.notifications.notification import Template
from functions.notifications.store import messages, template_versions
from functions.notifications.store.table import table
from tests.unit.notifications.asking import EMAIL, LETTER, TEXT, accepted, as_caller, ask, send, shown
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    ANOTHERS_TEMPLATE,
    EMAIL_TEMPLATE,
    SERVICE,
    TEXT_TEMPLATE,
    Clock,
    Ground,
)

pytestmark = pytest.mark.usefixtures("live")

KEY = "9f1b6f5e-order-1"
USED = (422, "BadRequestError", "This Idempotency-Key was used for another request: use a key of its own for each")


def pdf(content: bytes) -> dict[str, str]:
    return {"reference": "r", "content": base64.b64encode(content).decode()}


@pytest.mark.parametrize(("kind", "body"), [("email", EMAIL), ("sms", TEXT), ("letter", LETTER), ("letter", pdf(b"%PDF-1"))])
def test_the_same_request_under_the_same_key_is_answered_the_same_and_sent_once(ground: Ground, kind: str, body: dict[str, Any]) -> None:
    first, second = send(kind, body, KEY), send(kind, body, KEY)
    assert first.status == second.status == 201
    assert first.json == second.json
    assert len(ground.names()) == 1


def test_without_a_key_each_request_is_its_own(ground: Ground) -> None:
    assert accepted("sms", TEXT)["id"] != accepted("sms", TEXT)["id"]
    assert len(ground.names()) == 2


def test_how_the_json_is_written_does_not_matter(ground: Ground) -> None:
    first = accepted("email", EMAIL, KEY)
    rewritten = json.dumps(dict(reversed(EMAIL.items())), indent=4)
    assert accepted("email", rewritten, KEY) == first
    assert accepted("email", EMAIL, f'"{KEY}"') == first, "quoted, as the header's draft standard writes it"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("email", {**EMAIL, "email_address": "al@example.com"}),
        ("email", {**EMAIL, "reference": "another"}),
        ("sms", TEXT),
        ("letter", LETTER),
    ],
)
def test_another_request_under_the_same_key_is_refused(ground: Ground, kind: str, body: dict[str, Any]) -> None:
    first = accepted("email", EMAIL, KEY)
    ground.new()
    assert send(kind, body, KEY).error == USED
    assert ground.new() == []
    assert shown(first["id"])["email_address"] == "jo@example.com"


def test_another_pdf_under_the_same_key_is_refused_and_the_first_one_stays(ground: Ground) -> None:
    id_ = accepted("letter", pdf(b"%PDF the first"), KEY)["id"]
    key = str(ground.notification(id_).pdf_key)
    assert send("letter", pdf(b"%PDF the second"), KEY).error == USED
    assert ground.notification(id_).pdf_key == key
    assert ground.object(key) == b"%PDF the first"


def test_after_a_day_a_key_may_be_used_anew(ground: Ground, time: Clock) -> None:
    first = accepted("email", EMAIL, KEY)
    time.go_on(hours=24)
    assert accepted("email", EMAIL, KEY) == first
    time.go_on(seconds=1)
    second = accepted("email", {**EMAIL, "reference": "the next day"}, KEY)
    assert second["id"] != first["id"]
    assert accepted("email", {**EMAIL, "reference": "the next day"}, KEY) == second
    assert send("email", EMAIL, KEY).error == USED
    time.go_on(hours=25)
    third = accepted("email", EMAIL, KEY)
    assert len({first["id"], second["id"], third["id"]}) == 3
    assert len(ground.names()) == 3


def test_what_is_sent_anew_is_a_message_of_its_own(ground: Ground, time: Clock) -> None:
    ground.template(EMAIL_TEMPLATE, unsubscribe=True)
    first = ground.notification(accepted("email", EMAIL, KEY)["id"])
    letter = ground.notification(accepted("letter", LETTER, "a letter")["id"])
    time.go_on(hours=25)
    second = ground.notification(accepted("email", EMAIL, KEY)["id"])
    assert f"/unsubscribe/{first.id}/" in str(first.unsubscribe_url)
    assert f"/unsubscribe/{second.id}/" in str(second.unsubscribe_url), "its link ends it, not the one before"
    assert ground.notification(accepted("letter", LETTER, "a letter")["id"]).pdf_key != letter.pdf_key


def test_two_types_of_key_are_apart(ground: Ground) -> None:
    live = accepted("email", EMAIL, KEY)["id"]
    with as_caller(key_type="test"):
        test = accepted("email", EMAIL, KEY)["id"]
    assert live != test
    assert ground.notification(test).key_type == "test"


def test_two_services_are_apart(ground: Ground) -> None:
    mine = accepted("email", EMAIL, KEY)["id"]
    with as_caller(service_id=ANOTHERS_SERVICE, department="communities"):
        theirs = accepted("email", {"email_address": "jo@example.com", "template_id": ANOTHERS_TEMPLATE}, KEY)["id"]
        assert ask("GET", f"/v2/notifications/{mine}").status == 404
    assert mine != theirs


def test_a_template_that_changed_meanwhile_changes_nothing_of_what_was_accepted(ground: Ground) -> None:
    first = accepted("email", EMAIL, KEY)
    ground.template(EMAIL_TEMPLATE, body="((a new placeholder))")
    assert accepted("email", EMAIL, KEY) == first
    assert send("email", EMAIL).error == (400, "BadRequestError", "Missing personalisation: a new placeholder")
    del ground.declared["templates"][EMAIL_TEMPLATE]
    ground.template(TEXT_TEMPLATE)
    assert accepted("email", EMAIL, KEY) == first, "though the template is archived"
    assert send("email", {**EMAIL, "reference": "another"}, KEY).error == USED


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("email", {**EMAIL, "email_address": "simulate-delivered@notifications.service.gov.uk"}),
        ("sms", {**TEXT, "phone_number": "07700900111"}),
    ],
)
def test_a_simulated_recipient_is_remembered_and_nothing_else(ground: Ground, kind: str, body: dict[str, Any]) -> None:
    first = accepted(kind, body, KEY)
    assert accepted(kind, body, KEY) == first
    assert send(kind, {**body, "reference": "another"}, KEY).error == USED
    assert ask("GET", f"/v2/notifications/{first['id']}").status == 404
    assert ask("GET", "/v2/notifications").json["notifications"] == []
    assert ground.new() == []


def test_a_refused_request_leaves_the_key_free(ground: Ground) -> None:
    assert send("email", {**EMAIL, "personalisation": {}}, KEY).status == 400
    assert send("email", "{", KEY).status == 400
    assert accepted("email", EMAIL, KEY)
    assert len(ground.names()) == 1


def test_an_outage_leaves_the_key_to_the_next_try(ground: Ground) -> None:
    with patch.object(table, "put", side_effect=clients.dynamodb().exceptions.InternalServerError({"Error": {"Code": "x"}}, "PutItem")):
        assert send("email", EMAIL, KEY).status == 503
    first = accepted("email", EMAIL, KEY)
    assert accepted("email", EMAIL, KEY) == first


def test_a_repeated_request_costs_one_write_that_fails(ground: Ground) -> None:
    for _ in range(4):
        accepted("email", EMAIL, KEY)
    calls = ground.calls(clients.dynamodb())
    accepted("email", EMAIL, KEY)
    assert calls == ["PutItem"]


@pytest.mark.parametrize("key", [" ", '""', "k" * 256, "a\x07b"])
def test_a_key_that_is_none_is_refused(ground: Ground, key: str) -> None:
    answer = ask("POST", "/v2/notifications/email", EMAIL, headers={"idempotency-key": key})
    assert answer.error == (400, "ValidationError", "Idempotency-Key must have 1 to 255 printable characters")
    assert ground.new() == []


def test_what_was_accepted_and_sent_is_still_answered(ground: Ground) -> None:
    first = accepted("email", EMAIL, KEY)
    with messages.claim(SERVICE, first["id"]):
        assert accepted("email", EMAIL, KEY) == first


def test_the_latest_version_is_sent_unless_one_is_pinned(ground: Ground) -> None:
    ground.template(TEXT_TEMPLATE, body="New: ((severity)) at ((area))")
    assert accepted("sms", TEXT)["content"]["body"] == "New: Severe at Avon"
    pinned = accepted("sms", {**TEXT, "template_version": 1})
    assert (pinned["content"]["body"], pinned["template"]["version"]) == ("Severe at Avon", 1)
    assert shown(pinned["id"])["template"]["version"] == 1
    assert accepted("sms", {**TEXT, "template_version": 2})["template"]["version"] == 2


@pytest.mark.parametrize("version", [0, -1, "1", 1.5, True, None])
def test_a_version_is_a_number_from_one(ground: Ground, version: object) -> None:
    answer = send("sms", {**TEXT, "template_version": version})
    assert answer.error == (400, "ValidationError", f"template_version {str(version).strip(chr(39))} is not the number of a version")


def test_a_version_that_is_not_there_is_no_template(ground: Ground) -> None:
    assert send("sms", {**TEXT, "template_version": 2}).error == (400, "BadRequestError", "Template not found")


def test_an_archived_template_refuses_every_version(ground: Ground) -> None:
    ground.template(TEXT_TEMPLATE, body="New: ((severity)) at ((area))")
    del ground.declared["templates"][TEXT_TEMPLATE]
    ground.template(EMAIL_TEMPLATE)
    for body in (TEXT, {**TEXT, "template_version": 1}, {**TEXT, "template_version": 2}):
        assert send("sms", body).error == (400, "BadRequestError", "Template has been deleted")


def test_a_default_stands_in_for_what_is_not_given(ground: Ground) -> None:
    ground.template(TEXT_TEMPLATE, defaults={"area": "England", "Severity": "A"})
    answers = [
        accepted("sms", {**TEXT, "personalisation": values})["content"]["body"]
        for values in ({}, {"area": "Avon"}, {"severity": "Severe", "AREA": None}, {"area": ""})
    ]
    assert answers == ["A at England", "A at Avon", "Severe at England", "A at"]
    shown_ = ask("GET", f"/v2/template/{TEXT_TEMPLATE}").json
    assert shown_["personalisation"] == {"severity": {"required": False}, "area": {"required": False}}


def test_a_pinned_version_has_its_own_defaults(ground: Ground) -> None:
    ground.template(TEXT_TEMPLATE, defaults={"area": "England"})
    body = {**TEXT, "personalisation": {"severity": "Severe"}}
    assert accepted("sms", body)["content"]["body"] == "Severe at England"
    assert send("sms", {**body, "template_version": 1}).error == (400, "BadRequestError", "Missing personalisation: area")


def test_anothers_template_cannot_be_pinned_either(ground: Ground) -> None:
    theirs = Template(str(uuid4()), ANOTHERS_SERVICE, "Theirs", "email", 1, "Hello", "Hi", None)
    template_versions.save(theirs, None)
    body = {**EMAIL, "template_id": theirs.id, "template_version": 1}
    assert send("email", body).error == (400, "BadRequestError", "Template not found")
