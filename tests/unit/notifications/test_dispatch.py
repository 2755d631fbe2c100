"""Putting accepted notifications on their channels' queues: so that no service waits for another's thousands (contract 5, 6)."""

from unittest.mock import patch
from uuid import UUID, uuid4

import pytest

from functions.common import clients
from functions.notifications.dispatch import dispatch
from schemas.platform import Channel, LetterUploaded, NotificationAccepted
from tests.unit.notifications.asking import EMAIL, LETTER, TEXT, accepted
from tests.unit.notifications.ground import ANOTHERS_SERVICE, DEPARTMENT, SERVICE, Ground, accepted_email, deliver, event, handle


def waiting(channel: Channel, service_id: str = SERVICE) -> NotificationAccepted:
    return NotificationAccepted(service_id=UUID(service_id), notification_id=uuid4(), channel=channel)


@pytest.mark.parametrize(("channel", "queue"), [("email", "email"), ("sms", "text"), ("letter", "letter")])
def test_each_channel_has_its_queue_and_each_service_its_group(ground: Ground, channel: Channel, queue: str) -> None:
    assert handle(dispatch, event(waiting(channel)), event(waiting(channel, ANOTHERS_SERVICE))) == [True, True]
    found = {name: ground.grouped(name) for name in ("email", "text", "letter")}
    assert [group for group, _ in found.pop(queue)] == [SERVICE, ANOTHERS_SERVICE]
    assert list(found.values()) == [[], []]


def test_the_event_goes_on_as_the_bus_brought_it(ground: Ground) -> None:
    said = event(waiting("email"))
    handle(dispatch, said)
    (passed_on,) = ground.queued("email")
    assert passed_on == {"source": said.source, "detail-type": said.type, "detail": said.wire()}
    assert passed_on["detail"]["department"] == DEPARTMENT


@pytest.mark.usefixtures("live")
def test_what_was_asked_for_reaches_its_provider_through_its_queue(ground: Ground) -> None:
    for kind, body in (("email", EMAIL), ("sms", TEXT), ("letter", LETTER)):
        accepted(kind, body)
    assert handle(dispatch, *ground.new()) == [True] * 3
    for queue in ("email", "text", "letter"):
        assert handle(deliver, *ground.queued(queue)) == [True]
    assert [type(sent).__name__ for sent in ground.provider.sent] == ["Email", "Text", "Letter"]


def test_one_that_is_passed_on_twice_leaves_once(ground: Ground) -> None:
    accepted_email()
    (said,) = ground.new()
    handle(dispatch, said, said)
    assert handle(deliver, *ground.queued("email")) == [True, True]
    assert len(ground.provider.sent) == 1


def test_a_queue_that_does_not_answer_is_tried_again(ground: Ground) -> None:
    said = event(waiting("email"))
    with patch.object(clients, "sqs", side_effect=TimeoutError):
        assert handle(dispatch, said) == [False]
    assert handle(dispatch, said) == [True]


def test_what_is_no_accepted_notification_is_quarantined(ground: Ground) -> None:
    handle(dispatch, event(LetterUploaded(service_id=UUID(SERVICE), notification_id=uuid4())))
    assert [one["reason"] for one in ground.quarantined()] == ["type: this consumer reads platform.NotificationAccepted.v1"]
