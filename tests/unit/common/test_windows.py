"""The two-counter sliding window: the contract's vectors, and what holds whatever was asked when (data contract, 3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.common.windows import SECOND, Counter, Window

TEN = Window("hour", 10, 3_600)


def moment(time: str) -> int:
    return int(datetime.fromisoformat(f"2026-11-23T{time}").replace(tzinfo=UTC).timestamp()) * SECOND


class Caller:
    """Somebody who asks, and whose requests are counted only where they are let through."""

    def __init__(self, window: Window = TEN) -> None:
        self.window = window
        self.counter = Counter()

    def asks(self, now: int) -> bool:
        counter = self.counter.at(self.window.number(now))
        if not self.window.left(counter.previous, counter.current, now):
            return False
        counter.current += 1
        return True

    def waits(self, now: int) -> int:
        counter = self.counter.at(self.window.number(now))
        return self.window.wait(counter.previous, counter.current, now)


class TestVectors:
    """Limit 10 an hour: 10 requests at 01:27."""

    @pytest.fixture
    def caller(self) -> Caller:
        caller = Caller()
        assert [caller.asks(moment("01:27:00")) for _ in range(11)] == [True] * 10 + [False]
        return caller

    def test_refused_to_the_end_of_the_hour_and_at_its_end(self, caller: Caller) -> None:
        assert not caller.asks(moment("01:59:59"))
        assert not caller.asks(moment("02:00:00"))

    def test_a_second_later_there_is_one_and_no_second_one(self, caller: Caller) -> None:
        assert [caller.asks(moment("02:00:01")) for _ in range(2)] == [True, False]

    def test_at_02_05_59_there_is_one_and_at_02_06_00_not_yet_another(self, caller: Caller) -> None:
        assert caller.asks(moment("02:05:59"))
        assert not caller.asks(moment("02:06:00"))
        assert caller.asks(moment("02:06:01"))

    def test_the_wait_that_is_told_is_that_of_the_vectors(self, caller: Caller) -> None:
        assert caller.waits(moment("01:27:00")) == 33 * 60 + 1
        assert caller.waits(moment("02:00:00")) == 1
        assert caller.asks(moment("02:00:01"))
        assert caller.waits(moment("02:00:01")) == 6 * 60

    def test_an_hour_in_which_nothing_was_asked_forgets(self, caller: Caller) -> None:
        assert [caller.asks(moment("03:00:00")) for _ in range(11)] == [True] * 10 + [False]


WINDOWS = st.builds(Window, st.just("any"), st.integers(1, 2_000), st.sampled_from([1, 15, 60, 3_600, 86_400]))


@given(WINDOWS, st.integers(0, 3_000), st.integers(0, 3_000), st.integers(0, 10**16))
def test_who_waits_as_long_as_told_is_let_through_and_not_a_second_sooner(window: Window, previous: int, current: int, now: int) -> None:
    assume(not window.left(previous, current, now))
    wait = window.wait(previous, current, now)
    assert wait >= 1

    def left_at(then: int) -> int:
        counter = Counter(window.number(now), previous, current).at(window.number(then))
        return window.left(counter.previous, counter.current, then)

    assert left_at(now + wait * SECOND) >= 1
    assert left_at(now + (wait - 1) * SECOND) == 0


@given(WINDOWS, st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 30)), max_size=60), st.integers(0, 10**14))
def test_in_no_aligned_window_are_more_let_through_than_the_limit(window: Window, asked: list[tuple[int, int]], now: int) -> None:
    caller, let_through = Caller(window), dict[int, int]()
    for pause, count in asked:
        now += pause * window.span // 1_000
        for _ in range(count):
            if caller.asks(now):
                number = window.number(now)
                let_through[number] = let_through.get(number, 0) + 1
    assert all(count <= window.limit for count in let_through.values())


def test_a_limit_of_none_lets_nobody_through() -> None:
    none = Window("none", 0, 60)
    assert (none.left(0, 0, moment("01:00:00")), none.wait(0, 0, moment("01:00:00"))) == (0, 60)
