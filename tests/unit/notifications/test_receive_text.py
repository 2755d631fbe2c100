"""Texts that people send to a service's numbers: kept once, said once, listed, and nobody else's (contract 1.2, 1.4, 4)."""

import json
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from functions.notifications.receive_text import receive_text
from functions.notifications.store import listing, sending
from schemas.platform import TextReceived
from schemas.sending import Sending
from tests.unit.notifications.asking import URL, as_caller, ask
from tests.unit.notifications.ground import ANOTHERS_SERVICE, DEPARTMENT, INBOUND_NUMBER, SERVICE, Clock, Ground, handle

pytestmark = pytest.mark.usefixtures("live")


def text(words: str = "Please stop", inbound_id: str = "inbound-1", **changes: Any) -> dict[str, Any]:
    """A text as AWS End User Messaging passes it on."""
    return {
        "originationNumber": "+447723456789",
        "destinationNumber": f"+{INBOUND_NUMBER}",
        "messageKeyword": "KEYWORD_1",
        "messageBody": words,
        "inboundMessageId": inbound_id,
        **changes,
    }


def received(*query: tuple[str, str]) -> Any:
    answer = ask("GET", "/v2/received-text-messages", query=query)
    assert answer.status == 200, answer.text
    return answer.json


def test_a_text_is_kept_for_the_service_of_its_number_and_said_without_its_words(ground: Ground, time: Clock) -> None:
    assert handle(receive_text, text()) == [True]
    (said,) = ground.new()
    event = TextReceived.read(said)
    assert (str(event.service_id), said.department) == (SERVICE, DEPARTMENT)
    assert "stop" not in said.model_dump_json()
    assert "447723456789" not in said.model_dump_json()
    assert received()["received_text_messages"] == [
        {
            "id": str(event.text_id),
            "user_number": "447723456789",
            "notify_number": INBOUND_NUMBER,
            "created_at": "2026-11-23T12:00:00.000000Z",
            "service_id": SERVICE,
            "content": "Please stop",
        }
    ]


def test_the_same_text_again_changes_nothing(ground: Ground) -> None:
    assert handle(receive_text, text(), text(), text(inbound_id="inbound-2")) == [True, True, True]
    assert ground.names() == ["TextReceived"] * 2
    assert len(received()["received_text_messages"]) == 2


def test_a_text_to_nobodys_number_is_dropped(ground: Ground) -> None:
    assert handle(receive_text, text(destinationNumber="+447700900999")) == [True]
    assert ground.new() == []
    assert ground.quarantined() == []


def test_a_service_that_may_not_receive_any_more_does_not(ground: Ground) -> None:
    ground.declared["services"][SERVICE]["permissions"] = ["sms"]
    assert handle(receive_text, text()) == [True]
    assert ground.new() == []


@pytest.mark.parametrize(
    "message",
    [{}, [], "x", None, {**text(), "messageBody": 7}, {name: value for name, value in text().items() if name != "inboundMessageId"}],
)
def test_what_is_no_text_is_quarantined(ground: Ground, message: object) -> None:
    assert handle(receive_text, message) == [True]
    assert [one["reason"] for one in ground.quarantined()] == ["body: is not a text as AWS End User Messaging passes it on"]


def test_a_number_that_was_given_over_http_works_too(ground: Ground) -> None:
    made = str(uuid4())
    wanted = Sending.model_validate({"permissions": ["inbound_sms"], "inbound_numbers": ["07700 900123"]}).compiled(made)
    sending.save(made, {**wanted, "title": "Theirs", "department": "communities"})
    ground.new()
    assert handle(receive_text, text(destinationNumber="+447700900123")) == [True]
    (said,) = ground.new()
    assert (str(TextReceived.read(said).service_id), said.department) == (made, "communities")
    with as_caller(service_id=made, department="communities"):
        assert [one["content"] for one in received()["received_text_messages"]] == ["Please stop"]
    assert received()["received_text_messages"] == []


def test_texts_are_listed_newest_first_over_days_and_pages(ground: Ground, time: Clock) -> None:
    for number in range(5):
        handle(receive_text, text(str(number), f"inbound-{number}"))
        time.go_on(hours=30)
    found: list[str] = []
    with patch.object(listing, "PAGE", 2):
        page = received()
        while page["received_text_messages"]:
            found += [one["content"] for one in page["received_text_messages"]]
            last = page["received_text_messages"][-1]["id"]
            assert page["links"]["next"] == f"{URL}/v2/received-text-messages?older_than={last}"
            page = received(("older_than", last))
    assert found == ["4", "3", "2", "1", "0"]
    assert "next" not in page["links"]


def test_what_is_older_than_nothing_of_the_services_is_nothing(ground: Ground) -> None:
    handle(receive_text, text())
    mine = received()["received_text_messages"][0]["id"]
    assert received(("older_than", str(uuid4())))["received_text_messages"] == []
    with as_caller(service_id=ANOTHERS_SERVICE, department="communities"):
        assert received()["received_text_messages"] == []
        assert received(("older_than", mine))["received_text_messages"] == []
    assert ask("GET", "/v2/received-text-messages", query="older_than=x").messages == ["older_than is not a valid UUID"]


def test_a_text_is_kept_as_long_as_the_services_own(ground: Ground, time: Clock) -> None:
    ground.sends(retention_days={"sms": 3})
    handle(receive_text, text())
    (said,) = ground.new()
    item = ground.item(f"received#{SERVICE}#{TextReceived.read(said).text_id}", "text")
    assert item["expires_at"] == time.now.timestamp() + 3 * 86_400


def test_a_text_that_has_expired_is_not_listed_though_it_is_still_there(ground: Ground, time: Clock) -> None:
    handle(receive_text, text())
    mine = received()["received_text_messages"][0]["id"]
    time.go_on(days=7, hours=1)
    assert received()["received_text_messages"] == received(("older_than", mine))["received_text_messages"] == []


def test_nothing_of_a_text_is_logged(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    handle(receive_text, text("canary"), {**text("canary"), "originationNumber": 7})
    assert "canary" not in "".join(capsys.readouterr()).lower()
    assert json.loads(ground.quarantined()[0]["body"])["messageBody"] == "canary"
