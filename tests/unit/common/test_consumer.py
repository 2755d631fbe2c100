"""What becomes of an event that a consumer reads: applied, stale, quarantined, or back in its queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from functions.common import claim_check, clients, clock
from functions.common.cause import Cause, current
from functions.common.consumer import consumes, consumes_any, consumes_messages
from functions.common.failures import Busy, Invalid, Stale, Transient
from schemas.envelope import CloudEvent
from schemas.platform import ContentUnpublishRequested, KeyRevoked
from tests.unit.common.ground import AGENCY, COUNCILS, FLOODS, Ground, deliver, delivered, heard, record, sample

REVOKED = KeyRevoked(service_id=UUID(int=1), key_id=UUID(int=2))
CANARY = "Jo Bloggs"

type Printed = Callable[[], str]


def reason(ground: Ground) -> str:
    [message] = ground.waiting("quarantine")
    return str(message["reason"])


def never(_: object) -> None:
    raise AssertionError("it was handed on")


class TestApplied:
    def test_a_platform_event_is_read_into_its_model_with_its_envelope(self, ground: Ground) -> None:
        seen: list[KeyRevoked] = []
        assert deliver(consumes(KeyRevoked)(seen.append), delivered(heard(REVOKED, hops=3))) == [True]
        assert (seen[0].key_id, seen[0].envelope.hops, seen[0].envelope.department) == (UUID(int=2), 3, AGENCY)

    def test_a_field_of_a_later_version_is_no_fault(self, ground: Ground) -> None:
        seen: list[KeyRevoked] = []
        members = heard(REVOKED)
        members["data"]["because"] = "a later version says"
        assert deliver(consumes(KeyRevoked)(seen.append), delivered(members)) == [True]
        assert seen[0].model_dump() == REVOKED.model_dump()

    def test_any_event_is_read_in_its_envelope(self, ground: Ground) -> None:
        seen: list[CloudEvent] = []
        assert deliver(consumes_any(seen.append), delivered(sample())) == [True]
        assert seen[0].wire() == {**sample(), "hops": 0}

    def test_json_that_is_no_event_is_read_as_it_is(self, ground: Ground) -> None:
        seen: list[Any] = []
        assert deliver(consumes_messages(seen.append), {"detail-type": "Email Delivered"}) == [True]
        assert seen == [{"detail-type": "Email Delivered"}]

    def test_what_was_left_in_s3_is_fetched(self, ground: Ground) -> None:
        large = CloudEvent.model_validate(sample(data={"message": "x" * 300_000}))
        seen: list[CloudEvent] = []
        assert deliver(consumes_any(seen.append), delivered(claim_check.leave(large).wire())) == [True]
        assert seen[0].data == large.data

    def test_the_event_is_the_cause_of_what_is_said_meanwhile(self, ground: Ground) -> None:
        causes: list[Cause] = []
        deliver(consumes_any(lambda _: causes.append(current())), delivered(sample(correlationid="tree", hops=2)))
        [cause] = causes
        assert (cause.event_id, cause.source, cause.correlation, cause.hops) == (sample()["id"], FLOODS, "tree", 2)

    def test_how_long_it_took_since_it_happened_is_counted(self, ground: Ground, printed: Printed) -> None:
        ago = clock.now() - timedelta(seconds=5)
        deliver(consumes_any(lambda _: None), delivered(sample(time=ago.isoformat())))
        [latency] = [line["Latency"] for line in map(json.loads, printed().splitlines()) if "Latency" in line]
        assert 5_000 <= latency[0] < 60_000


class TestActingDepartment:
    def acting(self, members: dict[str, Any]) -> str | None:
        acting: list[str | None] = []
        assert deliver(consumes_any(lambda _: acting.append(current().department)), delivered(members)) == [True]
        return acting[0]

    def test_a_source_acts_for_its_department(self, ground: Ground) -> None:
        assert self.acting(sample()) == AGENCY

    def test_a_source_may_name_its_own_department(self, ground: Ground) -> None:
        assert self.acting(sample(department=AGENCY)) == AGENCY

    def test_the_platform_acts_for_whom_it_says(self, ground: Ground) -> None:
        assert self.acting(heard(REVOKED, "communities")) == "communities"
        assert self.acting(heard(REVOKED, None)) is None


class TestTrust:
    @pytest.mark.parametrize(
        ("changes", "known", "said"),
        [
            ({"source": COUNCILS}, {"source": FLOODS}, "source: the CloudEvent says"),
            ({"source": "uk.gov.commonweal.bus"}, {"source": FLOODS}, "source: the CloudEvent says"),
            ({}, {"source": None}, "source: the CloudEvent says"),
            ({"type": "environment-agency.Other.v1"}, {"detail-type": sample()["type"]}, "type: the CloudEvent says"),
            ({}, {"detail-type": "Another"}, "type: the CloudEvent says"),
            ({"source": "uk.gov.nobody.floods"}, {}, "source: 'uk.gov.nobody.floods' belongs to no department"),
            ({"source": "uk.gov.commonweal"}, {}, "source: 'uk.gov.commonweal' belongs to no department"),
            ({"type": "communities.LocalAuthorityRecorded.v1"}, {}, "type: 'environment-agency' does not declare"),
            ({"type": "platform.KeyRevoked.v1"}, {}, "type: 'environment-agency' does not declare"),
            ({"type": "environment-agency.FloodWarningIssued.v2"}, {}, "type: 'environment-agency' does not declare"),
            ({"department": "communities"}, {}, "department: 'uk.gov.environment-agency.floods' cannot act for 'communities'"),
            ({"hops": 11}, {}, "hops: is 11 causes deep, which is a loop"),
            ({"specversion": "0.3"}, {}, "detail: specversion"),
            ({"time": "yesterday"}, {}, "detail: time"),
            ({"id": ""}, {}, "detail: id"),
        ],
    )
    def test_what_eventbridge_does_not_know_of_it_is_quarantined_with_the_reason(
        self, ground: Ground, changes: dict[str, Any], known: dict[str, Any], said: str
    ) -> None:
        assert deliver(consumes_any(never), delivered(sample(**changes), **known)) == [True]
        assert reason(ground).startswith(said)

    def test_ten_causes_deep_is_no_loop_yet(self, ground: Ground) -> None:
        seen: list[CloudEvent] = []
        deliver(consumes_any(seen.append), delivered(sample(hops=10)))
        assert len(seen) == 1

    def test_a_type_that_another_department_declares_from_this_source_is_still_not_its_own(self, ground: Ground) -> None:
        ground.declared["emits"]["communities.Forged.v1"] = {"source": FLOODS, "classification": "official"}
        deliver(consumes_any(never), delivered(sample(type="communities.Forged.v1")))
        assert reason(ground) == "type: 'communities.Forged.v1' belongs to another department"

    @pytest.mark.parametrize(
        "body", ["", "nothing", "[]", "null", '"text"', "7", "{}", '{"detail": []}', '{"detail": null}', "[" * 100_000]
    )
    def test_what_is_no_event_at_all_is_quarantined(self, ground: Ground, body: str) -> None:
        assert deliver(consumes_any(never), body) == [True]
        [message] = ground.waiting("quarantine")
        assert (message["consumer"], message["body"]) == ("bus.tested", body)

    @pytest.mark.parametrize("body", ["nothing", "[" * 100_000])
    def test_a_message_that_is_no_json_is_quarantined(self, ground: Ground, body: str) -> None:
        assert deliver(consumes_messages(never), body) == [True]
        assert reason(ground) == "body: is not JSON"


class TestInvalid:
    def test_another_platform_event_is_not_read_into_the_model(self, ground: Ground) -> None:
        gone = ContentUnpublishRequested(base_path="/a", type="gone")
        deliver(consumes(KeyRevoked)(never), delivered(heard(gone)))
        assert reason(ground) == "type: this consumer reads platform.KeyRevoked.v1"

    @pytest.mark.parametrize("value", [None, {}, [], "text", {"service_id": "Jo Bloggs", "key_id": str(UUID(int=2))}])
    def test_data_that_does_not_fit_the_model_is_quarantined(self, ground: Ground, value: Any) -> None:
        assert deliver(consumes(KeyRevoked)(never), delivered(heard(REVOKED, data=value))) == [True]
        assert reason(ground).startswith("data: ")

    def test_what_the_consumer_calls_invalid_is_quarantined_whole(self, ground: Ground) -> None:
        def refuse(_: CloudEvent) -> None:
            raise Invalid("is not a level", "data.severityLevel")

        assert deliver(consumes_any(refuse), delivered(sample())) == [True]
        [message] = ground.waiting("quarantine")
        assert (message["consumer"], message["reason"]) == ("bus.tested", "data.severityLevel: is not a level")
        assert json.loads(message["body"])["detail"] == sample()

    def test_what_cannot_be_quarantined_is_not_acknowledged(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QUARANTINE_QUEUE", "https://sqs.eu-west-2.amazonaws.com/123456789012/gone")
        assert deliver(consumes_any(never), "nothing", delivered(sample(hops=11))) == [False, False]


class TestStaleAndTransient:
    def test_the_stale_is_acknowledged_and_counted(self, ground: Ground, printed: Printed) -> None:
        def late(_: CloudEvent) -> None:
            raise Stale("a newer one is there")

        assert deliver(consumes_any(late), delivered(sample())) == [True]
        [metric] = [line for line in map(json.loads, printed().splitlines()) if "Event" in line]
        assert (metric["Event"], metric["Outcome"]) == ([1.0], "stale")
        assert ground.waiting("quarantine") == []

    @pytest.mark.parametrize("failure", [Busy("held"), RuntimeError("a bug"), TimeoutError()])
    def test_anything_else_comes_back(self, ground: Ground, failure: Exception) -> None:
        def fail(_: CloudEvent) -> None:
            raise failure

        assert deliver(consumes_any(fail), delivered(sample())) == [False]
        assert ground.waiting("quarantine") == []

    def test_one_that_fails_does_not_keep_the_others(self, ground: Ground) -> None:
        def fail_at_second(event: CloudEvent) -> None:
            if event.id == "2":
                raise RuntimeError

        bodies = [delivered(sample(id=number)) for number in ("1", "2", "3")]
        assert deliver(consumes_any(fail_at_second), *bodies) == [True, False, True]

    def test_a_whole_batch_that_fails_raises_nothing(self, ground: Ground) -> None:
        def fail(_: CloudEvent) -> None:
            raise RuntimeError(CANARY)

        assert deliver(consumes_any(fail), delivered(sample()), delivered(sample(id="2"))) == [False, False]

    @pytest.mark.parametrize(("tries", "least", "most"), [(1, 1, 1), (2, 2, 2), (3, 3, 5), (5, 12, 20), (9, 192, 320), (50, 225, 375)])
    def test_tries_are_spaced_wider_and_wider(self, ground: Ground, tries: int, least: int, most: int) -> None:
        def fail(_: CloudEvent) -> None:
            raise RuntimeError

        calls = ground.calls(clients.sqs())
        consumes_any(fail)({"Records": [record(delivered(sample()), tries=tries)]}, SimpleNamespace())  # type: ignore[arg-type]  # any context will do
        [(name, asked)] = calls
        assert (name, asked["QueueUrl"]) == ("ChangeMessageVisibility", "https://sqs.eu-west-2.amazonaws.com/123456789012/work")
        assert least <= asked["VisibilityTimeout"] <= most

    @pytest.mark.parametrize(("tries", "least", "most"), [(1, 1, 1), (9, 192, 320), (13, 2_700, 4_500), (50, 2_700, 4_500)])
    def test_a_failure_may_say_how_wide(self, ground: Ground, tries: int, least: int, most: int) -> None:
        class Away(Transient):
            longest_pause = 3_600

        def fail(_: CloudEvent) -> None:
            raise Away

        calls = ground.calls(clients.sqs())
        consumes_any(fail)({"Records": [record(delivered(sample()), tries=tries)]}, SimpleNamespace())  # type: ignore[arg-type]  # as above
        assert least <= calls[0][1]["VisibilityTimeout"] <= most

    def test_a_try_that_cannot_be_spaced_comes_back_all_the_same(self, ground: Ground, printed: Printed) -> None:
        def fail(_: CloudEvent) -> None:
            raise RuntimeError

        assert deliver(consumes_any(fail), delivered(sample())) == [False]  # its receipt handle is no queue's
        assert "could not space a retry" in printed()


class TestDiscretion:
    """No log line and no metric tells anybody's name, whatever goes wrong with an event that holds one."""

    def refuse(self, _: object) -> None:
        raise Invalid("is not a level", "data.severityLevel")

    def stale(self, _: object) -> None:
        raise Stale("a newer one is there")

    def fail(self, event: CloudEvent) -> None:
        raise RuntimeError(f"cannot write to {event.data}")

    def fail_from(self, event: CloudEvent) -> None:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(event.data) from cause

    @pytest.mark.parametrize("kind", ["refuse", "stale", "fail", "fail_from", "apply"])
    def test_of_an_event_that_a_consumer_was_given(self, ground: Ground, printed: Printed, kind: str) -> None:
        deliver(consumes_any(getattr(self, kind, lambda _: None)), delivered(sample(data={"name": CANARY})))
        lines = printed()
        assert CANARY not in lines
        assert sample()["id"] in lines

    @pytest.mark.parametrize(
        "body",
        [
            CANARY,
            json.dumps({"name": CANARY}),
            json.dumps(delivered(sample(data={"name": CANARY}, time=CANARY))),
            json.dumps(delivered(sample(data={"name": CANARY}, hops=11))),
            json.dumps(delivered(sample(data={"name": CANARY}), source="another")),
            json.dumps(delivered(sample(data=None, dataref="s3://another/x", name=CANARY))),
        ],
    )
    def test_of_an_event_that_was_not_trusted(self, ground: Ground, printed: Printed, body: str) -> None:
        deliver(consumes_any(never), body)
        assert CANARY not in printed()
        assert CANARY not in reason(ground)

    @pytest.mark.parametrize("field", ["service_id", "key_id"])
    def test_of_data_that_does_not_fit(self, ground: Ground, printed: Printed, field: str) -> None:
        members = heard(REVOKED)
        members["data"][field] = CANARY
        deliver(consumes(KeyRevoked)(never), delivered(members))
        assert CANARY not in printed()
        assert CANARY not in reason(ground)
