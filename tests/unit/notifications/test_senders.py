"""What a service sends as: reply-to addresses, text senders and contact blocks, chosen or by default (contract 1.3, 1.6)."""

from typing import Any
from uuid import uuid4

import pytest

from functions.notifications.deliver_email import compose
from functions.notifications.port import Email, Text
from schemas.ids import sender_id
from tests.unit.notifications.asking import EMAIL, LETTER, TEXT, accepted, send
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    LETTER_TEMPLATE,
    REPLY_TO,
    SERVICE,
    TEXT_SENDER,
    Ground,
    deliver,
    handle,
)

pytestmark = pytest.mark.usefixtures("live")

PRESS = sender_id(SERVICE, "reply_to", "press")
OTHER_BLOCK = {"lines": "Coastal Team\nPlymouth"}


def sent(ground: Ground, kind: str, body: dict[str, Any]) -> Any:
    """What leaves when this is asked for."""
    accepted(kind, body)
    handle(deliver, *ground.new())
    return ground.provider.sent[-1]


def test_an_email_is_from_the_service_and_answered_at_its_default(ground: Ground) -> None:
    email = sent(ground, "email", EMAIL)
    assert isinstance(email, Email)
    assert (email.sender_name, email.sender_address) == ("Flood warnings", "floods@notifications.example.gov")
    assert email.reply_to == "floods-team@example.gov.uk"


def test_a_caller_may_choose_where_answers_go(ground: Ground) -> None:
    assert sent(ground, "email", {**EMAIL, "email_reply_to_id": PRESS}).reply_to == "press@example.gov.uk"
    assert sent(ground, "email", {**EMAIL, "email_reply_to_id": REPLY_TO}).reply_to == "floods-team@example.gov.uk"


def test_a_service_without_a_reply_to_gets_no_answers(ground: Ground) -> None:
    ground.sends(reply_to={})
    assert sent(ground, "email", EMAIL).reply_to is None


def test_a_service_with_several_and_no_default_says_none(ground: Ground) -> None:
    ground.sends(reply_to={"a": {"address": "a@example.gov.uk"}, "b": {"address": "b@example.gov.uk"}})
    assert sent(ground, "email", EMAIL).reply_to is None


def test_the_only_one_is_the_default_without_saying_so(ground: Ground) -> None:
    ground.sends(reply_to={"a": {"address": "a@example.gov.uk"}}, text_senders={"a": {"sender": "Agency"}})
    assert sent(ground, "email", EMAIL).reply_to == "a@example.gov.uk"
    assert sent(ground, "sms", TEXT).sender == "Agency"


def test_a_service_may_name_its_mailbox(ground: Ground) -> None:
    ground.sends(email_name="flood-warnings")
    assert accepted("email", EMAIL)["content"]["from_email"] == "flood.warnings@notifications.example.gov"


def test_a_text_is_from_the_sender_that_is_chosen_else_the_default_else_the_platforms(ground: Ground) -> None:
    assert accepted("sms", {**TEXT, "sms_sender_id": TEXT_SENDER})["content"]["from_number"] == "Floodline"
    assert accepted("sms", TEXT)["content"]["from_number"] == "Commonweal", "of two, none is the default"
    ground.sends(text_senders={"floods": {"sender": "Floodline", "default": True}, "press": {"sender": "07984404008"}})
    assert accepted("sms", TEXT)["content"]["from_number"] == "Floodline"
    assert sent(ground, "sms", {**TEXT, "sms_sender_id": sender_id(SERVICE, "text_sender", "press")}).sender == "07984404008"


def test_a_text_begins_with_the_services_name_unless_it_wants_none(ground: Ground) -> None:
    assert sent(ground, "sms", TEXT) == Text("Commonweal", "447723456789", "Flood warnings: Severe at Avon")
    ground.sends(text_prefix=False)
    assert sent(ground, "sms", TEXT).body == "Severe at Avon"


@pytest.mark.parametrize(
    ("kind", "body", "name"), [("email", EMAIL, "email_reply_to_id"), ("sms", TEXT, "sms_sender_id")], ids=["email", "text"]
)
@pytest.mark.parametrize(
    "sender",
    [
        str(uuid4()),
        sender_id(ANOTHERS_SERVICE, "reply_to", "press"),
        sender_id(SERVICE, "contact_block", "office"),
    ],
    ids=["unknown", "another service's", "of another kind"],
)
def test_a_sender_that_is_not_the_services_is_refused(ground: Ground, kind: str, body: dict[str, Any], name: str, sender: str) -> None:
    refused = send(kind, {**body, name: sender})
    assert refused.error == (400, "BadRequestError", f"{name} {sender} does not exist in database for service id {SERVICE}")
    assert ground.new() == []


def test_a_senders_id_in_another_form_is_the_same(ground: Ground) -> None:
    for written in (PRESS.upper(), PRESS.replace("-", "")):
        assert sent(ground, "email", {**EMAIL, "email_reply_to_id": written}).reply_to == "press@example.gov.uk"


def test_a_letter_shows_the_block_of_its_template_else_the_default(ground: Ground) -> None:
    ground.sends(contact_blocks={"office": {"lines": "Environment Agency\nBristol"}, "coast": {**OTHER_BLOCK, "default": True}})
    chosen = accepted("letter", LETTER)["id"]
    assert ground.notification(chosen).contact_block == "Environment Agency\nBristol"
    ground.declared["templates"][LETTER_TEMPLATE].pop("contact_block")
    ground.template(LETTER_TEMPLATE)
    assert ground.notification(accepted("letter", LETTER)["id"]).contact_block == "Coastal Team\nPlymouth"


def test_what_was_accepted_keeps_the_sender_that_it_had(ground: Ground) -> None:
    id_ = accepted("email", EMAIL)["id"]
    ground.sends(reply_to={})
    assert compose(ground.notification(id_)).reply_to == "floods-team@example.gov.uk"
