"""When a type ends: by whose clock, to the day, and what an answer says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.common import clock, sunset
from functions.common.consumer import consumes_any
from functions.common.sunset import Ending
from schemas.envelope import REDRIVEN_FROM
from tests.unit.common.ground import Ground, delivered, record, sample

TYPE, SUCCESSOR = "environment-agency.FloodWarningIssued.v1", "environment-agency.FloodWarningIssued.v2"
LAST_DAY = "2026-11-30"
BEFORE, AFTER = "2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z"

HOURS = st.integers(-60, 60)
"""Before and after a type ends."""

type Outcomes = Callable[[dict[str, Any]], str]


@pytest.fixture
def ends(ground: Ground) -> None:
    """Flood warnings are to end, and something follows them."""
    ground.declared["emits"][TYPE] |= {"sunset": LAST_DAY, "replaced_by": "FloodWarningIssued.v2"}


def milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


class TestDays:
    @given(last_day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), zone=st.integers(-12, 14), minutes=st.integers(-1440, 4320))
    def test_a_type_is_over_when_its_last_day_is_over_in_utc(self, last_day: date, zone: int, minutes: int) -> None:
        moment = datetime.combine(last_day, time(), timezone(timedelta(hours=zone))) + timedelta(minutes=minutes)
        assert (moment >= Ending(TYPE, last_day).ends) == (moment.astimezone(UTC).date() > last_day)

    def test_a_type_without_a_sunset_has_no_end(self, ground: Ground) -> None:
        assert (sunset.ending(TYPE), sunset.ending("nobody.Knows.v1"), sunset.over(TYPE, datetime.max.replace(tzinfo=UTC))) == (None,) * 3


class TestHeaders:
    def test_they_are_those_of_the_standards(self, ends: None, ground: Ground) -> None:
        ground.declared["emits"][TYPE] |= {"deprecated": "2026-11-01", "replaced_by": "FloodWarningIssued.v1"}
        found = sunset.ending(TYPE)
        assert found is not None
        assert sunset.headers([found]) == {
            "Deprecation": "@1793491200",
            "Sunset": "Tue, 01 Dec 2026 00:00:00 GMT",
            "Link": '</schemas/environment-agency/FloodWarningIssued/1.0.0.json>; rel="successor-version"',
        }

    def test_where_its_day_is_not_declared_a_type_is_deprecated_by_today(self, ends: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 2, 15, tzinfo=UTC))
        found = sunset.ending(TYPE)
        assert found is not None
        assert found.deprecated == datetime(2026, 11, 2, tzinfo=UTC)

    def test_of_several_the_earliest_is_told(self) -> None:
        one, other = Ending("a.A.v1", date(2027, 3, 1), since=date(2026, 2, 1)), Ending("a.B.v1", date(2027, 2, 1), since=date(2026, 3, 1))
        told = sunset.headers([one, other])
        assert parsedate_to_datetime(told["Sunset"]) == other.ends
        assert told["Deprecation"] == f"@{int(one.deprecated.timestamp())}"

    def test_of_none_nothing_is_said(self) -> None:
        assert sunset.headers([]) == {}


class TestConsumers:
    """An event that ingress never saw is read until its type's last day, by clocks that its producer does not set."""

    @pytest.fixture
    def outcome(self, ends: None, ground: Ground) -> Outcomes:
        def consume(message: dict[str, Any]) -> str:
            seen: list[object] = []
            assert consumes_any(seen.append)({"Records": [message]}, SimpleNamespace()) == {"batchItemFailures": []}  # type: ignore[arg-type]
            rejected = [told["reason"] for told in ground.waiting("quarantine")]
            assert len(rejected) + len(seen) == 1
            return rejected[0] if rejected else "applied"

        return consume

    def entry(self, time: str, put: str | None, sent: str | None = None, **changes: Any) -> dict[str, Any]:
        """A message: when the event says it happened, when EventBridge says it was put, when the message was sent."""
        body = delivered(sample(time=time), **({"time": put} if put else {}), **changes)
        return record(body, sent=milliseconds(sent) if sent else None)

    def test_what_was_said_in_time_is_read(self, outcome: Outcomes) -> None:
        assert outcome(self.entry(BEFORE, BEFORE, BEFORE)) == "applied"

    @pytest.mark.parametrize("message", [(AFTER, BEFORE), (BEFORE, AFTER), (AFTER, AFTER), (AFTER, None)])
    def test_what_was_said_after_the_last_day_is_quarantined_with_what_follows_it(self, outcome: Outcomes, message: Any) -> None:
        assert outcome(self.entry(*message)) == f"type: {TYPE} was taken until {LAST_DAY}: emit {SUCCESSOR} instead"

    def test_an_event_that_lies_about_its_time_is_told_by_when_it_came(self, outcome: Outcomes) -> None:
        assert "was taken until" in outcome(self.entry(BEFORE, BEFORE, "2026-12-02T00:00:01Z"))

    def test_one_that_was_a_day_on_its_way_is_read(self, outcome: Outcomes) -> None:
        assert outcome(self.entry(BEFORE, BEFORE, "2026-12-01T23:59:59Z")) == "applied"

    def test_a_replay_of_what_was_said_in_time_is_read(self, outcome: Outcomes) -> None:
        assert outcome(self.entry(BEFORE, BEFORE, "2027-06-01T12:00:00Z", **{"replay-name": "june"})) == "applied"

    def test_a_replay_of_what_was_said_too_late_is_not(self, outcome: Outcomes) -> None:
        assert "was taken until" in outcome(self.entry(AFTER, AFTER, "2027-06-01T12:00:00Z", **{"replay-name": "june"}))

    def test_what_an_operator_sends_back_is_read(self, outcome: Outcomes) -> None:
        message = self.entry(BEFORE, BEFORE, "2027-06-01T12:00:00Z")
        message["messageAttributes"] = {REDRIVEN_FROM: {"dataType": "String", "stringValue": "publishing-render-dead"}}
        assert outcome(message) == "applied"

    def test_an_event_cannot_call_itself_a_replay(self, outcome: Outcomes) -> None:
        lies = sample(time=BEFORE) | {"replay-name": "june", REDRIVEN_FROM: "nowhere"}
        assert "was taken until" in outcome(record(delivered(lies, time=BEFORE), sent=milliseconds("2027-06-01T12:00:00Z")))

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(said=HOURS, put=HOURS, sent=HOURS, replayed=st.booleans())
    def test_the_latest_of_the_clocks_decides(self, outcome: Outcomes, said: int, put: int, sent: int, replayed: bool) -> None:
        end = datetime.fromisoformat(AFTER)
        clocks = [said, put] if replayed else [said, put, sent - 24]
        moments = [(end + timedelta(hours=hours)).isoformat() for hours in (said, put, sent)]
        refused = outcome(self.entry(*moments, **({"replay-name": "june"} if replayed else {}))) != "applied"
        assert refused == (max(clocks) >= 0)
