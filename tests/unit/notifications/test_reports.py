"""What providers report over HTTP: taken safely, and dealt with as if EventBridge had brought it."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.common import clock
from functions.notifications.receipts import receipts
from functions.notifications.receive_text import receive_text
from functions.notifications.reports import reports
from schemas.platform import NotificationStatusChanged
from tests.unit.notifications.asking import Answer, as_caller, ask
from tests.unit.notifications.ground import INBOUND_NUMBER, Clock, Ground, accepted_email, deliver, handle

SCOPES = frozenset({"notifications:receipts"})
RECEIPT = {"channel": "letter", "reference": "reference-1", "status": "delivered", "at": "2026-11-23T12:00:00+01:00"}
TEXT = {"id": "t1", "source_number": "+447723456789", "destination_number": INBOUND_NUMBER, "message": "Stop"}


@pytest.fixture(autouse=True)
def _provider() -> Iterator[None]:
    with as_caller(reports, scopes=SCOPES):
        yield


def report(path: str, body: dict[str, Any]) -> Answer:
    return ask("POST", f"/notifications/{path}", body, of=reports)


def sent(ground: Ground, **changes: Any) -> None:
    """A message that its provider calls `reference-1`."""
    accepted_email(**changes)
    handle(deliver, *ground.new())
    ground.new()


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("status", ["delivered", "temporary-failure", "permanent-failure", "technical-failure"])
def test_what_is_reported_becomes_of_the_message(ground: Ground, channel: str, status: str) -> None:
    sent(ground, channel=channel)
    answer = report("receipts", {**RECEIPT, "channel": channel, "status": status})
    assert (answer.status, answer.json) == (202, {"status": "accepted"})
    assert handle(receipts, *ground.queued("receipts")) == [True]
    assert [NotificationStatusChanged.read(said).status for said in ground.new()] == [status]


def test_a_report_that_comes_again_or_too_late_does_no_harm(ground: Ground) -> None:
    sent(ground)
    for status in ("delivered", "delivered", "permanent-failure"):
        assert report("receipts", {**RECEIPT, "channel": "email", "status": status}).status == 202
    assert handle(receipts, *ground.queued("receipts")) == [True] * 3
    assert [NotificationStatusChanged.read(said).status for said in ground.new()] == ["delivered"]


def test_a_report_ahead_of_its_sending_waits_for_it(ground: Ground) -> None:
    report("receipts", {**RECEIPT, "channel": "email", "at": clock.stamp()})
    (waiting,) = ground.queued("receipts")
    assert handle(receipts, waiting) == [False]
    sent(ground)
    assert handle(receipts, waiting) == [True]


def test_a_report_from_the_future_is_one_of_now(ground: Ground, time: Clock) -> None:
    report("receipts", {**RECEIPT, "channel": "email", "at": "2030-01-01T00:00:00Z"})
    (waiting,) = ground.queued("receipts")
    assert waiting["time"] == "2026-11-23T12:00:00.000000Z"
    assert handle(receipts, waiting) == [False]
    time.go_on(minutes=5, seconds=1)
    assert handle(receipts, waiting) == [True], "nobody knows the reference, and it is not waited for any longer"


def test_a_reference_is_one_channels_alone(ground: Ground) -> None:
    sent(ground)
    report("receipts", {**RECEIPT, "channel": "sms"})
    assert handle(receipts, *ground.queued("receipts")) == [True]
    assert ground.new() == []


def test_a_text_that_is_reported_is_received(ground: Ground) -> None:
    assert report("received-texts", TEXT).status == 202
    assert handle(receive_text, *ground.queued("received")) == [True]
    assert ground.names() == ["TextReceived"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("receipts", {**RECEIPT, "status": "created"}, "status"),
        ("receipts", {**RECEIPT, "channel": "fax"}, "channel"),
        ("receipts", {**RECEIPT, "reference": ""}, "reference"),
        ("receipts", {**RECEIPT, "at": "2026-11-23T12:00:00"}, "at"),
        ("receipts", {**RECEIPT, "colour": "red"}, "colour"),
        ("received-texts", {**TEXT, "source_number": "Floodline!"}, "source_number"),
        ("received-texts", {**TEXT, "message": "a" * 2_001}, "message"),
        ("received-texts", {name: value for name, value in TEXT.items() if name != "id"}, "id"),
    ],
)
def test_a_report_that_is_none_is_refused_with_the_field(ground: Ground, path: str, body: dict[str, Any], field: str) -> None:
    answer = report(path, body)
    assert (answer.status, [error["field"] for error in answer.json["errors"]]) == (422, [field])
    assert ground.queued("receipts") == ground.queued("received") == []


@pytest.mark.parametrize("path", ["receipts", "received-texts"])
def test_only_a_providers_key_may_report(ground: Ground, path: str) -> None:
    with as_caller(reports, scopes=frozenset({"notifications:send", "notifications:manage"})):
        assert report(path, RECEIPT).status == 403
    with as_caller(reports, scopes=SCOPES, key_type="test"):
        assert report(path, RECEIPT).status == 403
