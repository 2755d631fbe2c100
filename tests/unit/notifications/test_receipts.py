"""Receipts: what providers say became of a message, in whatever order it comes."""

from typing import Any
from unittest.mock import patch

import pytest

from functions.common import clients
from functions.notifications import handing_over, receipt, simulator
from functions.notifications.deliver_email import Ses, compose
from functions.notifications.port import Text
from functions.notifications.receipts import receipts
from functions.notifications.statuses import Status
from functions.notifications.store import messages
from functions.notifications.store.table import table
from schemas.platform import NotificationStatusChanged
from tests.unit.notifications.ground import SERVICE, Ground, accepted_email, deliver, handle

CHOOSE = handing_over.choose


def sent(ground: Ground, **changes: Any) -> str:
    """The id of a notification that its provider calls `reference-1`."""
    id_ = accepted_email(**changes).id
    handle(deliver, *ground.new())
    ground.new()
    return id_


def email(outcome: str, reference: str = "reference-1", **more: Any) -> dict[str, Any]:
    return {**simulator._event("aws.ses", "x", {"eventType": outcome, "mail": {"messageId": reference}, **more})}


def text(kind: str, final: bool = True) -> dict[str, Any]:
    detail: dict[str, object] = {"eventType": kind, "messageId": "reference-1", "isFinal": final}
    return {**simulator._event("aws.sms-voice", "x", detail)}


def statuses(ground: Ground) -> list[str]:
    return [NotificationStatusChanged.read(event).status for event in ground.new()]


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (email("Delivery"), "delivered"),
        (email("Bounce", bounce={"bounceType": "Permanent"}), "permanent-failure"),
        (email("Bounce", bounce={"bounceType": "Transient"}), "temporary-failure"),
        (email("Bounce", bounce={"bounceType": "Undetermined"}), "temporary-failure"),
        (email("Reject"), "technical-failure"),
    ],
)
def test_a_receipt_of_an_email_is_its_status(ground: Ground, event: dict[str, Any], outcome: str) -> None:
    id_ = sent(ground)
    assert handle(receipts, event) == [True]
    assert statuses(ground) == [outcome]
    assert ground.notification(id_).status == outcome
    assert ground.notification(id_).completed_at


def test_a_receipt_stands_in_the_tree_of_what_was_asked(ground: Ground) -> None:
    accepted_email()
    (accepted,) = ground.new()
    handle(deliver, accepted)
    handle(receipts, email("Delivery"))
    sending, delivered = ground.new()
    assert (delivered.correlationid, delivered.causationid, delivered.department) == ("correlation", accepted.id, "environment-agency")
    assert delivered.id != sending.id


def test_a_text_may_wait_on_its_way(ground: Ground) -> None:
    id_ = sent(ground, channel="sms", recipient="447723456789")
    for event in (
        text("TEXT_QUEUED", final=False),
        text("TEXT_PENDING", final=False),
        text("TEXT_DELIVERED"),
        text("TEXT_PENDING", final=False),
    ):
        assert handle(receipts, event) == [True]
    assert statuses(ground) == ["pending", "delivered"]
    assert ground.notification(id_).status == Status.DELIVERED


@pytest.mark.parametrize(
    ("kind", "final", "status"),
    [
        ("TEXT_SUCCESSFUL", True, Status.DELIVERED),
        ("TEXT_SUCCESSFUL", False, Status.PENDING),
        ("TEXT_INVALID", True, Status.PERMANENT_FAILURE),
        ("TEXT_UNREACHABLE", True, Status.TEMPORARY_FAILURE),
    ],
)
def test_a_receipt_of_a_text_is_its_status(kind: str, final: bool, status: Status) -> None:
    found = receipt.read(text(kind, final))
    assert isinstance(found, receipt.Receipt)
    assert found.status == status


def test_a_repeated_or_late_receipt_changes_nothing(ground: Ground) -> None:
    id_ = sent(ground)
    delivered = email("Delivery")
    assert handle(receipts, delivered, delivered, email("Bounce", bounce={"bounceType": "Permanent"})) == [True, True, True]
    assert statuses(ground) == ["delivered"]
    assert ground.notification(id_).status == Status.DELIVERED


def test_a_receipt_before_the_sending_is_on_record_is_tried_again(ground: Ground) -> None:
    accepted_email()
    (accepted,) = ground.new()
    assert handle(receipts, email("Delivery")) == [False], "nobody knows the reference yet"
    with messages.claim(SERVICE, str(accepted.subject)) as held, patch.object(table, "update", side_effect=TimeoutError):
        taken = ground.provider.send(compose(held))
        with pytest.raises(TimeoutError):
            messages.record_sent(held, taken)
    assert handle(receipts, email("Delivery")) == [False], "the reference is known, the sending is not"
    messages.record_sent(held, taken)
    assert handle(receipts, email("Delivery")) == [True]
    assert statuses(ground) == ["sending", "delivered"]


def test_a_receipt_for_what_nobody_sent_is_dropped_after_a_while(ground: Ground) -> None:
    event = {**email("Delivery", "unknown"), "time": "2020-01-01T00:00:00Z"}
    assert handle(receipts, event) == [True]
    assert not ground.quarantined()


def test_what_is_no_status_is_let_go(ground: Ground) -> None:
    sent(ground)
    assert handle(receipts, email("Open")) == [True]
    assert statuses(ground) == []


@pytest.mark.parametrize(
    "event", [{}, {"source": "aws.ses", "time": "2026-01-01T00:00:00Z", "detail": {}}, {**email("Delivery"), "source": "x"}, []]
)
def test_what_is_no_receipt_is_quarantined(ground: Ground, event: object) -> None:
    assert handle(receipts, event) == [True]
    assert len(ground.quarantined()) == 1


@pytest.mark.parametrize(
    ("channel", "recipient", "outcome"),
    [
        ("email", "jo@example.com", "delivered"),
        ("email", "temp-fail@simulator.notify", "temporary-failure"),
        ("email", "perm-fail@simulator.notify", "permanent-failure"),
        ("sms", "447723456789", "delivered"),
        ("sms", "447700900003", "temporary-failure"),
        ("sms", "447700900002", "permanent-failure"),
    ],
)
def test_a_test_key_sends_nothing_and_its_receipt_takes_the_real_way(ground: Ground, channel: Any, recipient: str, outcome: str) -> None:
    with patch.object(handing_over, "choose", CHOOSE):
        sent(ground, channel=channel, recipient=recipient, key_type="test")
    assert handle(receipts, *ground.receipts()) == [True]
    assert statuses(ground) == [outcome]


def test_a_lost_simulated_receipt_does_not_make_a_message_leave_again(ground: Ground) -> None:
    live = handing_over.WithSimulatedReceipts(ground.provider)
    with patch.object(clients, "sqs", side_effect=TimeoutError):
        assert live.send(Text("Commonweal", "447723456789", "Severe")).reference == "reference-1"


def test_only_a_laptop_simulates_the_receipts_of_live_keys(ground: Ground) -> None:
    email_ = accepted_email()
    assert isinstance(CHOOSE(email_, Ses()), handing_over.WithSimulatedReceipts)
    with patch.dict("os.environ", {"STAGE": "prod"}):
        assert isinstance(CHOOSE(email_, Ses()), Ses)
