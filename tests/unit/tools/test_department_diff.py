"""What a change would do is said in plain words: of every part of a file, of others by name, and of what cannot be undone."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from infra import declarations, removed
from infra.tools import department_diff, department_states, target
from infra.tools.cli import app
from infra.tools.differences import Difference, State, differences
from schemas.declaration import Department, Emits
from tests.infra import agency

OTHER: dict[str, Any] = {
    "department": "other",
    "title": "Other",
    "contact": "other@example.gov.uk",
    "subscriptions": {"floods": {"to": "agency.FloodWarned.v1", "fields": ["severity"], "purpose": "Roads."}},
}
ORGANISATION = "o-a1b2c3d4e5"
SHARED = {"other": {"fields": ["severity", "floodAreaID"], "purpose": "Roads."}}

type Change = Callable[[dict[str, Any]], None]


def file() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(agency.AGENCY)
    said["emits"]["FloodWarned.v1"]["shares"] = SHARED
    return said


def state(tmp_path: Path, *files: dict[str, Any]) -> State:
    _, schemas = agency.written(tmp_path)
    departments = [Department.model_validate(said) for said in files]
    return State({one.department: one for one in departments}, declarations.compile(departments, schemas)["registers"])


def told(tmp_path: Path, change: Change) -> list[Difference]:
    after = file()
    change(after)
    return list(differences("agency", state(tmp_path, file(), OTHER), state(tmp_path, after, OTHER)))


def emits(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = said["emits"]["FloodWarned.v1"]
    return found


def test_nothing_changed_is_nothing_said(tmp_path: Path) -> None:
    assert told(tmp_path, lambda said: None) == []


CHANGES: list[tuple[Change, str, str]] = [
    (lambda said: said.update(title="Rivers"), "~", "it is called Rivers, no longer Rivers Agency"),
    (lambda said: said.update(accounts=["111122223333", "999988887777"]), "+", "AWS account 999988887777 may put its events on the bus"),
    (lambda said: said.update(accounts=[]), "-", "AWS account 111122223333 may no longer put its events on the bus"),
    (
        lambda said: said.update(aws_organisation="o-a1b2c3d4e5"),
        "~",
        "AWS accounts that may put its events on the bus was 111122223333 and is 111122223333, each while",
    ),
    (lambda said: said.update(home_page=True), "+", "the page at / is its own"),
    (lambda said: said.update(contacts={"on_call": "a@b.uk"}), "+", "its contact for on call: a@b.uk"),
    (lambda said: emits(said).update({"from": "uk.gov.agency.rivers"}), "~", "agency.FloodWarned.v1 comes from uk.gov.agency.rivers: from"),
    (lambda said: emits(said).update(sunset="2027-01-01"), "+", "agency.FloodWarned.v1: its last day: 2027-01-01"),
    (lambda said: emits(said).update(deprecated="2026-12-01"), "+", "the day on which its end was announced: 2026-12-01"),
    (
        lambda said: said.update(organisation="5d3ccc1f-27cb-4b5b-8b8f-6a4f1a3fbd45"),
        "+",
        "the page of its organisation: 5d3ccc1f-27cb-4b5b-8b8f-6a4f1a3fbd45",
    ),
    (lambda said: emits(said).update(classification="public"), "~", "its classification was official and is public"),
    (
        lambda said: emits(said).update(shares={"other": {**SHARED["other"], "fields": ["severity"]}}),
        "-",
        "other may no longer have floodAreaID of",
    ),
    (lambda said: emits(said).update(shares={**SHARED, "third": SHARED["other"]}), "+", "third may have floodAreaID and severity of"),
    (
        lambda said: said.update(requests={}),
        "-",
        "it may no longer ask the platform itself: NotificationRequested.v1 from uk.gov.agency.desk",
    ),
    (lambda said: said["reactions"][0].update({"if": "severityLevel < `3`"}), "~", "if was severityLevel < `4` and is severityLevel < `3`"),
    (lambda said: said["reactions"].pop(), "-", "FloodWarned.v1: no longer withdraw the page /flood-warnings/((floodAreaID))"),
    (lambda said: said["reactions"][0].pop("publish"), "-", "(pages that stand at /flood-warnings/((floodAreaID)) stay as they are)"),
    (lambda said: said["services"]["floods"]["keys"].pop("live"), "-", "it opens what it did until an administrator revokes it"),
    (
        lambda said: said["services"]["floods"]["keys"]["live"].update(scopes=["data:read"]),
        "~",
        "key live of floods: live, for data:read, once",
    ),
    (lambda said: said["services"]["floods"].update(trial=True), "~", "service floods: trial was no and is yes"),
    (lambda said: said["services"]["floods"].update(limits={"texts_per_day": 5}), "~", "floods: limits texts per day was 250000 and is 5"),
    (
        lambda said: said["services"]["floods"].update(reply_to={"desk": {"address": "a@b.uk"}}),
        "+",
        "floods: reply to desk address: a@b.uk",
    ),
    (lambda said: said["services"]["floods"].update(permissions=["email"]), "-", "service floods: no longer sms"),
    (lambda said: said["templates"]["warning"].pop("sms"), "~", "template warning gets a next version, and no longer goes by sms"),
    (
        lambda said: said["registers"]["flood-warning"].update(key="severity"),
        "~",
        "register flood-warning: key was floodAreaID and is severity",
    ),
    (lambda said: said["registers"].pop("flood-warning"), "-", "register flood-warning is closed: it can be read and takes no entry"),
    (
        lambda said: said.update(webhooks={"map": {"url": "https://new.example.gov.uk"}}),
        "~",
        "webhook map was https://map.example.gov.uk/hook and",
    ),
    (lambda said: said.update(queues={}), "-", "queue desk: no longer arn:aws:sqs:eu-west-2:111122223333:desk"),
    (lambda said: said.update(limits={"emails_per_day": 2000}), "~", "emails per day was 1000 and is 2000"),
    (lambda said: said.update(budget={"monthly_gbp": 5}), "+", "pounds a month: 5"),
    (
        lambda said: said.update(subscriptions={"a": {"to": "other.A.v1", "fields": ["b"], "purpose": "c"}}),
        "+",
        "a: it gets b of other.A.v1 in its queue",
    ),
]


@pytest.mark.parametrize(("change", "sign", "what"), CHANGES, ids=[what for _, _, what in CHANGES])
def test_each_change_is_said(tmp_path: Path, change: Change, sign: str, what: str) -> None:
    found = told(tmp_path, change)
    assert [(each.sign, each.what) for each in found if what in each.what] != [], found
    assert next(each.sign for each in found if what in each.what) == sign


@pytest.mark.parametrize(
    ("change", "whom"),
    [
        (lambda said: said["emits"].clear(), "other (subscription floods)"),
        (lambda said: emits(said).update(shares={}), "other (subscription floods)"),
        (lambda said: emits(said).update({"from": "uk.gov.agency.rivers"}), "whoever sends it from uk.gov.agency.floods"),
        (lambda said: emits(said).update(sunset="2027-01-01"), "other (subscription floods)"),
        (lambda said: emits(said).update(sunset="2027-01-01"), "whoever sends it after 2027-01-01"),
        (lambda said: said["services"].clear(), "whoever uses the keys of floods"),
        (lambda said: said["services"]["floods"].update(permissions=["email"]), "whoever sends by sms as floods"),
        (lambda said: said.update(accounts=[]), "account 111122223333"),
        (lambda said: said.update(accounts=["999988887777"], aws_organisation=ORGANISATION), "account 111122223333"),
        (lambda said: said.update(aws_organisation=ORGANISATION), f"those of its accounts that are not in {ORGANISATION}"),
        (
            lambda said: said["registers"]["flood-warning"].update(key="severity"),
            "the readers of flood-warning (the key was floodAreaID and is severity)",
        ),
    ],
)
def test_whom_it_breaks_is_named(tmp_path: Path, change: Change, whom: str) -> None:
    assert whom in {one for each in told(tmp_path, change) for one in each.breaks}


def test_who_may_act_as_a_department_is_told_as_it_is(tmp_path: Path) -> None:
    """Without accounts, whoever is in the organisation comes in: that is more, and not one account less."""
    named, everybody = {**file(), "aws_organisation": ORGANISATION}, {**file(), "aws_organisation": ORGANISATION, "accounts": []}
    [wider] = differences("agency", state(tmp_path, named), state(tmp_path, everybody))
    assert wider.what.endswith(f"is all that are in the organisation {ORGANISATION}")
    assert wider.breaks == ()
    [narrower] = differences("agency", state(tmp_path, everybody), state(tmp_path, named))
    assert narrower.breaks == (f"whoever else is in {ORGANISATION}",)
    [moved] = differences("agency", state(tmp_path, everybody), state(tmp_path, {**everybody, "aws_organisation": "o-b1b2c3d4e5"}))
    assert moved.breaks == (f"whoever else is in {ORGANISATION}",)


def test_a_field_that_nobody_asks_for_breaks_nobody(tmp_path: Path) -> None:
    found = told(tmp_path, lambda said: emits(said).update(shares={"other": {**SHARED["other"], "fields": ["severity"]}}))
    assert [each.breaks for each in found] == [()]


@pytest.mark.parametrize(("was", "now", "breaks"), [("2027-01-01", "2026-12-01", True), ("2027-01-01", "2027-02-01", False)])
def test_an_end_that_comes_sooner_breaks_somebody_and_a_later_one_nobody(tmp_path: Path, was: str, now: str, breaks: bool) -> None:
    before, after = file(), file()
    emits(before)["sunset"], emits(after)["sunset"] = was, now
    [found] = differences("agency", state(tmp_path, before, OTHER), state(tmp_path, after, OTHER))
    assert found.what == f"agency.FloodWarned.v1: its last day was {was} and is {now}"
    assert bool(found.breaks) is breaks


EMITS: dict[str, Any] = {
    "from": "uk.gov.agency.rivers",
    "owner": "somebody.else@example.gov.uk",
    "classification": "public",
    "retention_days": 30,
    "sunset": "2027-01-01",
    "replaced_by": "FloodWarned.v2",
    "deprecated": "2026-12-01",
    "shares": {},
}


def test_nothing_that_is_said_of_an_event_changes_in_silence(tmp_path: Path) -> None:
    assert EMITS.keys() == {field.alias or name for name, field in Emits.model_fields.items()}
    for name, value in EMITS.items():
        assert told(tmp_path, lambda said, change={name: value}: emits(said).update(change)), name  # type: ignore[misc]


def test_what_cannot_be_undone_is_marked(tmp_path: Path) -> None:
    [shorter] = told(tmp_path, lambda said: emits(said).update(retention_days=7))
    assert shorter.for_good == "in local, dev and prod, what is older than that is deleted"
    [longer] = told(tmp_path, lambda said: emits(said).update(retention_days=365))
    assert longer.for_good == ""
    [shorter_where_more_is_kept] = told(tmp_path, lambda said: emits(said).update(retention_days=90))
    assert shorter_where_more_is_kept.for_good == "in prod, what is older than that is deleted"
    comes_in = list(differences("agency", state(tmp_path), state(tmp_path, file())))
    assert [each.for_good for each in comes_in if each.for_good] == ["what is entered in it stays"]
    assert {each.sign for each in comes_in} == {"+"}


def test_a_file_that_goes_is_told_whole(tmp_path: Path) -> None:
    goes = list(differences("agency", state(tmp_path, file(), OTHER), state(tmp_path, OTHER)))
    assert {each.sign for each in goes} == {"-"}
    assert {each.about for each in goes} >= {"What it may say", "What follows", "Services and keys", "Messages", "Registers", "Limits"}


class TestTheCommand:
    @pytest.fixture
    def git(self, tmp_path: Path) -> Callable[..., str]:
        who = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.com"]
        return lambda *arguments: subprocess.run([*who, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    @pytest.fixture
    def diff(self, git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
        """The command in a repository whose first commit has the agency alone."""
        folder, schemas = agency.written(tmp_path / "drawn", agency=agency.AGENCY)
        (tmp_path / "infra").mkdir()
        shutil.copytree(folder, tmp_path / "infra/departments")
        shutil.copytree(schemas, tmp_path / "schemas")
        for arguments in (["init", "-q", "-b", "main"], ["add", "infra", "schemas"], ["commit", "-qm", "The agency"]):
            git(*arguments)
        monkeypatch.setattr(department_diff, "ROOT", tmp_path)
        return lambda *options: CliRunner().invoke(app, ["department", "diff", *options])

    def test_as_it_is_nothing_changes(self, diff: Callable[..., Result], git: Callable[..., str]) -> None:
        last = git("rev-parse", "HEAD")[:9]
        assert (diff().exit_code, diff().stdout) == (0, f"Nothing changes against {last}, what was committed last.\n")

    def test_what_a_branch_has_committed_is_told_from_where_it_left_main(
        self, diff: Callable[..., Result], git: Callable[..., str], tmp_path: Path
    ) -> None:
        left = git("rev-parse", "HEAD")[:9]
        git("switch", "-qc", "fewer")
        (tmp_path / "infra/departments/agency.yaml").write_text(agency.AGENCY.replace("emails_per_day: 1000", "emails_per_day: 5"))
        git("commit", "-qam", "Fewer emails")
        assert "~ emails per day was 1000 and is 5" in diff().stdout
        assert f"1 change against {left}, where this branch left main:" in diff().stdout
        assert diff("--against", "HEAD").stdout == "Nothing changes against HEAD.\n"

    def test_where_git_knows_nothing_there_is_nothing_to_compare_with(self, diff: Callable[..., Result], tmp_path: Path) -> None:
        shutil.rmtree(tmp_path / ".git")
        assert (diff().exit_code, "git knows no infra/departments that was published" in diff().stderr) == (1, True)

    def test_a_new_file_a_changed_one_and_one_that_goes(self, diff: Callable[..., Result], tmp_path: Path) -> None:
        file = tmp_path / "infra/departments/agency.yaml"
        (tmp_path / "infra/departments/other.yaml").write_text(agency.OTHER)
        file.write_text(agency.AGENCY.replace("emails_per_day: 1000", "emails_per_day: 5"))
        assert "agency is changed\n  Limits\n    ~ emails per day was 1000 and is 5\nother comes in\n" in diff().stdout
        assert "other comes in" not in diff("agency").stdout
        file.unlink()
        assert "agency goes\n" in diff().stdout
        assert "somebody" in diff().stdout

    def test_what_stayed_of_a_department_that_went_before_goes_in_no_silence(
        self, diff: Callable[..., Result], git: Callable[..., str], tmp_path: Path
    ) -> None:
        folder = tmp_path / "infra/departments/removed"
        folder.mkdir()
        register = "{title: Gates, description: All of them., key: gate, fields: [{field: gate}]}"
        (folder / "parks.yaml").write_text(f"department: parks\ntitle: Parks\nremoved: 2026-03-01\nregisters: {{gate: {register}}}\n")
        git("add", "infra")
        git("commit", "-qm", "What stays of the parks")
        assert diff().stdout.startswith("Nothing changes")
        (folder / "parks.yaml").unlink()
        told = diff().stdout
        assert "parks had gone before\n" in told
        assert "register gate, which was closed, can be read no more: it stays in no file\n        breaks the readers of gate" in told

    def test_programs_get_json(self, diff: Callable[..., Result], tmp_path: Path) -> None:
        file = tmp_path / "infra/departments/agency.yaml"
        file.write_text(agency.AGENCY.replace("emails_per_day: 1000", "emails_per_day: 5"))
        found = json.loads(diff("--json").stdout)
        assert found["agency"]["change"] == "is changed"
        assert found["agency"]["differences"][0]["what"] == "emails per day was 1000 and is 5"

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("nobody",), "No department is called nobody"),
            (("--against", "nowhere"), "git has no infra/departments at nowhere: fatal:"),
            (("--against=--output=taken",), "git has no infra/departments at --output=taken: fatal:"),
            (("--stage", "moon"), "There is no stage 'moon': there are"),
            (("--stage", "local", "--against", "HEAD"), "Either a commit (--against) or what runs (--running, --stage)"),
        ],
    )
    def test_what_is_not_there_is_said(self, diff: Callable[..., Result], options: tuple[str, ...], said: str) -> None:
        assert diff(*options).exit_code == 1
        assert said in diff(*options).stderr

    def test_mistakes_come_first(self, diff: Callable[..., Result], tmp_path: Path) -> None:
        (tmp_path / "infra/departments/agency.yaml").write_text(agency.AGENCY.replace("title: Rivers Agency\n", ""))
        assert "title: is missing\nMend this first" in diff().stderr

    @pytest.mark.parametrize(
        ("options", "stage"), [(("--running",), "local"), (("--stage", "prod"), "prod"), (("--running", "--stage", "dev"), "dev")]
    )
    def test_a_stage_that_is_named_is_what_is_compared_with(
        self, diff: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], stage: str
    ) -> None:
        monkeypatch.setattr(target, "target", lambda name: name)
        monkeypatch.setattr(department_states, "running", lambda _: department_states.here(tmp_path))
        assert diff(*options).stdout == f"Nothing changes against what runs in {stage}.\n"

    def test_a_running_platform_says_what_it_was_deployed_with(self, diff: Callable[..., Result], tmp_path: Path) -> None:
        class Stage:
            def call(self, function: str, asked: dict[str, Any]) -> dict[str, Any]:
                assert (function, asked) == ("departments-offboarding", {"ask": "declared"})
                compiled = declarations.write(tmp_path / "infra/departments", tmp_path / "schemas", tmp_path / "declarations.json")
                assert compiled
                registers = json.loads((tmp_path / "declarations.json").read_bytes())["registers"]
                return {"departments": json.loads((tmp_path / "declared.json").read_bytes()), "registers": registers}

        found = department_states.running(Stage())  # type: ignore[arg-type]
        assert found == department_states.here(tmp_path)


def test_what_stays_of_a_department_keeps_its_registers_and_their_names(tmp_path: Path) -> None:
    from infra.tools.parting import put_away

    root = tmp_path
    folder, schemas = agency.written(root / "drawn", agency=agency.AGENCY)
    (root / "infra").mkdir()
    shutil.copytree(folder, root / "infra/departments")
    shutil.copytree(schemas, root / "schemas")
    before = department_states.here(root)
    changed = put_away(before.departments["agency"], root, datetime.date(2026, 11, 26))
    assert [str(path) for path in changed] == ["infra/departments/agency.yaml", "infra/departments/removed/agency.yaml"]
    gone, problems = removed.read(root / "infra/departments")
    assert problems == []
    compiled = declarations.compile([], root / "schemas", gone)["registers"]["flood-warning"]
    assert compiled == {**before.registers["flood-warning"], "closed": True}
