"""Limits: what processes take together is never more than was allowed, and whoever is refused is told how long to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.common import clients, clock, limits
from functions.common.failures import Transient
from functions.common.limits import LEASE, Bucket, Day, Exceeded, headers, take_daily, take_token
from functions.common.table import ConditionFailed
from tests.unit.common.ground import Ground, lose_answer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = 1_000_000


@dataclass
class Town:
    """Some processes on one clock, over one table: which of them runs, and when."""

    monkeypatch: pytest.MonkeyPatch
    now: datetime = NOON
    processes: dict[int, dict[Any, Any]] = field(default_factory=dict)

    def run(self, process: int = 0) -> None:
        """From now on, this one."""
        self.monkeypatch.setattr(limits, "_leases", self.processes.setdefault(process, {}))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def town(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    made = Town(monkeypatch)
    made.run()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    yield made
    limits.forget()


def token(per_minute: int, name: str = "floods/live") -> bool:
    """Whether one was there."""
    try:
        take_token(name, per_minute=per_minute)
    except Exceeded:
        return False
    return True


def daily(limit: int, name: str = "floods/email") -> bool:
    try:
        take_daily(name, limit=limit)
    except Exceeded:
        return False
    return True


def taken(take: Callable[[], bool]) -> int:
    """How many are taken until one is refused."""
    count = 0
    while take():
        count += 1
    return count


class TestBurst:
    @pytest.mark.parametrize(("per_minute", "burst"), [(6, 2), (1, 1), (2, 1), (3, 1), (60, 20), (500, 167), (3_000, 999), (100_000, 999)])
    def test_a_full_bucket_gives_its_capacity_but_one(self, town: Town, per_minute: int, burst: int) -> None:
        """Contract 4: min(ceil(rate / 3) + 1, 1000), and of a service allowed 6 a minute the third was refused."""
        assert taken(lambda: token(per_minute)) == burst

    def test_many_new_processes_share_it_to_the_last(self, town: Town) -> None:
        """Each request of a burst may meet a process of its own: none is refused for what another holds."""
        count = 0
        for process in range(150):
            town.run(process)
            count += token(400)
        assert count == 134

    def test_it_fills_again_at_the_rate(self, town: Town) -> None:
        taken(lambda: token(60))
        town.wait(5)
        assert taken(lambda: token(60)) == 5
        town.wait(3_600)
        assert taken(lambda: token(60)) == 20

    def test_buckets_of_different_names_have_nothing_to_do_with_each_other(self, town: Town) -> None:
        taken(lambda: token(6, "floods/live"))
        assert token(6, "floods/test")

    def test_none_a_minute_is_none(self, town: Town, ground: Ground) -> None:
        with pytest.raises(Exceeded) as refused:
            take_token("floods/live", per_minute=0)
        assert (refused.value.limit, refused.value.retry_after, ground.items()) == (0, 60, [])


class TestCost:
    def test_a_busy_process_writes_once_for_many_requests(self, town: Town, ground: Ground) -> None:
        calls = ground.calls(clients.dynamodb())
        for _ in range(900):
            take_token("floods/live", per_minute=3_000)
        assert {name for name, _ in calls} == {"UpdateItem"}
        assert len(calls) < 40  # 1, 2, 4, 8, 16, then 30 at a time

    def test_a_day_costs_less(self, town: Town, ground: Ground) -> None:
        calls = ground.calls(clients.dynamodb())
        for _ in range(20_000):
            take_daily("floods/email", limit=250_000)
        assert len(calls) < 20

    def test_a_refusal_that_is_known_costs_nothing(self, town: Town, ground: Ground) -> None:
        taken(lambda: token(60))
        taken(lambda: daily(20))
        calls = ground.calls(clients.dynamodb())
        assert not any(token(60) or daily(20) for _ in range(100))
        assert calls == []

    def test_what_a_process_does_not_use_in_time_it_drops(self, town: Town, ground: Ground) -> None:
        for _ in range(4):  # blocks of 1, 2 and 4: three are left of the last
            take_token("floods/live", per_minute=3_000)
        town.wait(LEASE)
        calls = ground.calls(clients.dynamodb())
        assert token(3_000)
        assert len(calls) == 1


class TestWaiting:
    @pytest.mark.parametrize("per_minute", [1, 6, 7, 100, 3_000, 70_001])
    def test_who_waits_as_long_as_told_is_served(self, town: Town, per_minute: int) -> None:
        for _ in range(4):
            taken(lambda: token(per_minute))
            with pytest.raises(Exceeded) as refused:
                take_token("floods/live", per_minute=per_minute)
            assert refused.value.retry_after >= 1
            town.wait(refused.value.retry_after)
            assert token(per_minute)

    def test_a_day_is_over_at_midnight_utc(self, town: Town) -> None:
        town.now = datetime(2026, 11, 23, 23, 58, 30, 1, tzinfo=UTC)
        taken(lambda: daily(5))
        with pytest.raises(Exceeded) as refused:
            take_daily("floods/email", limit=5)
        assert (refused.value.limit, refused.value.window, refused.value.retry_after) == (5, 86_400, 90)
        town.wait(89)
        assert not daily(5)
        town.wait(1)
        assert taken(lambda: daily(5)) == 5

    def test_a_refused_caller_is_told_in_the_fields_of_the_draft(self) -> None:
        assert headers(Exceeded(limit=3_000, window=60, retry_after=12)) == {
            "Retry-After": "12",
            "RateLimit-Policy": '"default";q=3000;w=60',
            "RateLimit": '"default";r=0;t=12',
        }


class TestDaily:
    @pytest.mark.parametrize("limit", [0, 1, 5, 50, 199, 1_234])
    def test_all_of_it_can_be_used_and_no_more(self, town: Town, limit: int) -> None:
        assert taken(lambda: daily(limit)) == limit

    def test_processes_that_end_strand_no_more_than_they_used(self, town: Town, ground: Ground) -> None:
        for process in range(20):
            town.run(process)
            for _ in range(process):
                take_daily("floods/email", limit=1_000_000)
        [item] = ground.items()
        used = sum(range(20))
        assert used <= int(item["taken"]["N"]) <= 2 * used

    def test_what_is_left_of_yesterday_is_of_no_use_today(self, town: Town, ground: Ground) -> None:
        for _ in range(4):
            take_daily("floods/email", limit=10_000)
        town.wait(86_400)
        calls = ground.calls(clients.dynamodb())
        take_daily("floods/email", limit=10_000)
        assert len(calls) == 1

    def test_a_limit_that_was_raised_holds_at_once(self, town: Town) -> None:
        taken(lambda: daily(5))
        assert taken(lambda: daily(8)) == 3

    def test_one_that_was_lowered_too_whatever_is_left_of_a_block(self, town: Town) -> None:
        for _ in range(5):
            daily(8)
        assert not daily(5)
        for _ in range(3_000):
            daily(250_000, "floods/sms")
        assert not daily(0, "floods/sms")
        assert not daily(2_999, "floods/sms")
        assert daily(250_000, "floods/sms")


class TestItems:
    def test_they_stand_under_their_name_and_expire(self, town: Town, ground: Ground) -> None:
        take_token("floods/live", per_minute=3_000)
        take_daily("floods/email", limit=10)
        items = {(item["pk"]["S"], item["sk"]["S"]): item for item in ground.items()}
        assert items.keys() == {("limit#floods/live", "bucket"), ("limit#floods/email", "day#2026-11-23")}
        expires = [int(item["expires_at"]["N"]) for item in items.values()]
        assert all(NOON.timestamp() < moment < NOON.timestamp() + 3 * 86_400 for moment in expires)
        assert ground.said() == []

    def test_a_bucket_is_not_forgotten_before_it_is_full(self, town: Town, ground: Ground) -> None:
        for per_minute in (1, 6, 3_000):
            taken(lambda rate=per_minute: token(rate, f"service-{rate}"))  # type: ignore[misc]
        for item in ground.items():
            assert int(item["expires_at"]["N"]) * SECOND >= int(item["full_at"]["N"])

    @pytest.mark.parametrize("take", [lambda: token(60), lambda: daily(20)])
    def test_a_lost_answer_never_lets_more_through(self, town: Town, ground: Ground, take: Callable[[], bool]) -> None:
        lose_answer("UpdateItem")
        count = taken(take)
        assert 18 <= count <= 20

    def test_a_counter_that_others_change_all_the_time_is_in_the_way_for_a_moment(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        states = iter(range(100))

        def contested(*_: Any, **__: Any) -> None:
            item = {"full_at": int(NOON.timestamp() * SECOND) + (SECOND if next(states) % 2 else -SECOND)}
            raise ConditionFailed(item)

        monkeypatch.setattr(limits._table, "update", contested)
        with pytest.raises(Transient):
            take_token("floods/live", per_minute=3_000)


RATES = st.one_of(st.integers(1, 400), st.integers(1, 100_000))


class TestBucketLaw:
    @given(RATES, st.integers(0, 10**16), st.lists(st.tuples(st.integers(0, 30 * SECOND), st.integers(1, 50)), max_size=60))
    def test_in_no_window_are_more_granted_than_the_capacity_and_the_rate(
        self, per_minute: int, began: int, asked: list[tuple[int, int]]
    ) -> None:
        bucket, full_at, now = Bucket(per_minute), 0, began
        granted: list[tuple[int, int]] = []
        for pause, wanted in asked:
            now += pause
            full_at, count = bucket.grant(full_at, now, wanted)
            assert 0 <= count <= min(wanted, max(1, per_minute // 100))
            granted.append((now, count))
        capacity = min(-(-per_minute // 3) + 1, 1_000)
        for first in range(len(granted)):
            total = 0
            for moment, count in granted[first:]:
                total += count
                assert total <= capacity - 1 + per_minute * (moment - granted[first][0]) / (60 * SECOND)

    @given(RATES, st.integers(0, 10**16), st.integers(0, 10**8))
    def test_who_waits_as_long_as_told_is_served(self, per_minute: int, now: int, ahead: int) -> None:
        bucket = Bucket(per_minute)
        full_at = now + min(ahead, bucket.depth)
        if bucket.grant(full_at, now, 1)[1] == 0:
            assert bucket.grant(full_at, now + bucket.wait(full_at, now) * SECOND, 1)[1] == 1

    @given(RATES, st.integers(0, 10**16))
    def test_a_bucket_left_alone_is_full(self, per_minute: int, now: int) -> None:
        bucket, full_at, count = Bucket(per_minute), 0, 0
        while True:
            full_at, granted = bucket.grant(full_at, now, 10_000)
            if not granted:
                break
            count += granted
        assert count == min(-(-per_minute // 3) + 1, 1_000) - 1


class TestDayLaw:
    @given(st.integers(0, 100_000), st.lists(st.integers(1, 5_000), max_size=100))
    def test_never_more_than_the_limit_and_never_many_near_its_end(self, limit: int, asked: list[int]) -> None:
        day, count, total = Day(limit), 0, 0
        for wanted in asked:
            left = limit - count
            count, granted = day.grant(count, 0, wanted)
            total += granted
            assert 0 <= granted <= max(left // 100, 1)
            assert total == count <= limit
            assert granted or left == 0


steps = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0, 0, 0, 0.001, 0.3, 2, 9.9, 11, 70])), max_size=60)


class TestTogether:
    """The same of real processes over a real table, whichever of them runs when."""

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from([1, 6, 60, 350, 3_000]), steps)
    def test_processes_use_no_more_than_the_bucket_gave_lately(self, town: Town, per_minute: int, steps: list[tuple[int, float]]) -> None:
        town.processes.clear()
        name, used = f"service-{town.now.timestamp()}-{per_minute}", list[float]()
        for process, pause in steps:
            town.run(process)
            town.wait(pause)
            for _ in range(15):
                if token(per_minute, name):
                    used.append(town.now.timestamp())
        town.wait(3_600)
        held = LEASE if per_minute >= 200 else 0  # else every block is one, and nothing is held
        depth = min(-(-per_minute // 3) + 1, 1_000)
        for first, began in enumerate(used):
            for last in range(first, len(used)):
                assert last - first + 1 <= depth + per_minute * (used[last] - began + held) / 60

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from([0, 1, 7, 150, 1_000]), st.lists(st.integers(0, 4), max_size=40))
    def test_processes_use_no_more_than_the_day_has(self, town: Town, limit: int, turns: list[int]) -> None:
        town.processes.clear()
        name, used = f"service-{town.now.timestamp()}-{limit}", 0
        for process in turns:
            town.run(process)
            used += sum(daily(limit, name) for _ in range(20))
        town.wait(86_400)
        assert used <= limit
        held = sum(lease.left for leases in town.processes.values() for lease in leases.values())
        assert used + held == limit or used == 20 * len(turns)
