"""Handing over: at most one message leaves, whatever goes wrong, and what became of it is said."""

from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions.common import clients, clock
from functions.notifications.deliver_email import compose
from functions.notifications.port import Email, NotTaken, Rejected, Text, Unanswered
from functions.notifications.provider_answers import ask
from functions.notifications.receipt import Receipt
from functions.notifications.statuses import Status
from functions.notifications.store import messages
from functions.notifications.store.table import table
from schemas.envelope import CloudEvent
from schemas.platform import NotificationStatusChanged
from tests.unit.notifications.ground import SERVICE, Clock, Ground, accepted_email, deliver, handle


def accepted(ground: Ground, **changes: object) -> CloudEvent:
    """An accepted notification's event, as the relay finds it."""
    accepted_email(**changes)
    (event,) = ground.new()
    return event


def status(event: CloudEvent) -> NotificationStatusChanged:
    return NotificationStatusChanged.read(event)


def refused(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "SendEmail")  # type: ignore[typeddict-item]  # the rest is not read


def test_an_accepted_email_is_handed_over_and_its_status_said(ground: Ground) -> None:
    event = accepted(ground)
    assert handle(deliver, event) == [True]
    (sent,) = ground.provider.sent
    assert isinstance(sent, Email)
    assert (sent.recipient, sent.subject, sent.sender_address) == ("jo@example.com", "Severe at Avon", "floods@notifications.example.gov")
    (said,) = ground.new()
    assert (status(said).status, said.causationid, said.correlationid, said.hops) == ("sending", event.id, "correlation", 1)
    notification = ground.notification(str(status(said).notification_id))
    assert notification.status == Status.SENDING
    assert notification.provider_reference == "reference-1"
    assert notification.sent_at


def test_a_text_is_handed_over_with_the_services_name_in_front(ground: Ground) -> None:
    handle(deliver, accepted(ground, channel="sms", sender="Commonweal", recipient="447723456789", body="Severe", subject=None))
    assert ground.provider.sent == [Text("Commonweal", "447723456789", "Flood warnings: Severe")]


def test_a_second_delivery_sends_nothing_and_says_nothing(ground: Ground) -> None:
    event = accepted(ground)
    handle(deliver, event, event)
    handle(deliver, event)
    assert len(ground.provider.sent) == 1
    assert ground.names() == ["NotificationStatusChanged"]


def test_an_event_without_a_notification_is_dropped(ground: Ground) -> None:
    event = accepted(ground)
    table.delete(f"notification#{SERVICE}#{event.subject}", "notification")
    assert handle(deliver, event) == [True]
    assert not ground.provider.sent


def test_who_finds_a_live_claim_does_not_acknowledge(ground: Ground) -> None:
    event = accepted(ground)
    with messages.claim(SERVICE, str(event.subject)):
        assert handle(deliver, event) == [False]
    assert not ground.provider.sent


def test_a_provider_that_is_down_is_tried_again(ground: Ground) -> None:
    event = accepted(ground)
    ground.provider.failures = [NotTaken("ServiceUnavailable"), NotTaken("Throttling")]
    assert [handle(deliver, event) for _ in range(3)] == [[False], [False], [True]]
    assert len(ground.provider.sent) == 1
    assert ground.names() == ["NotificationStatusChanged"]


def test_a_message_is_offered_for_four_hours_however_long_it_waited_before(ground: Ground, time: Clock) -> None:
    event = accepted(ground)
    time.go_on(hours=30)
    for hours, acknowledged in ((0, False), (3.9, False), (0.2, True)):
        time.go_on(hours=hours)
        ground.provider.failures = [NotTaken("Throttling")]
        assert handle(deliver, event) == [acknowledged]
    (said,) = map(status, ground.new())
    assert (said.status, said.reason) == ("technical-failure", "given up: Throttling")


def test_what_the_provider_will_never_take_fails_at_once(ground: Ground) -> None:
    event = accepted(ground)
    ground.provider.failures = [Rejected("MessageRejected")]
    assert handle(deliver, event) == [True]
    (said,) = map(status, ground.new())
    assert (said.status, said.reason) == ("technical-failure", "rejected: MessageRejected")
    assert handle(deliver, event) == [True]
    assert not ground.provider.sent


@pytest.mark.parametrize("address", ["floods@agency..gov.uk", f"floods@{'a' * 64}.gov.uk"])
def test_an_address_that_no_email_can_bear_is_no_email_that_may_have_left(ground: Ground, address: str) -> None:
    handle(deliver, accepted(ground, reply_to=address))
    (said,) = map(status, ground.new())
    assert (said.status, said.reason) == ("technical-failure", "rejected: an address that cannot be written in ASCII")


def test_addresses_leave_in_punycode(ground: Ground) -> None:
    handle(deliver, accepted(ground, recipient="jo@例え.テスト", reply_to="floods@rŷe.example"))
    (sent,) = ground.provider.sent
    assert isinstance(sent, Email)
    assert (sent.recipient, sent.reply_to) == ("jo@xn--r8jz45g.xn--zckzah", "floods@xn--re-hva.example")


def test_an_answer_that_never_came_is_ambiguous_and_nothing_is_sent_again(ground: Ground) -> None:
    event = accepted(ground)
    ground.provider.failures = [Unanswered("ReadTimeoutError")]
    assert handle(deliver, event) == [True]
    (said,) = map(status, ground.new())
    assert (said.status, said.reason) == ("technical-failure", messages.AMBIGUOUS)
    handle(deliver, event)
    assert not ground.provider.sent
    assert ground.notification(str(event.subject)).completed_at


def test_a_sender_that_died_leaves_a_claim_that_runs_out_as_ambiguous(ground: Ground) -> None:
    event = accepted(ground)
    with pytest.raises(KeyboardInterrupt), messages.claim(SERVICE, str(event.subject)):
        raise KeyboardInterrupt
    assert handle(deliver, event) == [False], "the lease is still running"
    later = clock.epoch() + messages.LEASE + 1
    with patch.object(clock, "epoch", lambda: later):
        assert handle(deliver, event, event) == [True, True]
    (said,) = map(status, ground.new())
    assert (said.status, said.reason) == ("technical-failure", messages.AMBIGUOUS)
    assert not ground.provider.sent


def test_a_sender_slower_than_its_lease_does_not_take_back_what_was_said(ground: Ground) -> None:
    event = accepted(ground)
    later = clock.epoch() + messages.LEASE + 1
    with messages.claim(SERVICE, str(event.subject)) as held:
        taken = ground.provider.send(compose(held))
        with patch.object(clock, "epoch", lambda: later):
            handle(deliver, event)
        with pytest.raises(messages.Ambiguous):
            messages.record_sent(held, taken)
    assert [status(said).status for said in ground.new()] == ["technical-failure"]


def test_a_sending_is_recorded_once_though_its_receipt_was_faster_than_the_retry(ground: Ground) -> None:
    event = accepted(ground)
    with messages.claim(SERVICE, str(event.subject)) as held:
        taken = ground.provider.send(compose(held))
        messages.record_sent(held, taken)
        messages.record_receipt(held, Receipt("email", taken.reference, Status.DELIVERED, clock.now(), "Delivery"))
        messages.record_sent(held, taken)
    assert [status(said).status for said in ground.new()] == ["sending", "delivered"]


def test_a_claim_whose_answer_was_lost_is_recognised_by_its_holder(ground: Ground) -> None:
    event = accepted(ground)
    client = clients.dynamodb()
    update = client.update_item

    def applied_twice(**request: object) -> object:
        update(**request)  # type: ignore[arg-type]  # applied, and its answer lost
        return update(**request)  # type: ignore[arg-type]  # the SDK's retry

    with patch.object(client, "update_item", applied_twice):
        assert handle(deliver, event) == [True]
    assert len(ground.provider.sent) == 1
    assert ground.notification(str(event.subject)).status == Status.SENDING


def test_words_that_would_outgrow_an_item_wait_in_the_bucket(ground: Ground) -> None:
    event = accepted(ground, body="a" * 300_000)
    assert ground.item(f"notification#{SERVICE}#{event.subject}", "notification")["content_key"].startswith("content/")
    handle(deliver, event)
    (sent,) = ground.provider.sent
    assert isinstance(sent, Email)
    assert "a" * 300_000 in sent.text


def test_words_that_cannot_be_read_now_release_the_claim(ground: Ground) -> None:
    event = accepted(ground, body="a" * 300_000)
    with patch("functions.notifications.content.fetch", side_effect=TimeoutError):
        assert handle(deliver, event) == [False]
    assert handle(deliver, event) == [True]
    assert len(ground.provider.sent) == 1


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (refused("MessageRejected", 400), Rejected),
        (refused("TooManyRequestsException", 429), NotTaken),
        (refused("Throttling", 400), NotTaken),
        (refused("AccessDeniedException", 403), NotTaken),
        (refused("ServiceUnavailable", 503), NotTaken),
        (refused("ThrottlingException", 500), NotTaken),
        (refused("InternalFailure", 500), Unanswered),
        (refused("502", 502), Unanswered),
        (refused("504", 504), Unanswered),
        (EndpointConnectionError(endpoint_url="https://email"), NotTaken),
        (ReadTimeoutError(endpoint_url="https://email"), Unanswered),
    ],
)
def test_a_providers_failure_means_one_of_three_things(failure: Exception, meaning: type[Exception]) -> None:
    def call() -> object:
        raise failure

    with pytest.raises(meaning):
        ask(call)


def test_no_item_outlives_its_retention(ground: Ground) -> None:
    event = accepted(ground)
    handle(deliver, event)
    week = clock.epoch() + 7 * 24 * 3600
    for key in ((f"notification#{SERVICE}#{event.subject}", "notification"), ("reference#email#reference-1", "reference")):
        assert abs(ground.item(*key)["expires_at"] - week) < 60
