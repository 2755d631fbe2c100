"""From a table's stream to the bus: whatever goes wrong, every event is on the bus or, with its payload, in the failure queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from functions.bus import relay
from functions.common import clients
from tests.unit.common.ground import Ground, sample

type Members = dict[str, Any]


class Bus:
    """Takes what it is given, but answers as it is told to, one answer for each call."""

    def __init__(self, *answers: list[str | None] | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[list[Members]] = []
        self.taken: list[Members] = []

    def put_events(self, *, Entries: list[Members]) -> Members:  # noqa: N803  # boto3's own name
        self.calls.append(Entries)
        answer = self.answers.pop(0) if self.answers else [None] * len(Entries)
        if isinstance(answer, Exception):
            raise answer
        self.taken += [entry for entry, code in zip(Entries, answer, strict=True) if code is None]
        return {"Entries": [{"ErrorCode": code} if code else {"EventId": "x"} for code in answer]}

    def ids(self) -> list[str]:
        return [json.loads(entry["Detail"])["id"] for entry in self.taken]


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Bus]:
    """Put a bus with these answers in the place of EventBridge."""
    monkeypatch.setattr("functions.bus.relay.time.sleep", lambda _: None)

    def make(*answers: list[str | None] | Exception) -> Bus:
        made = Bus(*answers)
        monkeypatch.setattr(clients, "events", lambda: made)
        return made

    return make


def record(*events: Members, name: str = "INSERT") -> Members:
    return {"eventName": name, "dynamodb": {"NewImage": {"pk": {"S": "a"}, "outbox": {"S": json.dumps(events)}}}}


def send(*records: Members) -> None:
    relay.relay({"Records": list(records)}, None)


def numbered(count: int, **changes: Any) -> list[Members]:
    return [sample(id=str(number), **changes) for number in range(count)]


def kept(ground: Ground) -> list[str]:
    return [json.loads(entry["Detail"])["id"] for entry in ground.waiting("failures")]


class TestWhatIsSaid:
    def test_an_event_is_put_on_the_bus_as_it_stands_in_the_outbox(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus()
        event = sample(data={"name": "Ünderground 地下"})
        send(record(event))
        [entry] = made.taken
        known = {"EventBusName": "commonweal", "Source": event["source"], "DetailType": event["type"], "Time": event["time"]}
        assert {**entry, "Detail": json.loads(entry["Detail"])} == {**known, "Detail": event}
        assert "地下" in entry["Detail"]

    def test_the_events_of_many_writes_keep_their_order(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus()
        events = numbered(25)
        send(record(*events[:3]), record(events[3], name="MODIFY"), record(*events[4:]))
        assert made.ids() == [event["id"] for event in events]

    def test_a_removal_and_an_item_without_an_outbox_say_nothing(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus()
        old = {"pk": {"S": "a"}, "outbox": {"S": json.dumps([sample()])}}
        send({"eventName": "REMOVE", "dynamodb": {"OldImage": old}}, {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "a"}}}})
        assert made.calls == []


class TestBatches:
    def test_ten_go_in_one_call(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus()
        send(record(*numbered(23)))
        assert [len(call) for call in made.calls] == [10, 10, 3]

    def test_a_call_is_bounded_in_bytes_too(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus()
        send(record(*numbered(10, data={"text": "é" * 100_000})))
        sizes = [sum(len(entry["Detail"].encode()) for entry in call) for call in made.calls]
        assert len(made.taken) == 10
        assert max(sizes) <= 1_000_000
        assert len(made.calls) == 3

    def test_one_that_is_too_large_by_itself_goes_by_itself(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus()
        send(record(sample(id="0"), sample(id="1", data={"text": "x" * 1_000_001}), sample(id="2")))
        assert [len(call) for call in made.calls] == [1, 1, 1]


class TestRefusals:
    @pytest.mark.parametrize("code", sorted(relay.RETRYABLE))
    def test_only_what_was_refused_for_now_is_tried_again(self, ground: Ground, bus: Callable[..., Bus], code: str) -> None:
        made = bus([None, code, None], [None])
        send(record(*numbered(3)))
        assert [len(call) for call in made.calls] == [3, 1]
        assert sorted(made.ids()) == ["0", "1", "2"]
        assert kept(ground) == []

    def test_what_is_refused_for_good_is_kept_at_once_with_its_payload(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus([None, "MalformedDetail", None])
        send(record(*numbered(3)))
        assert len(made.calls) == 1
        [entry] = ground.waiting("failures")
        assert json.loads(entry["Detail"]) == sample(id="1")
        assert entry["DetailType"] == sample()["type"]

    def test_what_is_refused_again_and_again_is_kept(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus(*[["ThrottlingException"]] * 10)
        send(record(sample(id="1")))
        assert len(made.calls) == relay.TRIES
        assert kept(ground) == ["1"]

    @pytest.mark.parametrize(
        "failure",
        [
            ConnectTimeoutError(endpoint_url="https://events"),
            ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "PutEvents"),
        ],
    )
    def test_a_call_that_fails_whole_is_made_again(self, ground: Ground, bus: Callable[..., Bus], failure: Exception) -> None:
        made = bus(failure, failure)
        send(record(*numbered(3)))
        assert made.ids() == ["0", "1", "2"]

    def test_calls_that_never_come_through_leave_everything_kept(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        bus(*[ConnectTimeoutError(endpoint_url="https://events")] * 10)
        send(record(*numbered(12)))
        assert kept(ground) == [str(number) for number in range(12)]

    def test_a_batch_that_fails_does_not_hold_up_the_next(self, ground: Ground, bus: Callable[..., Bus]) -> None:
        made = bus(["MalformedDetail"] * 10)
        send(record(*numbered(12)))
        assert made.ids() == ["10", "11"]
        assert len(kept(ground)) == 10

    def test_only_where_nothing_keeps_it_does_the_relay_raise(
        self, ground: Ground, bus: Callable[..., Bus], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RELAY_FAILURES", "https://sqs.eu-west-2.amazonaws.com/123456789012/gone")
        bus(["MalformedDetail"])
        with pytest.raises(ClientError):
            send(record(sample()))

    def test_no_line_of_its_log_holds_data(self, ground: Ground, bus: Callable[..., Bus], printed: Callable[[], str]) -> None:
        refused = ClientError({"Error": {"Code": "ValidationException", "Message": "Jo Bloggs is not valid"}}, "PutEvents")
        bus(["MalformedDetail"], refused, ["ThrottlingException"])
        send(record(sample(data={"name": "Jo Bloggs"})))
        send(record(sample(data={"name": "Jo Bloggs"})))
        lines = printed()
        assert "Jo Bloggs" not in lines
        assert "MalformedDetail" in lines
