"""Callbacks: what a service is told of, in which words, signed, and once (contract 4)."""

import json
from uuid import UUID, uuid4

import pytest
import standardwebhooks

from functions.common import clients, clock, webhooks
from functions.notifications.announce import announce
from functions.notifications.call_back import call_back
from functions.notifications.configure import configure
from functions.notifications.notification import ReceivedText
from functions.notifications.receipt import Complaint
from functions.notifications.store import messages, received_texts
from functions.notifications.store.table import table
from schemas.platform import ComplaintReceived, NotificationAccepted, TextReceived
from tests.unit.notifications.asking import LETTER, accepted, ask
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    CALLBACK,
    EMAIL_TEMPLATE,
    INBOUND_NUMBER,
    LETTER_TEMPLATE,
    SERVICE,
    Clock,
    Ground,
    accepted_email,
    event,
    handle,
)
from tests.unit.notifications.receiver import CALLBACKS, HOOK, LIVE_HOOK, TOKEN, Receiver, changed, delivered, deliveries, tell


class TestWhoIsTold:
    @pytest.mark.parametrize(
        "status", ["delivered", "permanent-failure", "temporary-failure", "technical-failure", "validation-failed", "virus-scan-failed"]
    )
    def test_every_end_of_a_message_is_told(self, ground: Ground, receiver: Receiver, status: str) -> None:
        id_ = accepted_email(status=status).id
        assert handle(announce, changed(id_, status)) == [True]
        assert tell(ground) == [True, True]
        assert [body["status"] for body in receiver.bodies(HOOK) + receiver.bodies(LIVE_HOOK)] == [status, status]

    @pytest.mark.parametrize("status", ["created", "sending", "sent", "pending"])
    def test_what_is_not_the_end_is_not(self, ground: Ground, receiver: Receiver, status: str) -> None:
        assert handle(announce, changed(accepted_email().id, status)) == [True]
        assert ground.queued("callback") == []

    @pytest.mark.parametrize(("key_type", "told"), [("live", {HOOK, LIVE_HOOK}), ("team", {HOOK}), ("test", {HOOK})])
    def test_a_callback_hears_of_its_types_of_key_alone(self, ground: Ground, receiver: Receiver, key_type: str, told: set[str]) -> None:
        id_ = accepted_email(status="delivered", key_type=key_type).id
        handle(announce, changed(id_, key_type=key_type))
        tell(ground)
        assert {url for url, _, _ in receiver.got} == told

    def test_a_callback_hears_of_its_kinds_of_news_alone(self, ground: Ground, receiver: Receiver) -> None:
        id_ = accepted_email(complained_at=clock.stamp()).id
        handle(announce, event(ComplaintReceived(service_id=UUID(SERVICE), notification_id=UUID(id_), complaint_id="c1")))
        tell(ground)
        assert {url for url, _, _ in receiver.got} == {HOOK}

    def test_a_service_without_callbacks_is_told_nothing(self, ground: Ground, receiver: Receiver) -> None:
        theirs = changed(str(uuid4()), service_id=ANOTHERS_SERVICE).model_copy(update={"department": "communities"})
        assert handle(announce, theirs) == [True]
        assert ground.queued("callback") == []

    @pytest.mark.parametrize("department", ["communities", None])
    def test_news_in_anothers_name_are_told_to_nobody(self, ground: Ground, receiver: Receiver, department: str | None) -> None:
        _, news = delivered()
        assert handle(announce, news.model_copy(update={"department": department})) == [True]
        assert ground.queued("callback") == []

    def test_what_is_no_news_is_quarantined(self, ground: Ground, receiver: Receiver) -> None:
        accepted_ = NotificationAccepted(service_id=UUID(SERVICE), notification_id=uuid4(), channel="email")
        assert handle(announce, event(accepted_)) == [True]
        assert [one["reason"] for one in ground.quarantined()] == [
            "type: platform.NotificationAccepted.v1 is nothing that callbacks are told of"
        ]

    def test_tellings_wait_in_the_group_of_their_service_and_name_nobody(self, ground: Ground, receiver: Receiver) -> None:
        _, news = delivered()
        handle(announce, news)
        waiting = ground.grouped("callback")
        assert {group for group, _ in waiting} == {SERVICE}
        assert "jo@example.com" not in json.dumps(waiting)


class TestWhatIsTold:
    def test_a_delivery_to_the_letter(self, ground: Ground, receiver: Receiver) -> None:
        id_, news = delivered(given_recipient="Jo@Example.com")
        handle(announce, news)
        tell(ground)
        about = ground.notification(id_)
        assert receiver.bodies() == [
            {
                "id": id_,
                "reference": "my reference",
                "to": "Jo@Example.com",
                "status": "delivered",
                "created_at": about.created_at,
                "completed_at": about.completed_at,
                "sent_at": about.sent_at,
                "notification_type": "email",
                "template_id": EMAIL_TEMPLATE,
                "template_version": 1,
            }
        ]

    def test_a_large_message_is_told_without_reading_its_words(self, ground: Ground, receiver: Receiver) -> None:
        _, news = delivered(body="a" * 300_000)
        handle(announce, news)
        asked = ground.calls(clients.s3())
        tell(ground)
        assert [body["reference"] for body in receiver.bodies()] == ["my reference"]
        assert asked == []

    def test_a_received_text_to_the_letter(self, ground: Ground, receiver: Receiver) -> None:
        text = ReceivedText(str(uuid4()), SERVICE, "447723456789", INBOUND_NUMBER, "Please stop", clock.stamp())
        received_texts.keep(text, 7)
        handle(announce, event(TextReceived(service_id=UUID(SERVICE), text_id=UUID(text.id))))
        tell(ground)
        assert receiver.bodies() == [
            {
                "id": text.id,
                "source_number": "447723456789",
                "destination_number": INBOUND_NUMBER,
                "message": "Please stop",
                "date_received": text.created_at,
            }
        ]

    def test_a_complaint_to_the_letter(self, ground: Ground, receiver: Receiver) -> None:
        notification = accepted_email(reference="r")
        ground.new()
        messages.record_complaint(ground.notification(notification.id), Complaint("m1", clock.now(), "complaint-1"))
        handle(announce, *ground.new())
        tell(ground)
        assert receiver.bodies() == [
            {
                "notification_id": notification.id,
                "complaint_id": "complaint-1",
                "reference": "r",
                "to": "jo@example.com",
                "complaint_date": ground.notification(notification.id).complained_at,
            }
        ]

    def test_a_returned_letter_to_the_letter(self, ground: Ground, receiver: Receiver) -> None:
        id_ = accepted("letter", {**LETTER, "reference": "r"})["id"]
        handle(announce, changed(id_, "returned-letter", channel="letter"))
        tell(ground)
        assert receiver.bodies(LIVE_HOOK) == [], "it is no delivery"
        assert receiver.bodies() == [
            {
                "notification_id": id_,
                "reference": "r",
                "date_sent": None,
                "sent_by": None,
                "template_name": "Flood risk",
                "template_id": LETTER_TEMPLATE,
                "template_version": 1,
                "spreadsheet_file_name": None,
                "spreadsheet_row_number": None,
                "upload_letter_file_name": None,
            }
        ]


class TestSignatures:
    def test_a_receivers_library_verifies_the_signature(self, ground: Ground, receiver: Receiver) -> None:
        _, news = delivered()
        handle(announce, news)
        tell(ground)
        secret = ask("GET", f"{CALLBACKS}/{CALLBACK}/secret", of=configure)
        assert secret.headers["cache-control"] == "no-store"
        webhook = standardwebhooks.Webhook(secret.json["secret"])
        (sent,) = [(body, headers) for url, body, headers in receiver.got if url == HOOK]
        body, headers = sent
        assert webhook.verify(body, headers)["status"] == "delivered"
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            webhook.verify(body.replace(b"delivered", b"permanent-failure"), headers)
        theirs = ask("GET", f"{CALLBACKS}/live-only/secret", of=configure).json["secret"]
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(theirs).verify(body, headers)

    def test_the_services_own_token_goes_with_it_and_is_kept_sealed(self, ground: Ground, receiver: Receiver) -> None:
        assert ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": TOKEN}, of=configure).status == 204
        kept = ground.item(f"secret#{SERVICE}#{CALLBACK}", "token")
        assert TOKEN.encode() not in kept["sealed"]
        _, news = delivered()
        handle(announce, news)
        tell(ground)
        sent = {url: headers.get("Authorization") for url, _, headers in receiver.got}
        assert sent == {HOOK: f"Bearer {TOKEN}", LIVE_HOOK: None}

    def test_a_token_moved_to_another_callback_opens_nothing(self, ground: Ground, receiver: Receiver) -> None:
        ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": TOKEN}, of=configure)
        kept = ground.item(f"secret#{SERVICE}#{CALLBACK}", "token")
        table.put({**kept, "pk": f"secret#{SERVICE}#live-only", "url": LIVE_HOOK})
        _, news = delivered()
        handle(announce, news)
        assert sorted(tell(ground)) == [False, True]
        assert {url for url, _, _ in receiver.got} == {HOOK}

    def test_a_token_that_is_taken_back_is_told_no_more(self, ground: Ground, receiver: Receiver) -> None:
        ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": TOKEN}, of=configure)
        assert ask("DELETE", f"{CALLBACKS}/{CALLBACK}/token", of=configure).status == 204
        _, news = delivered()
        handle(announce, news)
        tell(ground)
        assert all("Authorization" not in headers for _, _, headers in receiver.got)

    @pytest.mark.parametrize("token", ["too-short", "has a space", "has\r\nX-Injected: a-line", "é" * 12])
    def test_a_token_that_is_none_is_refused(self, ground: Ground, receiver: Receiver, token: str) -> None:
        assert ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": token}, of=configure).status == 422


class TestOnce:
    def test_the_same_news_again_are_told_once(self, ground: Ground, receiver: Receiver) -> None:
        _, news = delivered()
        handle(announce, news, news)
        assert all(tell(ground))
        handle(announce, news)
        assert all(tell(ground))
        assert len(receiver.got) == 2

    def test_a_turn_that_comes_again_tells_nothing_again(self, ground: Ground, receiver: Receiver) -> None:
        _, news = delivered()
        handle(announce, news)
        for turn in ground.turns():
            assert handle(call_back, turn, turn) == [True, True]
        assert len(receiver.got) == 2

    def test_a_second_try_has_the_id_of_the_first(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        handle(announce, changed(accepted_email(status="delivered", key_type="test").id, key_type="test"))
        receiver.answers = [webhooks.Unreached("the receiver answered 503")]
        assert tell(ground) == [True]
        time.go_on(seconds=1)
        assert tell(ground) == [True]
        first, second = (headers["webhook-id"] for _, _, headers in receiver.got)
        assert first == second == deliveries()[0]["id"]

    def test_two_callbacks_of_one_event_have_an_id_each(self, ground: Ground, receiver: Receiver) -> None:
        _, news = delivered()
        handle(announce, news)
        tell(ground)
        assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 2
