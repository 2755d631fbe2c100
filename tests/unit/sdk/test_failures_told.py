"""What is told of a consumer that failed: to whoever reads its log, and to whoever tests it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from commonweal_events import Busy, Envelope, Invalid, consumes
from commonweal_events.testing import Remembered, brought
from tests.unit.sdk.classes import flood_warning_as_given
from tests.unit.sdk.test_consumer import SECRET, batch, event, failed


def test_where_there_is_no_place_for_it_the_queue_keeps_it_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("INVALID_QUEUE", raising=False)
    hear = consumes(flood_warning_as_given())(lambda warning, envelope: None)
    assert failed(hear(batch("[]", event()))) == [0]
    told = json.loads(caplog.messages[0])
    assert (told["outcome"], told["reason"]) == ("transient", "is not a CloudEvent 1.0")
    assert told["kept"] == "not put aside: INVALID_QUEUE is not set"


def test_what_a_place_of_ones_own_says_of_its_failure_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    def keep(body: str, _: Invalid) -> None:
        raise LookupError(body)

    hear = consumes(flood_warning_as_given(), on_invalid=keep)(lambda warning, envelope: None)
    assert failed(hear(batch(event(data={"floodAreaID": [SECRET]})))) == [0]
    told = json.loads(caplog.messages[0])
    assert (told["reason"], told["kept"]) == ("floodAreaID: is not a text", "not put aside: LookupError")
    assert told["at"].endswith(" keep")
    assert SECRET not in caplog.text


def test_the_log_says_where_a_consumer_failed_and_not_what_it_said(caplog: pytest.LogCaptureFixture) -> None:
    def look_up(name: str) -> None:
        raise RuntimeError(name)

    hear = consumes(flood_warning_as_given())(lambda warning, envelope: look_up(SECRET))
    assert failed(hear(batch(event()))) == [0]
    told = json.loads(caplog.messages[0])
    line = look_up.__code__.co_firstlineno + 1
    assert told["reason"] == "RuntimeError"
    assert told["at"].endswith(f"{__file__}:{line} look_up")
    assert SECRET not in caplog.text


def test_a_module_that_is_not_there_is_named(caplog: pytest.LogCaptureFixture) -> None:
    @consumes(flood_warning_as_given())
    def hear(*_: Any) -> None:
        import nowhere_at_all  # type: ignore[import-not-found]  # noqa: F401

    assert failed(hear(batch(event()))) == [0]
    assert json.loads(caplog.messages[0])["reason"] == "ModuleNotFoundError nowhere_at_all"


def test_a_test_of_ones_own_sees_what_a_consumer_raised() -> None:
    memory, outcomes = Remembered(), [RuntimeError("the sluice"), None]

    @consumes(flood_warning_as_given(), once=memory)
    def hear(*_: Any) -> None:
        if failure := outcomes.pop(0):
            raise failure

    warning = Envelope.read(event())
    with pytest.raises(RuntimeError, match="the sluice"):
        hear.consume(warning)
    assert memory.done == set()
    assert [hear.consume(warning) for _ in range(2)] == ["applied", "duplicate"]
    assert memory.done == {warning.key}


def test_a_memory_for_tests_lets_one_delivery_in_at_a_time() -> None:
    memory = Remembered()
    claim = memory.claim("a", 1)
    assert claim
    with pytest.raises(Busy):
        memory.claim("a", 1)
    claim.release()
    assert memory.claim("a", 1)


def test_a_failure_in_a_test_of_ones_own_is_logged_alone(caplog: pytest.LogCaptureFixture) -> None:
    @consumes(flood_warning_as_given())
    def hear(*_: Any) -> None:
        raise RuntimeError

    sent = Envelope.read(event())
    assert hear(brought(sent)) == {"batchItemFailures": [{"itemIdentifier": sent.id}]}
    assert len(caplog.messages) == 1
