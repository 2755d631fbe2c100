import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.tools import archive, replay
from infra.tools.cli import app
from infra.tools.failures import Failed
from tests.unit.tools.conftest import Stage, delivered

WORK = "publishing-render"


@pytest.fixture
def replaying(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """The batches that the archive gives back; the bus judges patterns by type alone."""
    batches: list[list[dict[str, Any]]] = []
    monkeypatch.setattr(replay, "target", lambda name: stage)
    monkeypatch.setattr(archive, "archives", lambda target: ["commonweal-local"])
    monkeypatch.setattr(archive, "start", lambda *_: None)
    monkeypatch.setattr(archive, "staged", lambda *_: iter(batches))
    monkeypatch.setattr(archive.Wanted, "__call__", lambda self, event: event["detail-type"] == "platform.ContentPublished.v1")
    return batches


def replayed(**event: Any) -> dict[str, Any]:
    return delivered(**event) | {"replay-name": "r"}


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["replay", *arguments, "--from", "2026-11-23"])


def test_a_consumer_gets_what_its_rule_would_hear_and_nothing_else(replaying: list[Any], stage: Stage) -> None:
    replaying += [[replayed(id="e1"), replayed(id="e2", type="platform.RecordAppended.v1")], [replayed(id="e3")]]
    result = run("publishing.render")
    assert "2 events replayed to publishing.render; 1 other event it does not hear." in result.stdout, result.output
    messages = stage.messages(WORK)
    assert {message["MessageAttributes"]["replay-name"]["StringValue"] for message in messages} == {"r"}
    assert len(messages) == 2


def test_a_dry_run_only_counts(replaying: list[Any], stage: Stage) -> None:
    replaying += [[replayed()]]
    assert "1 event would be replayed to publishing.render." in run("publishing.render", "--dry-run").stdout
    assert stage.messages(WORK) == []


def test_events_go_no_faster_than_the_rate(replaying: list[Any]) -> None:
    replaying += [[replayed(id=f"e{number}") for number in range(6)]]
    began = time.monotonic()
    run("publishing.render", "--rate", "20")
    assert time.monotonic() - began >= 5 / 20


def test_a_replay_that_is_stopped_leaves_nothing_in_the_staging_queue(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def staged(*_: object) -> Iterator[list[dict[str, Any]]]:
        yield [replayed()]
        raise KeyboardInterrupt

    given_up: list[str] = []
    monkeypatch.setattr(replay, "target", lambda name: stage)
    monkeypatch.setattr(archive, "archives", lambda target: ["commonweal-local"])
    monkeypatch.setattr(archive, "start", lambda *_: None)
    monkeypatch.setattr(archive, "staged", staged)
    monkeypatch.setattr(archive.Wanted, "__call__", lambda *_: True)
    monkeypatch.setattr(archive, "give_up", lambda target, name: given_up.append(name))
    assert "Stopped after 1 event. The archive still has them all." in run("publishing.render", "--dry-run").stdout
    assert len(given_up) == 1


def test_what_each_archive_keeps_is_replayed_one_after_the_other(
    replaying: list[Any], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaying += [[replayed(id="e1")]]
    started: list[tuple[str, str]] = []
    monkeypatch.setattr(archive, "archives", lambda target: ["commonweal-local", "commonweal-local-7-days"])
    monkeypatch.setattr(archive, "start", lambda target, kept, name, *_: started.append((kept, name[-2:])))
    assert "2 events replayed to publishing.render." in run("publishing.render").stdout
    assert started == [("commonweal-local", "-1"), ("commonweal-local-7-days", "-2")]


def test_the_archives_of_the_bus_are_all_found_and_none_is_replayed_beside_another(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"": {"Archives": [{"ArchiveName": "b"}], "NextToken": "more"}, "more": {"Archives": [{"ArchiveName": "a"}]}}
    replays: list[dict[str, str]] = [{"ReplayName": "r", "State": "COMPLETED"}]
    answers = {
        "describe_event_bus": lambda **_: {"Arn": "bus"},
        "list_archives": lambda **asked: pages[asked.get("NextToken", "")],
        "describe_archive": lambda **_: {"ArchiveArn": "archive"},
        "list_replays": lambda **_: {"Replays": replays},
    }
    for name, answer in answers.items():
        monkeypatch.setattr(stage.events, name, answer)
    assert archive.archives(stage) == ["a", "b"]
    replays[0]["State"] = "RUNNING"
    with pytest.raises(Failed, match="The replay r is still under way"):
        archive.archives(stage)


def test_an_unknown_consumer_is_answered_with_those_there_are(stage: Stage) -> None:
    with pytest.raises(Failed, match=r"No consumer is called publishing\.rendr: there are publishing-render\."):
        archive.consumer(stage, "publishing.rendr")


def test_the_pattern_of_a_consumer_is_that_of_live_events_without_the_replay_condition(stage: Stage) -> None:
    assert archive.consumer(stage, "publishing.render").pattern == {"detail-type": ["platform.ContentPublished.v1"]}


def test_eventbridge_is_asked_once_for_each_source_and_type(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(**named: str) -> dict[str, bool]:
        asked.append(named["Event"])
        return {"Result": True}

    monkeypatch.setattr(stage.events, "test_event_pattern", answer)
    wanted = archive.Wanted(stage, {"detail-type": ["platform.ContentPublished.v1"]})
    assert all(wanted(replayed(id=f"e{number}")) for number in range(5))
    assert len(asked) == 1


def test_a_time_without_a_zone_is_in_utc() -> None:
    assert replay.moment("2026-11-23T09:30") == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert replay.moment("2026-11-23T09:30:00Z") == replay.moment("2026-11-23T10:30:00+01:00")
    with pytest.raises(Failed, match="is not a time"):
        replay.moment("yesterday")
