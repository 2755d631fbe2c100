"""An event is handed on to the webhook or queue that its department declared, signed, and once."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPHandler, Request, build_opener
from urllib.response import addinfourl

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from functions.bus import forward
from functions.common import clock, signing
from schemas.platform import ForwardRequested
from tests.unit.common.ground import AGENCY, Ground, deliver, delivered, heard, sample

OPERATIONS = "https://operations.example.gov.uk/events"


class Receiver:
    """A webhook that answers as it is told to, one answer for each call, and then takes all."""

    def __init__(self, *answers: Exception) -> None:
        self.answers = list(answers)
        self.calls: list[Request] = []

    def open(self, request: Request, timeout: float) -> io.BytesIO:
        self.calls.append(request)
        assert timeout == forward.PATIENCE
        if self.answers:
            raise self.answers.pop(0)
        return io.BytesIO()

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.calls[-1].header_items()}

    @property
    def body(self) -> bytes:
        body = self.calls[-1].data
        assert isinstance(body, bytes)
        return body


@pytest.fixture
def receiver(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Receiver]:
    """Put a receiver with these answers at the end of every address."""

    def make(*answers: Exception) -> Receiver:
        made = Receiver(*answers)
        monkeypatch.setattr(forward, "_opener", lambda: made)
        return made

    return make


def requested(target: str = "webhook", name: str = "operations", department: str | None = AGENCY, **changes: Any) -> dict[str, Any]:
    """A request to hand a flood warning on, as it comes from the bus."""
    request = ForwardRequested.model_validate({"target": target, "name": name, "event": sample(**changes)})
    return delivered(heard(request, department))


def hand_on(*bodies: dict[str, Any]) -> list[bool]:
    return deliver(forward.forward, *bodies)


def refused(status: int) -> HTTPError:
    return HTTPError(OPERATIONS, status, "", Message(), None)


class TestWebhook:
    def test_it_is_given_the_event_as_a_structured_cloudevent(self, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        assert hand_on(requested()) == [True]
        [call] = made.calls
        assert (call.full_url, call.get_method()) == (OPERATIONS, "POST")
        assert made.headers["content-type"] == "application/cloudevents+json"
        assert json.loads(made.body) == sample()

    def test_what_it_is_given_verifies_with_the_receivers_library(self, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        hand_on(requested(data={"message": "Überflutung"}))
        secret = signing.shared_secret(AGENCY, "operations")
        assert secret.startswith("whsec_")
        assert Webhook(secret).verify(made.body, made.headers)["id"] == sample()["id"]
        assert made.headers["webhook-id"] == sample()["id"]

    def test_nothing_else_verifies(self, receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch) -> None:
        made = receiver()
        hand_on(requested())
        webhook = Webhook(signing.shared_secret(AGENCY, "operations"))
        forgeries = [
            (webhook, made.body + b" ", made.headers),
            (webhook, made.body, {**made.headers, "webhook-id": "another"}),
            (webhook, made.body, {**made.headers, "webhook-timestamp": str(int(made.headers["webhook-timestamp"]) - 1)}),
            (Webhook(signing.shared_secret(AGENCY, "another")), made.body, made.headers),
            (Webhook(signing.shared_secret("communities", "operations")), made.body, made.headers),
        ]
        for verifier, body, headers in forgeries:
            with pytest.raises(WebhookVerificationError):
                verifier.verify(body, headers)

    def test_an_old_signature_does_not_verify(self, receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch) -> None:
        made = receiver()
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) - timedelta(minutes=6))
        hand_on(requested())
        with pytest.raises(WebhookVerificationError):
            Webhook(signing.shared_secret(AGENCY, "operations")).verify(made.body, made.headers)

    @pytest.mark.parametrize("answer", [refused(500), refused(429), refused(404), refused(302), URLError("no route"), TimeoutError()])
    def test_until_it_is_taken_it_comes_back(self, ground: Ground, receiver: Callable[..., Receiver], answer: Exception) -> None:
        made = receiver(answer)
        assert hand_on(requested()) == [False]
        assert (ground.items(), ground.waiting("quarantine")) == ([], [])
        assert hand_on(requested()) == [True]
        assert len(made.calls) == 2

    def test_a_redirect_is_not_followed(self) -> None:
        """Followed, the POST would become a GET of an address that nobody declared, whose answer counted as taken."""
        asked: list[str] = []

        class Elsewhere(HTTPHandler):
            def http_open(self, req: Request) -> Any:
                asked.append(req.full_url)
                headers = Message()
                headers["Location"] = "http://169.254.169.254/"
                answer = addinfourl(io.BytesIO(), headers, req.full_url, 302)
                answer.msg = "Found"  # type: ignore[attr-defined]  # urllib's own name
                return answer

        with pytest.raises(HTTPError, match="302"):
            build_opener(Elsewhere, forward.Straight).open("http://operations.example.gov.uk/")
        assert asked == ["http://operations.example.gov.uk/"]

    def test_no_line_of_the_log_holds_the_event(self, receiver: Callable[..., Receiver], printed: Callable[[], str]) -> None:
        receiver(refused(500), URLError("Jo Bloggs"))
        for _ in range(3):
            hand_on(requested(data={"name": "Jo Bloggs"}))
        assert "Jo Bloggs" not in printed()


class TestQueue:
    def test_it_is_given_the_event(self, ground: Ground) -> None:
        assert hand_on(requested("queue", "archive", data={"message": "Überflutung"})) == [True]
        assert ground.waiting("work") == [sample(data={"message": "Überflutung"})]

    def test_one_that_is_gone_is_tried_again(self, ground: Ground) -> None:
        ground.declared["queues"][AGENCY]["archive"]["arn"] = "arn:aws:sqs:eu-west-2:123456789012:gone"
        assert hand_on(requested("queue", "archive")) == [False]


class TestOnce:
    def test_what_was_taken_is_said_and_not_handed_on_again(self, ground: Ground, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        hand_on(requested(), requested())
        [said] = ground.said()
        assert said.data == {"target": "webhook", "name": "operations", "event_id": sample()["id"]}
        assert said.department == AGENCY
        assert len(made.calls) == 1

    def test_the_same_id_of_another_producer_is_handed_on_too(self, ground: Ground, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        hand_on(requested(id="1"), requested(id="1", source="uk.gov.environment-agency.rivers"))
        assert (len(made.calls), len(ground.said())) == (2, 2)

    def test_one_event_goes_to_each_of_its_targets(self, ground: Ground, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        hand_on(requested(), requested("queue", "archive"))
        assert (len(made.calls), len(ground.waiting("work"))) == (1, 1)


class TestUndeclared:
    @pytest.mark.parametrize(
        ("target", "name", "department"),
        [
            ("webhook", "nowhere", AGENCY),
            ("queue", "nowhere", AGENCY),
            ("webhook", "operations", "communities"),
            ("webhook", "operations", None),
        ],
    )
    def test_it_is_quarantined_and_sent_nowhere(
        self, ground: Ground, receiver: Callable[..., Receiver], target: str, name: str, department: str | None
    ) -> None:
        made = receiver()
        assert hand_on(requested(target, name, department)) == [True]
        [message] = ground.waiting("quarantine")
        assert message["reason"] == f"name: the {target} {name!r} is not declared"
        assert made.calls == []
