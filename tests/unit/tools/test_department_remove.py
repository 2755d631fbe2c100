"""`commonweal department remove`: nothing without --yes, nothing for good while something is under way, and what stays is said."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from functions.bus import store
from functions.common import claim_check
from infra import declarations, removed
from infra.tools import department_remove, department_states, draining, parting
from infra.tools.cli import app
from infra.tools.draining import drain, work_queues
from tests.infra import agency
from tests.unit.tools.conftest import Stage, delivered


class Platform:
    """A platform that notes what it is asked, in order."""

    prefix = "commonweal-local"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Any] = {"suspend": {"suspended_at": "2026-11-26T09:30:00Z"}, "remove": {"keys_revoked": 2}, "restore": {}}
        self.answers["standing"] = {"suspended_at": "2026-11-26T09:30:00Z", "removed_at": "2026-11-26T09:31:00Z"}

    def caller(self) -> str:
        return "jo"

    def call(self, function: str, asked: dict[str, Any]) -> dict[str, Any]:
        assert function == "departments-offboarding"
        assert (asked["department"], asked["who"]) == ("agency", "jo")
        self.asked.append(asked["ask"])
        answer: dict[str, Any] = self.answers[asked["ask"]]
        return answer


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    found = Platform()
    monkeypatch.setattr(department_remove, "target", lambda stage: found)
    monkeypatch.setattr(draining, "drain", lambda stage, wait, say: found.asked.append("drain") or {})  # type: ignore[func-returns-value]
    return found


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder, schemas = agency.written(tmp_path / "drawn", agency=agency.AGENCY, other=agency.OTHER)
    shutil.copytree(folder, tmp_path / "infra/departments")
    shutil.copytree(schemas, tmp_path / "schemas")
    monkeypatch.setattr(department_remove, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def remove(root: Path, platform: Platform) -> Callable[..., Result]:
    return lambda *options: CliRunner().invoke(app, ["department", "remove", *options])


def test_without_yes_it_only_tells(remove: Callable[..., Result], platform: Platform, root: Path) -> None:
    result = remove("agency")
    assert result.exit_code == 0
    assert platform.asked == []
    assert (root / "infra/departments/agency.yaml").exists()
    for told in (
        "Rivers Agency (agency) would be removed from local.",
        "within two seconds no key opens anything, not live of floods, and none that was made by hand",
        "its keys are revoked, which cannot be undone",
        "whoever uses the keys of floods",
        "register flood-warning: every entry, for good; it can be read, checked and downloaded, and takes no more",
        "pages at /flood-warnings/((floodAreaID)): for good",
        "messages of floods: emails 7 days, texts 7, letters 7",
        "who subscribes to flood-warnings/((floodAreaID)): for good, but for whoever unsubscribes",
        "the journal of its events, and what was quarantined: 90 days\n",
        "its events in the archive: 30 days;",
        "data of its events over 200 KB: 400 days\n",
        "who suspended, removed or restored it, and when: for good\n",
        "Nothing was done: with --yes it is.",
    ):
        assert told in result.stdout


def test_a_type_that_asks_for_a_time_of_its_own_is_told_beside_the_rest(remove: Callable[..., Result], root: Path) -> None:
    file = root / "infra/departments/agency.yaml"
    file.write_text(file.read_text().replace("classification: official}", "classification: official, retention_days: 7}", 1))
    told = remove("agency").stdout
    assert "the journal of its events, and what was quarantined: 90 days, but 7 of agency.FloodWarned.v1\n" in told
    assert "its events in the archive: 30 days, but 7 of agency.FloodWarned.v1; schemas/" in told
    assert "data of its events over 200 KB: 400 days, but 8 of agency.FloodWarned.v1\n" in told


def test_the_times_that_it_tells_are_those_that_the_platform_keeps() -> None:
    assert store.REMEMBERED.days == parting.REMEMBERED_DAYS
    assert claim_check.KEPT_FOR.days == parting.LARGE_DAYS


def test_with_yes_it_suspends_drains_revokes_and_puts_the_file_away(remove: Callable[..., Result], platform: Platform, root: Path) -> None:
    result = remove("agency", "--yes")
    assert result.exit_code == 0, result.output
    assert platform.asked == ["suspend", "drain", "remove"]
    assert "2 keys revoked" in result.stdout
    assert not (root / "infra/departments/agency.yaml").exists()
    assert (root / "infra/departments/removed/agency.yaml").exists()
    assert [*department_states.here(root).departments] == ["other"]


def test_while_something_is_under_way_it_goes_no_further(
    remove: Callable[..., Result], platform: Platform, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "drain", lambda stage, wait, say: {"commonweal-local-bus-forward": 3})
    result = remove("agency", "--yes")
    assert result.exit_code == 1
    assert "commonweal-local-bus-forward: 3 messages" in result.stderr
    assert platform.asked == ["suspend"]
    assert (root / "infra/departments/agency.yaml").exists()


def test_what_the_platform_refuses_is_said(remove: Callable[..., Result], platform: Platform, root: Path) -> None:
    platform.answers["suspend"] = {"refused": "there is no department agency that could go"}
    result = remove("agency", "--yes")
    assert (result.exit_code, result.stderr) == (1, "There is no department agency that could go.\n")
    assert (root / "infra/departments/agency.yaml").exists()


def test_who_is_not_there_cannot_go(remove: Callable[..., Result]) -> None:
    assert remove("nobody", "--yes").stderr == "No department is called nobody: there are agency, other.\n"


def test_whoever_shares_with_a_department_that_went_has_no_mistake(remove: Callable[..., Result], root: Path) -> None:
    file = root / "infra/departments/agency.yaml"
    shares = "shares: {other: {fields: [severity], purpose: Roads.}}"
    file.write_text(file.read_text().replace("classification: official}", f"classification: official, {shares}}}", 1))
    plan = remove("other").stdout
    assert "infra/departments/removed/other.yaml says that it was here" in plan
    parting.put_away(department_states.here(root).departments["other"], root, datetime.date(2026, 11, 26))
    assert [*department_states.here(root).departments] == ["agency"]


def test_whoever_subscribes_to_a_department_that_went_is_named_and_stops_no_deployment(root: Path) -> None:
    file = root / "infra/departments/other.yaml"
    share = "shares: {other: {fields: [severity], purpose: Roads.}}"
    owner = agency.AGENCY.replace("classification: official}", f"classification: official, {share}}}", 1)
    (root / "infra/departments/agency.yaml").write_text(owner)
    asks = "subscriptions: {floods: {to: agency.FloodWarned.v1, fields: [severity], purpose: Roads., webhook: map}}"
    file.write_text(f"{agency.OTHER}{asks}\nwebhooks: {{map: {{url: 'https://other.example.gov.uk/hook'}}}}\n")
    parting.put_away(department_states.here(root).departments["agency"], root, datetime.date(2026, 11, 26))
    assert [*department_states.here(root).departments] == ["other"]
    with pytest.raises(declarations.DeclarationError, match="agency was removed on 2026-11-26, and nothing of agency"):
        declarations.load(root / "infra/departments", root / "schemas", day=datetime.date(2026, 11, 26))


def test_what_stayed_of_it_before_stays_when_it_goes_again(root: Path) -> None:
    parting.put_away(department_states.here(root).departments["agency"], root, datetime.date(2026, 11, 26))
    gates = "registers: {gate: {title: Gates, description: All of them., key: gate, fields: [{field: gate}]}}"
    (root / "infra/departments/agency.yaml").write_text(f"{agency.OTHER.replace('other', 'agency', 1)}{gates}\n")
    parting.put_away(department_states.here(root).departments["agency"], root, datetime.date(2027, 11, 26))
    (kept,), problems = removed.read(root / "infra/departments")
    assert problems == []
    assert ([*kept.registers], kept.removed) == (["flood-warning", "gate"], datetime.date(2027, 11, 26))


def test_a_register_of_a_department_that_went_may_be_referred_to(root: Path) -> None:
    closing = "{field: area, register: flood-warning}"
    closings = f"registers: {{closing: {{title: Closings, description: All of them., key: area, fields: [{closing}]}}}}"
    (root / "infra/departments/other.yaml").write_text(f"{agency.OTHER}{closings}\n")
    parting.put_away(department_states.here(root).departments["agency"], root, datetime.date(2026, 11, 26))
    assert [*department_states.here(root).departments] == ["other"]


def test_mistakes_come_first(remove: Callable[..., Result], platform: Platform, root: Path) -> None:
    (root / "infra/departments/other.yaml").write_text("department: other\n")
    result = remove("agency", "--yes")
    assert (result.exit_code, platform.asked) == (1, [])
    assert "Mend this first: what has mistakes is not deployed." in result.stderr


def test_it_is_restored_and_what_is_left_to_do_is_told(root: Path, platform: Platform) -> None:
    parting.put_away(department_states.here(root).departments["agency"], root, datetime.date(2026, 11, 26))
    result = CliRunner().invoke(app, ["department", "restore", "agency"])
    assert (result.exit_code, platform.asked) == (0, ["standing", "restore"])
    first, *steps = result.stdout.splitlines()
    assert first == "agency stands again."
    for told in (
        "bring infra/departments/agency.yaml back (git restore infra/departments/agency.yaml, before it is committed)",
        "delete infra/departments/removed/agency.yaml",
        "make the revoked keys anew",
    ):
        assert any(told in step for step in steps)


def test_a_suspended_department_whose_file_stands_is_restored_with_nothing_left_to_do(root: Path, platform: Platform) -> None:
    platform.answers["standing"] = {"suspended_at": "2026-11-26T09:30:00Z"}
    assert CliRunner().invoke(app, ["department", "restore", "agency"]).stdout == "agency stands again.\n"


def test_who_was_not_suspended_is_not_said_to_stand_again(root: Path, platform: Platform) -> None:
    platform.answers["standing"] = {"suspended_at": None, "removed_at": None}
    assert CliRunner().invoke(app, ["department", "restore", "agency"]).stdout == "agency was not suspended, and stands.\n"


class TestDraining:
    def test_only_queues_that_somebody_works_off_count(self, stage: Stage) -> None:
        stage.queue("to-agency")
        assert [*work_queues(stage)] == ["commonweal-local-publishing-render"]

    def test_each_is_waited_for_until_it_was_seen_empty(self, stage: Stage) -> None:
        stage.put("publishing-render", delivered())
        said, naps = list[str](), list[float]()

        def nap(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 2:
                stage.sqs.purge_queue(QueueUrl=stage.queue_url("commonweal-local-publishing-render"))

        assert drain(stage, 60, said.append, nap) == {}
        assert said == ["publishing-render: 1"]
        assert naps[0] == draining.SETTLES

    def test_what_is_left_in_time_is_told(self, stage: Stage) -> None:
        stage.put("publishing-render", delivered())
        assert drain(stage, 0, lambda waits: None, lambda seconds: None) == {"commonweal-local-publishing-render": 1}
