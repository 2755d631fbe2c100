"""Messages are sent with everything broken on the way, and the sender killed: none leaves twice, and each is accounted for."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from notifications_python_client.notifications import NotificationsAPIClient

from tests.integration.faults import Fault, Kind, eventually
from tests.integration.own_service import EMAIL, TEXT, TITLE, VALUES, OwnService
from tests.integration.stack import Stack, pause, within
from tests.integration.test_when_things_go_wrong import workers

pytestmark = pytest.mark.without_iam

AMBIGUOUS = "ambiguous: the provider may have taken it, and it is not sent again"
QUEUE = "notifications-deliver-email"
ADDRESSES = ("claimed@example.com", "sending@example.com", "sent@example.com", "recorded@example.com")


@pytest.fixture(scope="module")
def service(stack: Stack) -> OwnService:
    return OwnService(stack, "faults", permissions=["email", "sms"])


@pytest.fixture(scope="module")
def email(service: OwnService) -> str:
    return service.template(EMAIL)


class TestASenderThatIsKilled:
    """What it was sending left at most once, and is reported as what nobody knows."""

    @pytest.fixture(scope="class")
    def killed(self, stack: Stack, service: OwnService, email: str) -> Iterator[dict[str, str]]:
        """The notifications whose sender was killed, by their address: each at another moment of its sending."""
        of_this_service = f"notification#{service.id}".encode()
        moments = (
            # The claim is on its way, and arrives; nobody is left to send.
            Fault("delay", "DynamoDB_20120810.UpdateItem", holding=of_this_service, also=b"claim_until", seconds=1),
            # SES has the email, and nobody is left to hear it.
            Fault("delay", "SES.SendEmail", holding=b"sending@example.com", seconds=1),
            # SES has said what it calls it, and nobody has written that down.
            Fault("lose", "DynamoDB_20120810.PutItem", holding=b"reference#email#", also=service.id.encode(), seconds=1),
            # That is written, and nobody has said that the notification was sent.
            Fault("lose", "DynamoDB_20120810.UpdateItem", holding=of_this_service, also=b"provider_reference", seconds=1),
        )
        # The receipt of a sending that is not on record would be waited for, by all tests, for five minutes.
        unheard = Fault("refuse", "AmazonSQS.SendMessage", holding=b"notifications-receipts", also=b"Email Delivered", times=1000)
        stack.settle()
        ids = {}
        with coming_back_soon(stack), stack.proxy.broken(unheard):
            for address, moment in zip(ADDRESSES, moments, strict=True):
                with stack.proxy.broken(moment):
                    ids[address] = service.client().send_email_notification(address, email, personalisation=VALUES)["id"]
                    assert within(20, lambda moment=moment: moment.met == 1), address  # type: ignore[misc]
                    for worker in workers(stack, QUEUE):
                        os.kill(worker, signal.SIGKILL)
            assert within(10, lambda: all(is_claimed(stack, service, one) for one in ids.values()))
            for one in ids.values():
                lease_runs_out(stack, service, one)
            yield ids

    @pytest.mark.parametrize(("address", "left"), zip(ADDRESSES, (0, 1, 1, 1), strict=True))
    def test_leaves_what_nobody_knows(self, stack: Stack, service: OwnService, killed: dict[str, str], address: str, left: int) -> None:
        assert service.ends(killed[address], "technical-failure") == "technical-failure"
        assert service.found(f"notifications/{killed[address]}")["reason"] == AMBIGUOUS
        assert len(stack.emails(address)) == left


@contextmanager
def coming_back_soon(stack: Stack) -> Iterator[None]:
    """What a killed sender held comes back after the queue's visibility timeout: seconds here, so that tests need not wait minutes."""
    sqs, queue = stack.platform.client("sqs"), stack.queue(QUEUE)
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "3"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


def is_claimed(stack: Stack, service: OwnService, notification_id: str) -> bool:
    [item] = stack.items("commonweal-local-notifications", f"notification#{service.id}#{notification_id}")
    return "claim" in item


def lease_runs_out(stack: Stack, service: OwnService, notification_id: str) -> None:
    """Its minute is over, without the wait."""
    stack.platform.client("dynamodb").update_item(
        TableName="commonweal-local-notifications",
        Key={"pk": {"S": f"notification#{service.id}#{notification_id}"}, "sk": {"S": "notification"}},
        UpdateExpression="SET claim_until = :past REMOVE outbox",
        ExpressionAttributeValues={":past": {"N": "0"}},
    )


def test_an_answer_that_is_lost_is_a_message_that_is_not_sent_again(stack: Stack, service: OwnService, email: str) -> None:
    with stack.proxy.broken(Fault("drop answer", "SES.SendEmail", holding=b"unanswered@example.com", times=10)):
        sent = service.client().send_email_notification("unanswered@example.com", email, personalisation=VALUES)
        assert service.ends(sent["id"], "technical-failure") == "technical-failure"
    assert service.found(f"notifications/{sent['id']}")["reason"] == AMBIGUOUS
    assert len(stack.emails("unanswered@example.com")) == 1


@dataclass(frozen=True)
class Wave:
    """Many notifications of one service, one type of key and one channel."""

    service: OwnService
    kind: str
    channel: str
    number: int


@dataclass(frozen=True)
class One:
    """One of them; `place` is what it says, and nobody else's says."""

    service: OwnService
    kind: str
    channel: str
    place: str

    def body(self, number: int) -> dict[str, Any]:
        """What is asked for, but for the template."""
        # Fewer telephones than texts: there are only so many numbers that are nobody's.
        to = {"email_address": self.address} if self.channel == "email" else {"phone_number": f"07700 9005{number % 100:02}"}
        return {**to, "personalisation": {"place": self.place, "time": "5pm"}}

    @property
    def address(self) -> str:
        return f"{self.place}@example.com"


def waves(stack: Stack) -> list[Wave]:
    """Of two services; of one type of key more than a page of a list holds."""
    first, second = (OwnService(stack, name, permissions=["email", "sms"]) for name in ("many", "more"))
    made = (first, "live", "email", 200), (first, "live", "sms", 60), (second, "test", "email", 20), (second, "live", "sms", 20)
    return [Wave(*one) for one in made]


def faults(chance: random.Random) -> list[Fault]:
    """What breaks on the way of three hundred notifications."""
    calls: dict[str, tuple[Kind, ...]] = {
        "AWSEvents.PutEvents": ("duplicate", "throttle", "drop answer"),
        "SES.SendEmail": ("unavailable", "throttle", "drop answer"),
        "SNS.Publish": ("throttle", "drop answer"),
        "AmazonSQS.SendMessage": ("duplicate", "drop answer"),
        "DynamoDB_20120810.PutItem": ("drop answer", "throttle"),
        "DynamoDB_20120810.UpdateItem": ("drop answer", "throttle", "delay"),
        "DynamoDB_20120810.TransactWriteItems": ("drop answer", "throttle"),
    }
    return [Fault(kind, call, times=chance.randint(2, 5), seconds=0.2) for call, kinds in calls.items() for kind in kinds]


def test_three_hundred_messages_each_end_and_none_is_sent_twice(stack: Stack) -> None:
    all_waves = waves(stack)
    templates = {(wave.service.id, wave.channel): wave.service.template(EMAIL if wave.channel == "email" else TEXT) for wave in all_waves}
    clients = {(wave.service.id, wave.kind): wave.service.client(wave.kind) for wave in all_waves}
    asked = [
        One(wave.service, wave.kind, wave.channel, f"{wave.service.id[:8]}-{wave.kind}-{wave.channel}-{number}")
        for wave in all_waves
        for number in range(wave.number)
    ]
    dead_before = stack.dead()

    def send(number: int) -> str:
        one = asked[number]
        body = {**one.body(number), "template_id": templates[one.service.id, one.channel]}
        # As a careful caller does: the same key for the same message, until there is an answer.
        return str(eventually(lambda: accepted(one, body), 30))

    broken = faults(random.Random(20261126))  # the same run each time
    with stack.proxy.broken(*broken), ThreadPoolExecutor(8) as side_by_side:
        ids = list(side_by_side.map(send, range(len(asked))))
        assert eventually(lambda: all(ended(client) for client in clients.values()), 300, every=2)

    listed = {shown["id"]: shown for client in clients.values() for shown in client.get_all_notifications_iterator()}
    assert set(listed) == set(ids), "a list holds each of them, over more than one page"
    emails, texts = Counter(email.to[0] for email in stack.emails()), Counter(text.body for text in stack.texts())
    for one, identity in zip(asked, ids, strict=True):
        said = f"{TITLE}: {TEXT['body'].replace('((place))', one.place).replace('((time))', '5pm')}"
        left = emails[one.address] if one.channel == "email" else texts[said]
        assert left <= 1, one.place
        if listed[identity]["status"] == "technical-failure":
            assert one.service.found(f"notifications/{identity}")["reason"] == AMBIGUOUS
        else:
            assert (listed[identity]["status"], left) == ("delivered", 0 if one.kind == "test" else 1), one.place
    assert stack.dead() == dead_before
    assert all(fault.met for fault in broken)
    ambiguous = sum(shown["status"] == "technical-failure" for shown in listed.values())
    assert ambiguous <= sum(fault.met for fault in broken), "what nobody broke is not in doubt"
    for service in {one.service.id: one.service for one in asked}.values():
        theirs = Counter(str(listed[identity]["status"]) for one, identity in zip(asked, ids, strict=True) if one.service is service)
        assert eventually(lambda service=service, theirs=theirs: counted(service) == theirs, 30), counted(service)  # type: ignore[misc]


def accepted(one: One, body: dict[str, Any]) -> str | None:
    answer = one.service.send(one.channel, body, one.kind, **{"Idempotency-Key": one.place})
    return str(answer.json()["id"]) if answer.status_code == 201 else None


def ended(client: NotificationsAPIClient) -> bool:
    """Whether nothing is under way any more of what keys of one type asked for."""
    return not client.get_all_notifications(status=["created", "sending", "pending"])["notifications"]


def counted(service: OwnService) -> Counter[str]:
    """How many notifications of a service came to their end, as the report counts them."""
    found: Counter[str] = Counter()
    for count in service.found("counts")["counts"]:
        found.update({status: number for status, number in count["statuses"].items() if status in ("delivered", "technical-failure")})
    return found


ONCE = {"email_address": "once@example.com", "personalisation": VALUES}


class TestARequestThatIsRepeated:
    """With an `Idempotency-Key` it is one request, however often it comes."""

    def test_is_one_notification_and_has_one_answer(self, stack: Stack, service: OwnService, email: str) -> None:
        service.key()

        def send(_: int) -> tuple[int, Any]:
            answer = service.send("email", {**ONCE, "template_id": email}, **{"Idempotency-Key": "once"})
            return answer.status_code, answer.json()

        with ThreadPoolExecutor(8) as side_by_side:
            answers = list(side_by_side.map(send, range(8)))
        assert {status for status, _ in answers} == {201}
        assert all(answer == answers[0][1] for _, answer in answers)
        assert within(30, lambda: bool(stack.emails("once@example.com")))
        assert service.ends(answers[0][1]["id"], "delivered") == "delivered"
        pause(0.5)
        assert len(stack.emails("once@example.com")) == 1

    def test_with_other_words_it_is_refused(self, service: OwnService, email: str) -> None:
        first = service.send("email", {**ONCE, "template_id": email}, "test", **{"Idempotency-Key": "words"})
        other = service.send("email", {**ONCE, "template_id": email, "reference": "other"}, "test", **{"Idempotency-Key": "words"})
        assert (first.status_code, other.status_code) == (201, 422)
        assert other.json()["errors"][0]["error"] == "BadRequestError"
