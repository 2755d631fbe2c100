"""An event is handed on to the webhook or queue that its department declared, signed, and once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from functions.bus import forward
from functions.common import claim_check, clients, clock, signing, suspension, webhooks
from functions.common.webhooks import Refused, Unreached
from schemas.envelope import CloudEvent
from schemas.platform import ForwardRequested
from tests.unit.common.ground import AGENCY, FLOOD_WARNING, Ground, deliver, delivered, heard, record, sample

OPERATIONS = "https://operations.example.gov.uk/events"
SECRET = f"webhook:{AGENCY}/operations"


@dataclass
class Call:
    """What a webhook was sent."""

    url: str
    body: bytes
    headers: dict[str, str]


class Receiver:
    """A webhook that answers as it is told to, one answer for each call, and then takes all."""

    def __init__(self, *answers: Exception) -> None:
        self.answers = list(answers)
        self.calls: list[Call] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.calls.append(Call(url, body, {name.lower(): value for name, value in headers.items()}))
        if self.answers:
            raise self.answers.pop(0)

    @property
    def headers(self) -> dict[str, str]:
        return self.calls[-1].headers

    @property
    def body(self) -> bytes:
        return self.calls[-1].body


@pytest.fixture
def receiver(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Receiver]:
    """Put a receiver with these answers at the end of every address."""

    def make(*answers: Exception) -> Receiver:
        made = Receiver(*answers)
        monkeypatch.setattr(webhooks, "post", made.post)
        return made

    return make


def requested(target: str = "webhook", name: str = "operations", department: str | None = AGENCY, **changes: Any) -> dict[str, Any]:
    """A request to hand a flood warning on, as it comes from the bus."""
    request = ForwardRequested.model_validate({"target": target, "name": name, "event": sample(**changes)})
    return delivered(heard(request, department))


def hand_on(*bodies: dict[str, Any]) -> list[bool]:
    return deliver(forward.forward, *bodies)


def test_nothing_is_handed_to_a_department_that_is_suspended(
    receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch, printed: Callable[[], str]
) -> None:
    made = receiver()
    monkeypatch.setattr(suspension, "stops", lambda department, _: department == AGENCY)
    assert hand_on(requested()) == [True]
    assert made.calls == []
    assert f"{AGENCY} is suspended" in printed()


class TestWebhook:
    def test_it_is_given_the_event_as_a_structured_cloudevent(self, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        assert hand_on(requested()) == [True]
        [call] = made.calls
        assert call.url == OPERATIONS
        assert made.headers["content-type"] == "application/cloudevents+json"
        assert json.loads(made.body) == sample()

    def test_what_it_is_given_verifies_with_the_receivers_library(self, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        hand_on(requested(data={"message": "Überflutung"}))
        secret = signing.shared_secret(SECRET)
        assert secret.startswith("whsec_")
        assert Webhook(secret).verify(made.body, made.headers)["id"] == sample()["id"]
        assert made.headers["webhook-id"] == sample()["id"]

    @pytest.mark.parametrize(
        ("identity", "told"), [("événement 1\r\nX: 1", "%C3%A9v%C3%A9nement%201%0D%0AX:%201"), ("A/7 %=;", "A/7%20%=;"), ("1-a", "1-a")]
    )
    def test_an_id_is_a_header_whatever_text_it_is(self, receiver: Callable[..., Receiver], identity: str, told: str) -> None:
        made = receiver()
        hand_on(requested(id=identity))
        assert made.headers["webhook-id"] == told
        assert Webhook(signing.shared_secret(SECRET)).verify(made.body, made.headers)["id"] == identity

    def test_nothing_else_verifies(self, receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch) -> None:
        made = receiver()
        hand_on(requested())
        webhook = Webhook(signing.shared_secret(SECRET))
        forgeries = [
            (webhook, made.body + b" ", made.headers),
            (webhook, made.body, {**made.headers, "webhook-id": "another"}),
            (webhook, made.body, {**made.headers, "webhook-timestamp": str(int(made.headers["webhook-timestamp"]) - 1)}),
            (Webhook(signing.shared_secret(f"webhook:{AGENCY}/another")), made.body, made.headers),
            (Webhook(signing.shared_secret("webhook:communities/operations")), made.body, made.headers),
        ]
        for verifier, body, headers in forgeries:
            with pytest.raises(WebhookVerificationError):
                verifier.verify(body, headers)

    def test_an_old_signature_does_not_verify(self, receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch) -> None:
        made = receiver()
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) - timedelta(minutes=6))
        hand_on(requested())
        with pytest.raises(WebhookVerificationError):
            Webhook(signing.shared_secret(SECRET)).verify(made.body, made.headers)

    def test_the_secret_that_a_receiver_was_given_stays_the_same(self, ground: Ground) -> None:
        """HMAC-SHA-256 of `webhook:<department>/<name>` under the pepper, worked out by hand: a receiver keeps it for years."""
        assert signing.shared_secret(SECRET) == "whsec_nXxNzIR47agGLXqtW+1dGWq8zydVbyBWW8yR04PTzZg="

    @pytest.mark.parametrize("answer", [Unreached("it answered 500"), Refused(404), Refused(302), RuntimeError()])
    def test_until_it_is_taken_it_comes_back(self, ground: Ground, receiver: Callable[..., Receiver], answer: Exception) -> None:
        made = receiver(answer)
        assert hand_on(requested()) == [False]
        assert (ground.items(), ground.waiting("quarantine")) == ([], [])
        assert hand_on(requested()) == [True]
        assert len(made.calls) == 2

    @pytest.mark.parametrize("answer", [Unreached("it answered 500"), Refused(404)])
    def test_a_receiver_that_is_away_for_long_is_asked_once_an_hour(
        self, ground: Ground, receiver: Callable[..., Receiver], answer: Exception
    ) -> None:
        receiver(answer)
        calls = ground.calls(clients.sqs())
        forward.forward({"Records": [record(requested(), tries=40)]}, None)  # type: ignore[arg-type]  # any context will do
        assert 2_700 <= calls[-1][1]["VisibilityTimeout"] <= 4_500

    def test_no_line_of_the_log_holds_the_event(self, receiver: Callable[..., Receiver], printed: Callable[[], str]) -> None:
        receiver(Refused(400), OSError("Jo Bloggs"))
        for _ in range(3):
            hand_on(requested(data={"name": "Jo Bloggs"}))
        assert "Jo Bloggs" not in printed()


class TestQueue:
    def test_it_is_given_the_event(self, ground: Ground) -> None:
        assert hand_on(requested("queue", "archive", data={"message": "Überflutung"})) == [True]
        assert ground.waiting("work") == [sample(data={"message": "Überflutung"})]

    def test_as_much_as_ingress_takes_fits(self, ground: Ground) -> None:
        numbers = list(range(10)) * 49_000
        assert 950_000 < len(json.dumps(numbers, separators=(",", ":"))) < forward.LARGEST_MESSAGE < len(json.dumps(numbers))
        assert hand_on(requested("queue", "archive", data={"numbers": numbers})) == [True]
        assert ground.waiting("work")[0]["data"] == {"numbers": numbers}

    def test_what_no_queue_takes_is_told_and_not_tried_again(self, ground: Ground) -> None:
        request = requested("queue", "archive", data={"numbers": [1e15] * 60_000})["detail"]
        assert hand_on(delivered(claim_check.leave(CloudEvent.model_validate(request)).wire())) == [True]
        [message] = ground.waiting("quarantine")
        assert message["reason"].startswith("event: is ")
        assert ground.waiting("work") == []

    def test_one_that_is_gone_is_tried_again(self, ground: Ground) -> None:
        ground.declared["queues"][AGENCY]["archive"]["arn"] = "arn:aws:sqs:eu-west-2:123456789012:gone"
        assert hand_on(requested("queue", "archive")) == [False]


class TestSubscriptions:
    """Another department's event goes as its subscription entitles it to have it when it goes."""

    @pytest.fixture(autouse=True)
    def queue(self, ground: Ground) -> None:
        clients.sqs().create_queue(QueueName="commonweal-local-to-communities")

    def test_it_is_given_to_the_queue_that_the_platform_keeps_for_the_department(self, ground: Ground) -> None:
        assert hand_on(requested("queue", "subscriptions", "communities")) == [True]
        [part] = ground.waiting("commonweal-local-to-communities")
        assert part["data"].keys() == {"floodAreaID", "severity", "severityLevel", "county"}
        [said] = ground.said()
        assert (said.department, said.data) == (
            "communities",
            {"target": "queue", "name": "subscriptions", "event_id": sample()["id"]},
        )

    def test_it_is_given_to_a_webhook_signed_as_any(self, ground: Ground, receiver: Callable[..., Receiver]) -> None:
        ground.declared["webhooks"]["communities"] = {"desk": {"url": "https://desk.example.gov.uk"}}
        ground.declared["subscriptions"][FLOOD_WARNING] = [subscription(webhook="desk")]
        made = receiver()
        assert hand_on(requested("webhook", "desk", "communities")) == [True]
        verified = Webhook(signing.shared_secret("webhook:communities/desk")).verify(made.body, made.headers)
        assert verified["data"].keys() == {"floodAreaID", "severity"}

    @pytest.mark.parametrize(
        "left",
        [
            [],
            [{"department": "cabinet-office"}],
            [{"webhook": "desk"}],
            [{"until": "2026-01-31"}],
        ],
    )
    def test_what_waited_while_consent_went_goes_nowhere(self, ground: Ground, left: list[dict[str, str]]) -> None:
        ground.declared["subscriptions"][FLOOD_WARNING] = [subscription(**changes) for changes in left]
        assert hand_on(requested("queue", "subscriptions", "communities")) == [True]
        assert (ground.waiting("commonweal-local-to-communities"), ground.said(), ground.waiting("quarantine")) == ([], [], [])

    def test_what_waited_while_it_got_less_goes_without_what_it_lost(self, ground: Ground) -> None:
        ground.declared["subscriptions"][FLOOD_WARNING] = [subscription()]
        hand_on(requested("queue", "subscriptions", "communities", subject="Jo Bloggs"))
        [part] = ground.waiting("commonweal-local-to-communities")
        assert part["data"].keys() == {"floodAreaID", "severity"}
        assert "Jo Bloggs" not in json.dumps(part)

    def test_another_departments_event_is_not_given_to_a_queue_of_ones_own_either(self, ground: Ground) -> None:
        ground.declared["queues"]["communities"] = {"archive": {"arn": "arn:aws:sqs:eu-west-2:123456789012:work"}}
        assert hand_on(requested("queue", "archive", "communities")) == [True]
        assert ground.waiting("work") == []

    def test_one_event_goes_to_each_department_that_has_a_part_of_it(self, ground: Ground) -> None:
        clients.sqs().create_queue(QueueName="commonweal-local-to-cabinet-office")
        ground.declared["subscriptions"][FLOOD_WARNING] = [subscription(), subscription(department="cabinet-office")]
        for department in ("communities", "cabinet-office"):
            hand_on(requested("queue", "subscriptions", department))
            assert len(ground.waiting(f"commonweal-local-to-{department}")) == 1

    def test_nobody_has_no_queue(self, ground: Ground) -> None:
        assert hand_on(requested("queue", "subscriptions", None)) == [True]
        [message] = ground.waiting("quarantine")
        assert message["reason"] == "name: the queue 'subscriptions' is not declared"


def subscription(**changes: str) -> dict[str, Any]:
    return {"department": "communities", "name": "warnings", "fields": ["floodAreaID", "severity"], **changes}


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
