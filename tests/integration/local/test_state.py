"""What lasts: a stop, a kill and another start lose nothing that was accepted."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local import state
from infra.local.platform import LocalPlatform, NotStarted, attach

from .conftest import Sample, until


def test_what_was_under_way_at_a_stop_is_finished_after_the_next_start(assembly: Path, tmp_path: Path) -> None:
    with LocalPlatform(tmp_path) as platform:
        first = Sample(platform, assembly)
        with ThreadPoolExecutor(4) as people:
            orders = set(people.map(lambda _: first.order(), range(60)))
    told = len(set(first_state(tmp_path)))
    assert told < 60, "the stop came too late to prove anything"
    with LocalPlatform(tmp_path) as platform:
        second = Sample(platform, assembly)
        assert until(lambda: orders <= set(second.emailed()))
        new = second.order()
        assert until(lambda: new in second.emailed())


def first_state(home: Path) -> list[str]:
    """Who had been emailed when the emulator stopped."""
    text = (home / "state" / "ses.json").read_text()
    return [part.split("@")[0] for part in text.split('"To": ["')[1:]]


def test_records_that_were_not_read_before_a_stop_are_read_after_it_and_none_is_skipped(assembly: Path, tmp_path: Path) -> None:
    with LocalPlatform(tmp_path) as platform:
        before = Sample(platform, assembly)
        read = before.order()
        assert until(lambda: read in before.emailed())
        before.listen("RelayFunction", False)
        unread = [before.order() for _ in range(5)]
    with LocalPlatform(tmp_path) as platform:
        after = Sample(platform, assembly)
        new = [after.order() for _ in range(3)]
        after.listen("RelayFunction", True)
        assert until(lambda: {read, *unread, *new} <= set(after.emailed()))
        assert sorted(after.emailed()) == sorted([read, *unread, *new]), "and what was read before is not read again"


def test_a_kill_loses_nothing_that_was_there_at_the_last_checkpoint(assembly: Path, tmp_path: Path) -> None:
    platform = LocalPlatform(tmp_path)
    before = Sample(platform, assembly)
    before.listen("RelayFunction", False)
    orders = [before.order() for _ in range(5)]
    saved = tmp_path / "state" / "dynamodb.json"
    assert until(lambda: saved.exists() and all(order in saved.read_text() for order in orders)), "no checkpoint though all was quiet"
    platform.kill()
    with LocalPlatform(tmp_path) as again:
        after = Sample(again, assembly)
        after.listen("RelayFunction", True)
        assert until(lambda: set(orders) <= set(after.emailed()))


@pytest.mark.parametrize("was", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_a_deployment_that_a_stop_cut_short_is_done_by_the_next(assembly: Path, tmp_path: Path, was: str) -> None:
    with LocalPlatform(tmp_path) as platform:
        Sample(platform, assembly)
        for name in ("ground", "work"):
            platform.client("ssm").put_parameter(Name=f"/commonweal/deployed/sample-{name}", Value="under way", Overwrite=True)
    saved = tmp_path / "state" / "cloudformation.json"
    found = json.loads(saved.read_text())
    for stack in found["payload"]["stacks"]["data"].values():
        stack["StackStatus"] = was
    saved.write_text(json.dumps(found))
    with LocalPlatform(tmp_path) as platform:
        again = Sample(platform, assembly)
        order = again.order()
        assert until(lambda: order in again.emailed())


def test_a_state_that_was_written_whole_is_put_in_place_and_one_that_was_not_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "sqs.json").write_text("old")
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "sqs.json").write_text("half")
    state.settle(tmp_path)
    assert (tmp_path / "sqs.json").read_text() == "old"
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "sqs.json").write_text("new")
    (tmp_path / "next" / "complete").touch()
    state.settle(tmp_path)
    assert (tmp_path / "sqs.json").read_text() == "new"
    assert not (tmp_path / "next").exists()


def test_functions_that_are_there_at_a_start_are_warm_before_they_are_asked(assembly: Path, tmp_path: Path) -> None:
    with LocalPlatform(tmp_path) as platform:
        Sample(platform, assembly)
    with LocalPlatform(tmp_path, warm=True):
        assert until(lambda: len(list((tmp_path / "tmp").glob("ministack-lambda-*/code/order.py"))) == 4)


def test_reading_is_no_change() -> None:
    def call(method: str, target: str) -> state.Scope:
        return {"method": method, "headers": [(b"x-amz-target", target.encode())]}

    assert not state.may_change(call("POST", "DynamoDB_20120810.GetItem"))
    assert not state.may_change(call("GET", ""))
    assert state.may_change(call("POST", "DynamoDB_20120810.PutItem"))
    assert state.may_change(call("PUT", ""))


def test_two_emulators_do_not_share_a_state(sample: Sample) -> None:
    assert isinstance(sample.aws, LocalPlatform)
    with pytest.raises(NotStarted, match=f"another emulator is running on {sample.aws.state_dir}"):
        LocalPlatform(sample.aws.state_dir)


def test_another_process_finds_the_platform_that_runs(sample: Sample, tmp_path: Path) -> None:
    assert isinstance(sample.aws, LocalPlatform)
    assert attach(sample.aws.state_dir).outputs()["sample-ground"] == sample.ground
    with pytest.raises(NotStarted, match="start it with `make run`"):
        attach(tmp_path)
