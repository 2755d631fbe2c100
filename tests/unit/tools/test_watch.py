from datetime import UTC, datetime, timedelta

from infra.tools.watch import LONGEST, Seen, listening
from tests.unit.tools.conftest import PREFIX, Stage


def watches(stage: Stage) -> list[str]:
    return [rule["Name"] for rule in stage.events.list_rules(EventBusName=PREFIX, NamePrefix=f"{PREFIX}-watch-")["Rules"]]


def test_the_line_of_an_event_is_its_envelope() -> None:
    seen = Seen.of('"2026-11-23T09:30:00.123456Z | platform.ContentPublished.v1 | environment-agency | c1 | e1 | /a | b"')
    assert seen.subject == "/a | b"
    assert " ".join(seen.line().plain.split()) == "09:30:00.123 platform.ContentPublished.v1 /a | b environment-agency c1"


def test_fields_that_an_event_does_not_have_are_left_empty() -> None:
    seen = Seen.of('"2026-11-23T09:30:00Z | a.B.v1 | <department> | null | e1 | "')
    assert (seen.department, seen.correlationid, seen.subject) == ("", "", "")
    assert seen.line().plain.endswith("e1")


def test_no_data_leaves_the_bus_for_whoever_watches(stage: Stage) -> None:
    with listening(stage):
        [name] = watches(stage)
        [target] = stage.events.list_targets_by_rule(Rule=name, EventBusName=PREFIX)["Targets"]
    assert set(target["InputTransformer"]["InputPathsMap"].values()) == {
        f"$.detail.{field}" for field in ("time", "type", "department", "correlationid", "id", "subject")
    }


def test_an_event_without_an_acting_department_is_its_owners() -> None:
    assert "  parks  " in Seen.of("2026-11-23T09:30:00Z | parks.GateClosed.v1 |  | c1 | e1 | gate-1").line().plain


def test_a_watch_leaves_nothing_behind(stage: Stage) -> None:
    with listening(stage) as url:
        assert url in stage.sqs.list_queues()["QueueUrls"]
    assert watches(stage) == []
    assert url not in stage.sqs.list_queues()["QueueUrls"]


def test_what_a_killed_watch_left_is_cleared_away_by_the_next_and_a_running_one_is_not(stage: Stage) -> None:
    old, live = (
        f"{PREFIX}-watch-{datetime.now(UTC) - age:%Y%m%dT%H%M%S%f}" for age in (LONGEST + timedelta(minutes=1), timedelta(hours=1))
    )
    for name in (old, live):
        stage.events.put_rule(Name=name, EventBusName=PREFIX, EventPattern='{"source": ["x"]}')
    with listening(stage):
        assert old not in watches(stage)
    assert watches(stage) == [live]
