"""A type that is to end: its producers are warned and counted, and refused when it is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from functions.bus import ingress, journal, producers, store
from functions.common import clients, clock, limits
from functions.common.auth import Caller
from tests.unit.bus.conftest import Send
from tests.unit.bus.ground import COUNCILS_KEY, TEST_KEY, Answer, request
from tests.unit.common.ground import AGENCY, Ground, deliver, delivered, sample

TYPE = "environment-agency.FloodWarningIssued.v1"
WARNING = f"{TYPE} is deprecated and is taken until 2026-11-30: emit environment-agency.FloodWarningIssued.v2 instead"

type Become = Callable[[Caller], None]
type Printed = Callable[[], str]


class Days:
    """The clock that tests set."""

    now = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def days(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    """Six days before flood warnings of this version end."""
    made = Days()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    ground.declared["emits"][TYPE] |= {"sunset": "2026-11-30", "deprecated": "2026-11-01", "replaced_by": "FloodWarningIssued.v2"}
    producers.forget()
    yield made
    producers.forget()


def shown() -> Answer:
    return request(ingress.api, "GET", f"/events/types/{TYPE}")


class TestWarnings:
    def test_the_receipt_says_what_to_do_and_the_headers_say_when(self, days: Days, send: Send) -> None:
        answer = send(sample())
        assert answer.status == 202
        assert answer.json["warnings"] == [{"code": "deprecated", "field": "type", "message": WARNING}]
        assert (answer.headers["deprecation"], answer.headers["sunset"]) == ("@1793491200", "Tue, 01 Dec 2026 00:00:00 GMT")

    def test_a_test_key_is_warned_and_not_counted(self, days: Days, send: Send, as_caller: Become, ground: Ground) -> None:
        as_caller(TEST_KEY)
        assert send(sample()).json["warnings"][0]["code"] == "deprecated"
        assert ground.items() == []

    def test_in_a_batch_each_that_is_taken_is_warned(self, days: Days, send: Send) -> None:
        answer = send([sample(id="1"), sample(id="2", data={})])
        assert ["warnings" in receipt for receipt in answer.json["receipts"]] == [True, False]
        assert answer.headers["sunset"] == "Tue, 01 Dec 2026 00:00:00 GMT"

    def test_a_type_that_stays_is_said_nothing_of(self, ground: Ground, send: Send) -> None:
        answer = send(sample())
        assert "warnings" not in answer.json
        assert not {"deprecation", "sunset", "link"} & answer.headers.keys()


class TestTheEnd:
    def test_on_its_last_day_it_is_taken_and_on_the_next_refused(self, days: Days, send: Send, ground: Ground) -> None:
        days.now = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
        assert send(sample(id="1")).status == 202
        days.now += timedelta(seconds=1)
        answer = send(sample(id="2"))
        assert (answer.status, answer.json["code"]) == (422, "type_ended")
        assert answer.json["errors"] == [
            {"field": "type", "message": f"{TYPE} was taken until 2026-11-30: emit environment-agency.FloodWarningIssued.v2 instead"}
        ]
        assert answer.headers["sunset"] == "Tue, 01 Dec 2026 00:00:00 GMT"
        assert [event.id for event in ground.said()] == ["1"]

    @pytest.mark.parametrize("time", ["2026-11-23T09:30:00Z", "2020-01-01T00:00:00Z"])
    def test_an_event_that_says_it_happened_earlier_is_refused_all_the_same(self, days: Days, send: Send, time: str) -> None:
        days.now = datetime(2026, 12, 1, tzinfo=UTC)
        assert send(sample(time=time)).json["code"] == "type_ended"

    def test_one_that_says_it_happens_after_the_end_is_refused_before_it(self, days: Days, send: Send) -> None:
        assert send(sample(time="2026-12-01T00:00:00Z")).json["code"] == "type_ended"

    def test_whoever_may_not_say_it_does_not_learn_of_its_end(self, days: Days, send: Send, as_caller: Become) -> None:
        days.now = datetime(2026, 12, 1, tzinfo=UTC)
        as_caller(COUNCILS_KEY)
        assert send(sample()).json["code"] == "source_not_yours"


class TestProducers:
    def test_who_says_it_is_counted_by_day_and_service(self, days: Days, send: Send, printed: Printed) -> None:
        send(sample(id="1"))
        days.now += timedelta(days=1)
        send(sample(id="2"))
        send(sample(id="2"))
        assert shown().json == {
            "type": TYPE,
            "sunset": "2026-11-30",
            "replaced_by": "environment-agency.FloodWarningIssued.v2",
            "producers": [{"day": day, "department": AGENCY, "service": "service", "events": 1} for day in ("2026-11-24", "2026-11-25")],
        }
        said = [line for line in map(json.loads, printed().splitlines()) if "Deprecated" in line]
        assert [(line["Type"], line["Department"], line["Service"]) for line in said] == [(TYPE, AGENCY, "service")] * 2

    def test_many_are_few_writes_and_at_least_half_of_them_are_told(self, days: Days, send: Send, ground: Ground) -> None:
        calls = ground.calls(clients.dynamodb())
        for number in range(40):
            send(sample(id=str(number)))
        written = [params for name, params in calls if name == "UpdateItem" and params["Key"]["pk"]["S"].startswith("use#")]
        [use] = shown().json["producers"]
        assert (len(written), use["events"]) == (5, 31)

    def test_events_from_the_departments_own_account_are_counted_apart(self, days: Days, send: Send, ground: Ground) -> None:
        send(sample(id="1"))
        for number in ("1", "2", "2"):
            deliver(journal.journal, delivered(sample(id=number)))
        assert sorted((use["service"], use["events"]) for use in shown().json["producers"]) == [("account", 1), ("service", 1)]

    def test_what_is_told_late_is_a_use_and_its_replay_is_none(self, days: Days, as_caller: Become) -> None:
        told = sample(time="2026-10-01T09:30:00Z")
        for more in ({}, {"replay-name": "october"}):
            deliver(journal.journal, delivered(told, **more))
        [use] = shown().json["producers"]
        assert (use["service"], use["events"]) == ("account", 1)

    def test_a_count_that_fails_refuses_nobody(self, days: Days, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise TimeoutError

        monkeypatch.setattr(store, "add_use", fail)
        assert send(sample()).status == 202

    def test_what_is_longer_ago_is_not_told(self, days: Days, send: Send) -> None:
        send(sample())
        days.now += timedelta(days=15)
        assert shown().json["producers"] == []

    @pytest.mark.parametrize("type_", ["communities.LocalAuthorityRecorded.v1", "platform.KeyRevoked.v1", "nobody.Knows.v1"])
    def test_another_departments_type_is_as_if_it_were_not_there(self, days: Days, as_caller: Become, type_: str) -> None:
        assert request(ingress.api, "GET", f"/events/types/{type_}").status == 404

    def test_nobody_else_is_told(self, days: Days, send: Send, as_caller: Become) -> None:
        send(sample())
        as_caller(COUNCILS_KEY)
        assert shown().status == 404


class TestLimits:
    def most(self, ground: Ground, per_minute: int) -> None:
        ground.declared["departments"][AGENCY]["limits"] = {"events_per_minute": per_minute}

    def test_a_department_is_held_to_its_limit_and_told_when_there_is_more(self, days: Days, send: Send, ground: Ground) -> None:
        self.most(ground, 6)
        answers = [send(sample(id=str(number))) for number in range(3)]
        assert [answer.status for answer in answers] == [202, 202, 429]
        assert answers[2].json["code"] == "too_many_events"
        assert answers[2].headers["retry-after"] == "10"
        assert (answers[2].headers["ratelimit-policy"], answers[2].headers["ratelimit"]) == ('"default";q=6;w=60', '"default";r=0;t=10')
        days.now += timedelta(seconds=10)
        assert send(sample(id="3")).status == 202
        assert [event.id for event in ground.said()] == ["0", "1", "3"]

    def test_of_a_batch_those_beyond_it_are_refused_alone(self, days: Days, send: Send, ground: Ground) -> None:
        self.most(ground, 6)
        answer = send([sample(id=str(number)) for number in range(4)])
        assert answer.status == 202
        assert [receipt.get("code") for receipt in answer.json["receipts"]] == [None, None, "too_many_events", "too_many_events"]
        assert answer.headers["retry-after"] == "10"

    def test_a_batch_of_which_nothing_is_left_is_refused_with_429(self, days: Days, send: Send, ground: Ground) -> None:
        self.most(ground, 6)
        send([sample(id=str(number)) for number in range(2)])
        assert (send([sample(id="2"), sample(id="3")]).status, send([sample(id="2"), sample(data={})]).status) == (429, 422)

    def test_what_is_refused_or_only_checked_does_not_count(self, days: Days, send: Send, ground: Ground, as_caller: Become) -> None:
        self.most(ground, 6)
        for _ in range(9):
            assert send(sample(data={})).status == 422
        as_caller(TEST_KEY)
        assert [send(sample()).status for _ in range(9)] == [202] * 9

    def test_one_departments_events_are_not_anothers(self, days: Days, send: Send, ground: Ground, as_caller: Become) -> None:
        self.most(ground, 1)
        while send(sample(id="1")).status != 429:
            pass
        as_caller(COUNCILS_KEY)
        assert send(sample("communities/LocalAuthorityRecorded/basildon")).status == 202

    def test_a_file_that_is_silent_means_three_thousand(
        self, days: Days, send: Send, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[tuple[str, int]] = []
        monkeypatch.setattr(limits, "take_token", lambda name, per_minute: asked.append((name, per_minute)))
        ground.declared["departments"][AGENCY]["limits"] = {}
        send(sample())
        assert asked == [(f"events#{AGENCY}", 3_000)]
