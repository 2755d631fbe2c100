"""A service's own servers are told what became of its messages and what people answer: signed, and again where they were away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.integration.faults import Fault, eventually
from tests.integration.own_service import EMAIL, VALUES, OwnService, text_from
from tests.integration.receiver import Heard, Receiver
from tests.integration.stack import Stack, within

NUMBER = "07700 900821"
TOKEN = "a-token-of-the-receivers-own"
LETTER = {"name": "Fees", "type": "letter", "subject": "Fees", "body": "Your mooring costs £120 this year."}
ADDRESS = {"address_line_1": "Ada Lovelace", "address_line_2": "12 St James Square", "postcode": "SW1Y 4JH"}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture(scope="module")
def service(stack: Stack, receiver: Receiver) -> OwnService:
    """A service with two callbacks: one hears of everything, the other only of texts that come in and of live messages."""
    service = OwnService(
        stack,
        "callbacks",
        permissions=["email", "sms", "letter", "inbound_sms"],
        inbound_numbers=[NUMBER],
        callbacks={
            "office": {"url": f"{receiver.url}/office", "for": ["delivery", "inbound", "complaint", "returned-letter"]},
            "archive": {"url": f"{receiver.url}/archive?of=harbour", "for": ["delivery", "inbound"], "key_types": ["live"]},
        },
    )
    assert service.ask("PUT", "callbacks/office/token", {"token": TOKEN}).status_code == 204
    return service


@pytest.fixture(scope="module")
def email(service: OwnService) -> str:
    return service.template(EMAIL)


@pytest.fixture(scope="module")
def printer(stack: Stack) -> dict[str, str]:
    """The key of whoever reports what AWS does not know."""
    made = stack.http.post(
        "/departments/platform/services", json={"name": f"printer-{uuid4().hex[:8]}", "title": "Printer"}, headers=stack.admin
    )
    asked = {"name": "printer", "type": "live", "scopes": ["notifications:receipts"]}
    key = stack.http.post(f"/services/{made.json()['id']}/keys", json=asked, headers=stack.admin)
    return {"X-Api-Key": key.json()["key"]}


def fared(service: OwnService, notification_id: str, callback: str = "office") -> dict[str, Any]:
    """What a callback was to be told of a notification, and how that went."""
    deliveries = service.found(f"callbacks/{callback}/deliveries")["deliveries"]
    return next((one for one in deliveries if one.get("notification_id") == notification_id), {"state": "unknown"})


def verified(service: OwnService, callback: str, heard: Heard) -> bool:
    """Whether the signature is the callback's own, as a receiver's library sees it."""
    try:
        Webhook(service.found(f"callbacks/{callback}/secret")["secret"]).verify(heard.content, heard.headers)
    except WebhookVerificationError:
        return False
    return True


def test_each_callback_hears_how_a_message_ended(service: OwnService, receiver: Receiver, email: str) -> None:
    sent = service.client().send_email_notification("callback@example.com", email, personalisation=VALUES, reference="call-1")
    [office] = receiver.heard("/office", sent["id"])
    [archive] = receiver.heard("/archive?of=harbour", sent["id"])
    assert office.body == {
        "id": sent["id"],
        "reference": "call-1",
        "to": "callback@example.com",
        "status": "delivered",
        "created_at": office.body["created_at"],
        "completed_at": office.body["completed_at"],
        "sent_at": office.body["sent_at"],
        "notification_type": "email",
        "template_id": email,
        "template_version": 1,
    }
    assert office.body["created_at"] <= office.body["sent_at"] <= office.body["completed_at"]
    assert (office.headers["authorization"], archive.headers.get("authorization")) == (f"Bearer {TOKEN}", None)
    assert archive.body == office.body
    assert archive.headers["webhook-id"] != office.headers["webhook-id"]
    assert verified(service, "office", office)
    assert verified(service, "archive", archive)
    assert not verified(service, "archive", office)


@pytest.mark.parametrize(
    ("recipient", "status"),
    [("temp-fail@simulator.notify", "temporary-failure"), ("perm-fail@simulator.notify", "permanent-failure")],
)
def test_a_message_that_does_not_arrive_is_told_too(
    service: OwnService, receiver: Receiver, email: str, recipient: str, status: str
) -> None:
    sent = service.client("test").send_email_notification(recipient, email, personalisation=VALUES)
    [told] = receiver.heard("/office", sent["id"])
    assert (told.body["status"], told.body["to"]) == (status, recipient)
    assert fared(service, sent["id"], "archive")["state"] == "unknown", "it hears of live messages alone"


def test_so_is_a_letter_that_cannot_be_printed(service: OwnService, receiver: Receiver) -> None:
    sent = service.client().send_precompiled_letter_notification("fee-1", BytesIO(b"not a letter"))
    [told] = receiver.heard("/office", sent["id"])
    assert (told.body["status"], told.body["sent_at"]) == ("validation-failed", None)


def test_so_is_one_that_its_provider_rejects(stack: Stack, service: OwnService, receiver: Receiver, email: str) -> None:
    with stack.proxy.broken(Fault("refuse", "SES.SendEmail", holding=b"rejected@example.com")):
        sent = service.client().send_email_notification("rejected@example.com", email, personalisation=VALUES)
        [told] = receiver.heard("/office", sent["id"])
    assert told.body["status"] == "technical-failure"
    assert service.found(f"notifications/{sent['id']}")["reason"] == "rejected: MessageRejected"


def test_a_receiver_that_is_away_is_told_the_same_again(service: OwnService, receiver: Receiver, email: str) -> None:
    receiver.will_answer("/office", 500, 500)
    sent = service.client("test").send_email_notification("away@example.com", email, personalisation=VALUES)
    told = receiver.heard("/office", sent["id"], number=3)
    assert len(told) == 3
    assert len({one.headers["webhook-id"] for one in told}) == 1
    assert len({one.content for one in told}) == 1
    assert within(10, lambda: fared(service, sent["id"])["state"] == "delivered")
    assert fared(service, sent["id"])["tries"] == 3


def test_what_a_receiver_refuses_is_seen_and_can_be_told_again(service: OwnService, receiver: Receiver, email: str) -> None:
    receiver.will_answer("/office", 410)
    sent = service.client("test").send_email_notification("gone@example.com", email, personalisation=VALUES)
    assert within(30, lambda: fared(service, sent["id"])["state"] == "failed")
    assert fared(service, sent["id"])["reason"] == "the receiver answered 410"
    again = service.ask("POST", "callbacks/office/replay", {"day": fared(service, sent["id"])["happened_at"][:10]})
    assert (again.status_code, again.json()["told_again"]) == (202, 1)
    assert within(30, lambda: fared(service, sent["id"])["state"] == "delivered")
    first, second = receiver.heard("/office", sent["id"], number=2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert verified(service, "office", second)


def test_a_text_that_somebody_sends_reaches_the_service(stack: Stack, service: OwnService, receiver: Receiver) -> None:
    sns = stack.platform.client("sns")
    topic = sns.create_topic(Name="commonweal-local-received-texts")["TopicArn"]
    text = text_from("+447700900822", NUMBER, "When is high water?")
    for _ in range(2):
        sns.publish(TopicArn=topic, Message=text)
    [told] = receiver.heard("/office", "When is high water?")
    assert {name: told.body[name] for name in ("source_number", "destination_number", "message")} == {
        "source_number": "447700900822",
        "destination_number": "447700900821",
        "message": "When is high water?",
    }
    assert receiver.heard("/archive?of=harbour", told.body["id"])
    listed = service.client().get_received_texts()["received_text_messages"]
    assert [(one["id"], one["content"]) for one in listed] == [(told.body["id"], "When is high water?")]


def test_so_does_one_from_a_network_that_aws_does_not_know(
    stack: Stack, service: OwnService, receiver: Receiver, printer: dict[str, str]
) -> None:
    text = {"id": str(uuid4()), "source_number": "447700900822", "destination_number": "+447700900821", "message": "Is it safe to sail?"}
    for _ in range(2):
        assert stack.http.post("/notifications/received-texts", json=text, headers=printer).status_code == 202
    [told] = receiver.heard("/office", "Is it safe to sail?")
    assert told.body["id"] in {one["id"] for one in service.client().get_received_texts()["received_text_messages"]}


def test_a_letter_that_comes_back_is_told(stack: Stack, service: OwnService, receiver: Receiver, printer: dict[str, str]) -> None:
    letter = service.client().send_letter_notification(service.template(LETTER), ADDRESS, reference="fee-2")
    assert service.ends(letter["id"], "received") == "received"
    receipt = {"channel": "letter", "reference": letter["id"], "status": "returned-letter", "at": datetime.now(UTC).isoformat()}
    assert stack.http.post("/notifications/receipts", json=receipt, headers=printer).status_code == 202
    came = eventually(lambda: [one for one in receiver.heard("/office", letter["id"], number=2) if "date_sent" in one.body])
    assert [(one.body["notification_id"], one.body["reference"], one.body["template_name"]) for one in came] == [
        (letter["id"], "fee-2", "Fees")
    ]


def test_somebody_who_complains_is_heard_once(stack: Stack, service: OwnService, receiver: Receiver, email: str) -> None:
    sent = service.client().send_email_notification("cross@example.com", email, personalisation=VALUES)
    assert service.ends(sent["id"], "delivered") == "delivered"
    [message] = stack.emails("cross@example.com")
    # On the bus only AWS itself may say so: this is what its rule puts on the queue.
    detail = {"eventType": "Complaint", "mail": {"messageId": message.id}, "complaint": {"feedbackId": "feedback-1"}}
    complaint = {"source": "aws.ses", "time": datetime.now(UTC).isoformat(), "detail": detail}
    for _ in range(2):
        stack.platform.client("sqs").send_message(QueueUrl=stack.queue("notifications-receipts"), MessageBody=json.dumps(complaint))
    # First that it arrived, then that it was not wanted.
    told = [one for one in receiver.heard("/office", sent["id"], number=2) if "complaint_id" in one.body]
    assert [(one.body["complaint_id"], one.body["to"]) for one in told] == [("feedback-1", "cross@example.com")]


def test_only_the_platforms_own_may_report(stack: Stack, service: OwnService) -> None:
    receipt = {"channel": "letter", "reference": "any", "status": "delivered", "at": datetime.now(UTC).isoformat()}
    answer = stack.http.post("/notifications/receipts", json=receipt, headers={"X-Api-Key": service.key()})
    assert answer.status_code == 403


def test_a_callback_that_is_not_there_has_nothing(service: OwnService) -> None:
    for path in ("secret", "deliveries"):
        assert service.ask("GET", f"callbacks/nowhere/{path}").status_code == 404
    assert service.ask("PUT", "callbacks/nowhere/token", {"token": TOKEN}).status_code == 404
