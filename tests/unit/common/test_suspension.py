"""What a suspended department says is acted on no more, in seconds; what was said before is, however late."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions.common import clock, suspension
from functions.common.consumer import consumes_any
from functions.common.table import Table
from schemas.envelope import CloudEvent, instant
from schemas.platform import ContentUnpublishRequested
from tests.unit.common.ground import AGENCY, Ground, delivered, heard, record, sample

MEANWHILE = timedelta(seconds=60)


@pytest.fixture
def suspended(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The agency, a minute ago."""
    monkeypatch.setenv("DEPARTMENTS_TABLE", os.environ["TABLE"])
    suspension._kept.clear()
    Table().put({"pk": "departments", "sk": AGENCY, "title": "Agency", "suspended_at": instant(clock.now() - MEANWHILE)})
    yield
    suspension._kept.clear()


def consumed(members: Any, sent: timedelta = timedelta()) -> list[str]:
    """The ids that a consumer is handed, of an event that came to its queue so long ago."""
    seen: list[CloudEvent] = []
    message = record(delivered(members))
    message["attributes"]["SentTimestamp"] = str(round((clock.now() - sent).timestamp() * 1000))
    assert consumes_any(seen.append)({"Records": [message]}, SimpleNamespace()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    return [event.id for event in seen]


def test_what_it_says_is_quarantined_with_the_reason(suspended: None, ground: Ground) -> None:
    assert consumed(sample()) == []
    [message] = ground.waiting("quarantine")
    assert message["reason"] == "source: the department 'environment-agency' is suspended"


@pytest.mark.parametrize(
    ("ago", "acted_on"), [(MEANWHILE * 2, True), (MEANWHILE - timedelta(seconds=3), True), (timedelta(seconds=50), False)]
)
def test_what_was_in_the_queue_before_or_within_seconds_is_acted_on(suspended: None, ago: timedelta, acted_on: bool) -> None:
    assert bool(consumed(sample(), ago)) == acted_on


def test_what_the_platform_says_for_it_is_finished(suspended: None) -> None:
    said = heard(ContentUnpublishRequested(base_path="/floods", type="gone"))
    assert consumed(said) == [said["id"]]


def test_others_are_not_concerned(suspended: None) -> None:
    assert consumed(sample("communities/LocalAuthorityRecorded/basildon"))


def test_restored_it_is_heard_again_within_two_seconds(suspended: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not consumed(sample())
    Table().update("departments", AGENCY, remove=["suspended_at"])
    monkeypatch.setattr("functions.common.recent.SECONDS", 0)
    assert consumed(sample())


def test_that_it_stands_is_read_once_in_two_seconds(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPARTMENTS_TABLE", os.environ["TABLE"])
    suspension._kept.clear()
    reads: list[str] = []

    def read(slug: str) -> str:
        reads.append(slug)
        return ""

    monkeypatch.setattr(suspension, "_read", read)
    assert [suspension.stops(AGENCY, clock.now()) for _ in range(3)] == [False] * 3
    assert reads == [AGENCY]
    suspension._kept.clear()


def test_who_is_not_told_where_departments_stand_reads_nothing(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEPARTMENTS_TABLE", raising=False)
    monkeypatch.setattr(suspension, "_read", lambda slug: pytest.fail("it was read"))
    assert not suspension.stops(AGENCY, clock.now())
