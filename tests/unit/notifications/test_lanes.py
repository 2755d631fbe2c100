"""What waits to be told, in lanes: nothing in flight, few connections to a receiver, nothing lost and nothing doubled."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.common import clients, clock, webhooks
from functions.notifications import turns
from functions.notifications.announce import announce
from functions.notifications.call_back import call_back
from functions.notifications.configure import configure
from functions.notifications.store import callbacks, lanes
from functions.notifications.store.lanes import Lane, Turn
from functions.notifications.store.table import table
from schemas.envelope import CloudEvent
from tests.laws import examples
from tests.unit.notifications.asking import as_caller
from tests.unit.notifications.ground import CALLBACK, DEPARTMENT, SERVICE, Clock, Ground, accepted_email, handle
from tests.unit.notifications.ground import ground as made
from tests.unit.notifications.receiver import Receiver, changed, deliveries, tell

LANE = Lane(SERVICE, CALLBACK, 0)
SEND = turns.send


def news(count: int = 1) -> list[CloudEvent]:
    """So much that one callback wants to be told."""
    return [changed(accepted_email(status="delivered", key_type="team").id, key_type="team") for _ in range(count)]


@contextmanager
def one_lane() -> Iterator[None]:
    """While this lasts, callbacks have one lane."""
    with patch.object(lanes, "LANES", 1):
        yield


def later(ground: Ground, time: Clock) -> list[bool]:
    """Let time pass until the next turn that was put off, and let those tell whose turn has come."""
    time.now = min(at for at, _ in ground.put_off)
    return tell(ground)


def states() -> dict[str, str]:
    return {one["id"]: one["state"] for one in deliveries()}


class TestAReceiverThatIsAway:
    def test_keeps_no_message_and_is_left_alone_ever_longer(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        receiver.away = True
        with one_lane():
            assert all(handle(announce, *news(10)))
            assert tell(ground) == [True] * 10, "every message is acknowledged"
            rests = []
            for _ in range(12):
                ((at, _),) = ground.put_off
                rests.append((at - clock.now()).total_seconds())
                before = len(receiver.got)
                assert later(ground, time) == [True]
                assert len(receiver.got) - before <= 3
        assert rests[:6] == [2, 4, 8, 16, 32, 64]
        assert max(rests) == 900
        assert set(states().values()) == {"waiting"}

    def test_hears_no_news_while_it_is_left_alone_and_all_when_it_is_back(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        receiver.away = True
        with one_lane():
            handle(announce, *news(3))
            tell(ground)
            handle(announce, *news(3))
            assert tell(ground) == [True] * 3
            assert len(receiver.got) == 3
            receiver.away = False
            while ground.put_off:
                later(ground, time)
        assert list(states().values()) == ["delivered"] * 6
        assert len(receiver.got) == 9

    def test_is_not_left_alone_for_one_thing_that_it_stumbles_over(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        with one_lane():
            handle(announce, *news(5))
            receiver.answers = [webhooks.Unreached("the receiver answered 500")]
            tell(ground)
            assert sorted(states().values()) == ["delivered"] * 4 + ["waiting"]
            handle(announce, *news())
            tell(ground)
            assert sorted(states().values()) == ["delivered"] * 5 + ["waiting"], "news need not wait for that"
            receiver.answers = [webhooks.Unreached("the receiver answered 500")]
            assert all(later(ground, time))
            assert len(ground.put_off) == 1, "however many brought news, one comes back for it"
            assert later(ground, time) == [True]
        assert set(states().values()) == {"delivered"}
        assert len(receiver.got) == 8


class TestOneAfterAnother:
    def test_a_receiver_has_a_connection_for_each_lane_and_no_more(self, ground: Ground, receiver: Receiver) -> None:
        handle(announce, *news(20))
        waiting = ground.turns()
        used = {turn["number"] for turn in waiting}
        open_now, most = [0], [0]

        def another_process() -> None:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])
            while waiting:
                assert handle(call_back, waiting.pop()) == [True]
            open_now[0] -= 1

        receiver.meanwhile = another_process
        handle(call_back, waiting.pop())
        assert most[0] == len(used) <= lanes.LANES
        while come := ground.turns():
            handle(call_back, *come)
        assert list(states().values()) == ["delivered"] * 20
        assert len(receiver.got) == 20

    def test_news_that_find_the_lane_taken_are_told_at_the_end(self, ground: Ground, receiver: Receiver) -> None:
        with one_lane():
            more = news()

            def comes() -> None:
                receiver.meanwhile = lambda: None
                handle(announce, *more)
                assert tell(ground) == [True], "another has the lane"
                assert len(receiver.got) == 1

            receiver.meanwhile = comes
            handle(announce, *news())
            tell(ground)
            tell(ground)
        assert list(states().values()) == ["delivered"] * 2

    def test_news_that_come_after_the_last_look_find_the_lane_free(self, ground: Ground, receiver: Receiver) -> None:
        look, more = callbacks.next_due, news()

        def last_look(lane: Lane) -> datetime | None:
            seen = look(lane)
            if more:
                handle(announce, more.pop())
                tell(ground)
            return seen

        with one_lane(), patch.object(callbacks, "next_due", last_look):
            handle(announce, *news())
            tell(ground)
        assert list(states().values()) == ["delivered"] * 2

    def test_a_turn_ends_before_its_function_does_and_another_goes_on(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        receiver.meanwhile = lambda: time.go_on(seconds=5)
        with one_lane():
            handle(announce, *news(20))
            handle(call_back, ground.turns()[0])
            assert len(receiver.got) == 10
            (goes_on,) = [turn for turn in ground.turns() if turn["follows"] is not None]
            handle(call_back, goes_on)
        assert list(states().values()) == ["delivered"] * 20


class TestWhatGoesWrong:
    def test_who_fails_in_the_middle_comes_again_and_goes_on(self, ground: Ground, receiver: Receiver) -> None:
        with one_lane():
            handle(announce, *news(3))
            turn, *others = ground.turns()
            with patch.object(callbacks, "record_told", side_effect=OSError):
                assert handle(call_back, turn) == [False]
            assert len(receiver.got) == 1
            assert handle(call_back, turn, *others) == [True] * 3
        assert list(states().values()) == ["delivered"] * 3
        assert len(receiver.got) == 4

    def test_who_ends_without_a_word_comes_again_when_its_time_is_over(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        with one_lane():
            handle(announce, *news(2))
            turn, other = ground.turns()
            with patch.object(callbacks, "record_told", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
                handle(call_back, turn)
            assert handle(call_back, other, turn) == [True, False], "it may still be at it"
            time.go_on(seconds=lanes.LEASE + 1)
            assert handle(call_back, turn) == [True]
        assert list(states().values()) == ["delivered"] * 2
        assert len(receiver.got) == 3

    def test_a_turn_that_comes_twice_tells_nothing_twice(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        receiver.away = True
        with one_lane():
            handle(announce, *news())
            tell(ground)
            receiver.away = False
            ((at, turn),) = ground.put_off
            again = []
            receiver.meanwhile = lambda: again.extend(handle(call_back, asdict(turn)))
            assert later(ground, time) == [True]
            assert again == [False], "the other is at it"
            assert handle(call_back, asdict(turn)) == [True]
        assert len(receiver.got) == 2
        assert at == time.now
        assert ground.put_off == []
        assert ground.turns() == []

    def test_who_is_gone_for_good_holds_the_lane_for_a_while(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        with one_lane():
            lanes.take(Turn(DEPARTMENT, *LANE, id="gone"))
            handle(announce, *news())
            assert tell(ground) == [True]
            assert receiver.got == []
            time.go_on(seconds=lanes.LEASE + 1)
            handle(announce, *news())
            tell(ground)
        assert list(states().values()) == ["delivered"] * 2

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_turn_that_could_not_be_put_off_comes_again(self, ground: Ground, receiver: Receiver, time: Clock, count: int) -> None:
        receiver.away = True
        with one_lane():
            handle(announce, *news(count))
            tell(ground)
            time.now = ground.put_off[-1][0]
            (turn,) = ground.turns()
            with patch.object(turns, "send", side_effect=OSError):
                assert handle(call_back, turn) == [False]
            assert handle(call_back, turn) == [True]
            receiver.away = False
            assert later(ground, time) == [True]
            while ground.put_off:
                later(ground, time)
        assert list(states().values()) == ["delivered"] * count

    @pytest.mark.parametrize(("away", "acknowledged"), [(False, True), (True, False)])
    def test_a_turn_that_comes_before_the_lane_names_it_is_not_let_go(
        self, ground: Ground, receiver: Receiver, time: Clock, away: bool, acknowledged: bool
    ) -> None:
        leave = lanes.leave
        came: list[tuple[dict[str, Any], list[bool]]] = []

        def late(turn: Turn, to: Turn, **how: int) -> bool:
            if to != turn and not came:
                time.go_on(seconds=5)
                (early,) = [one for one in ground.turns() if one["follows"]]
                came.append((early, handle(call_back, early)))
            return leave(turn, to, **how)

        receiver.away = away
        receiver.meanwhile = lambda: time.go_on(seconds=0 if away else 30)
        with one_lane(), patch.object(lanes, "leave", late):
            handle(announce, *news(3))
            handle(call_back, ground.turns()[0])
            ((early, answers),) = came
            assert answers == [acknowledged]
            receiver.away = False
            time.go_on(seconds=5)
            handle(call_back, early)
            while ground.put_off:
                later(ground, time)
        assert list(states().values()) == ["delivered"] * 3

    def test_what_waits_and_is_not_kept_is_not_told_for_ever(self, ground: Ground, receiver: Receiver) -> None:
        with one_lane():
            handle(announce, *news())
            (shown,) = deliveries()
            table.delete(f"callback#{SERVICE}#{CALLBACK}#{shown['happened_at'][:10]}", f"{shown['happened_at']}#{shown['id']}")
            tell(ground)
            assert callbacks.next_due(LANE) is None

    def test_a_queue_puts_off_a_turn_for_so_long(self, ground: Ground) -> None:
        asked: list[dict[str, Any]] = []
        with patch.object(clients.sqs(), "send_message", lambda **said: asked.append(said)), patch.object(turns, "send", SEND):
            turns.send(Turn(DEPARTMENT, *LANE, id="t"), 900)
        assert [(said["DelaySeconds"], said["MessageGroupId"]) for said in asked] == [(900, SERVICE)]


class _Crash(Exception):
    pass


@contextmanager
def interrupted(calls: int, when: str, by: Callable[[], None]) -> Iterator[None]:
    """While this lasts, this happens to whoever makes so many calls to AWS, before the last or after it."""
    left = [calls]

    def interrupt(**_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            by()

    for client in (clients.dynamodb(), clients.sqs()):
        client.meta.events.register(when, interrupt, unique_id="interrupt")
    try:
        yield
    finally:
        for client in (clients.dynamodb(), clients.sqs()):
            client.meta.events.unregister(when, unique_id="interrupt")


def _crash() -> None:
    raise _Crash


KINDS = ("news", "turn", "turn", "twice", "time", "away", "back", "crash", "meanwhile", "meanwhile")
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 20), st.sampled_from(["before-call", "after-call"])), max_size=25)


class _Town:
    """What is on its way, and what is done with it in any order: once, twice, not to its end, or while something else is."""

    def __init__(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        self.ground, self.receiver, self.time = ground, receiver, time
        self.waiting: list[tuple[Any, Any]] = []
        self.noted = 0

    def step(self, kind: str, number: int, when: str) -> None:
        match kind:
            case "news":
                self.waiting += [(announce, one) for one in news(number % 3 + 1)]
                self.noted += number % 3 + 1
            case "time":
                self.time.go_on(seconds=3**number % 1_000)
            case "away" | "back":
                self.receiver.away = kind == "away"
            case "turn":
                self.handle(number)
            case "twice":
                self.handle(number, times=2)
            case _:
                with interrupted(number + 1, when, _crash if kind == "crash" else lambda: self.handle(number)):
                    self.handle(number)

    def handle(self, number: int, times: int = 1) -> None:
        if self.waiting:
            handler, message = self.waiting.pop(number % len(self.waiting))
            if not all(handle(handler, *[message] * times)):
                self.waiting.append((handler, message))

    def arrive(self) -> bool:
        """Whether anything waits by now."""
        self.waiting += [(call_back, turn) for turn in self.ground.turns()]
        return bool(self.waiting)

    def settle(self) -> None:
        self.receiver.away = False
        for _ in range(200):
            if self.arrive():
                self.handle(0)
            elif self.ground.put_off:
                self.time.now = max(self.time.now, min(at for at, _ in self.ground.put_off))
            else:
                return


@given(STEPS)
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happens_everything_is_told_in_the_end(steps: list[tuple[str, int, str]]) -> None:
    with made() as ground, as_caller(configure), one_lane(), pytest.MonkeyPatch.context() as monkeypatch:
        town = _Town(ground, Receiver(), Clock())
        monkeypatch.setattr(clock, "now", lambda: town.time.now)
        monkeypatch.setattr(webhooks, "post", town.receiver.post)
        for step in steps:
            town.arrive()
            town.step(*step)
        town.settle()
        assert list(states().values()) == ["delivered"] * town.noted
        if not {kind for kind, _, _ in steps} & {"away", "crash"}:
            assert len(town.receiver.got) == town.noted, "each of them once"
        assert callbacks.next_due(LANE) is None
