"""What a change of a schema breaks, and whom: each kind of break names everybody who reads the field, and nobody else."""

import copy
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from infra import declarations
from infra.catalogue.templates import Rule
from infra.lined_yaml import Problem
from infra.tools import breaking, running, schema, sending, users
from infra.tools.breaking import Break
from infra.tools.cli import app
from schemas import export, registry
from tests.infra.agency import AGENCY, SCHEMA, written

TYPE = "agency.FloodWarned.v1"
PARKS = """\
department: parks
title: Parks
contact: parks@example.gov.uk
subscriptions:
  closures:
    to: agency.FloodWarned.v1
    fields: [floodAreaID, description]
    purpose: Parks close where it floods.
    if: description == 'Severn'
"""

type Change = Callable[[dict[str, Any]], None]


class Tree:
    """The files of two departments and one schema, as they were published and as they are now."""

    def __init__(self, where: Path) -> None:
        self.folder, self.published = written(where / "published", agency=AGENCY, parks=PARKS)
        _, self.now = written(where / "now")
        for root in (self.published, self.now):
            for file in (root / "agency" / "FloodWarned").glob("*.json"):
                file.unlink()
            self.write(root, "1.0.0", SCHEMA)

    def write(self, root: Path, version: str, schema: object) -> None:
        (root / "agency" / "FloodWarned" / f"{version}.json").write_text(json.dumps(schema))

    def changed(self, change: Change) -> dict[str, Any]:
        schema = copy.deepcopy(SCHEMA)
        change(schema)
        return schema

    def breaks(self, rules: tuple[Rule, ...] = ()) -> list[Break]:
        return breaking.breaks(self.now, users.departments(self.folder), self.published, rules)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def whom(found: list[Break]) -> set[str]:
    """Everybody named, without what they do with the whole event."""
    return {str(user) for one in found for user in one.whom if not user.produces and user.written}


IF = "if, severityLevel < `4`"
WARNED = "agency: reaction notify:warning:flood-warnings/((floodAreaID))"
PUBLISHED = "agency: reaction publish:/flood-warnings/((floodAreaID))"
RECORDED = "agency: reaction record:flood-warning"
OF_LEVEL = {f"{step}, {IF}" for step in (WARNED, PUBLISHED, RECORDED)} | {
    f"agency: reaction over.{kind}, if, severityLevel == `4`" for kind in ("unpublish", "forward")
}
OF_DESCRIPTION = {
    "parks: subscription closures, description",
    "parks: subscription closures, if, description == 'Severn'",
    f"{PUBLISHED}, title, ((description || 'no description'))",
}


def test_what_did_not_change_breaks_nobody(tree: Tree) -> None:
    assert tree.breaks() == []


@pytest.mark.parametrize(
    ("change", "says", "named"),
    [
        (lambda schema: schema["properties"]["severityLevel"].update(type="number"), "severityLevel may be a fraction", OF_LEVEL),
        (lambda schema: schema["properties"]["severityLevel"].update(maximum=3), "the reader takes nothing above 3", OF_LEVEL),
        (lambda schema: schema["properties"]["description"].update(maxLength=9), "the reader takes at most 9", OF_DESCRIPTION),
        (lambda schema: schema["properties"]["severity"].update(enum=["high"]), "other than the one value", {
            f"{PUBLISHED}, title, ((severity))", f"{PUBLISHED}, body, ((severity))", f"{WARNED}, template warning, ((severity))",
        }),
        (lambda schema: schema["required"].append("description"), "description", OF_DESCRIPTION),
        (lambda schema: schema["required"].remove("isTidal"), "isTidal", {f"{WARNED}, template warning, ((is tidal))"}),
        (lambda schema: schema["properties"].pop("description"), "description is gone from agency/FloodWarned/1.1.0", OF_DESCRIPTION),
    ],
    ids=["type", "maximum", "length", "values", "required", "optional", "removed"],
)  # fmt: skip
@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"], ids=["changed in place", "a new version"])
def test_a_change_names_everybody_who_reads_the_field(tree: Tree, change: Change, says: str, named: set[str], version: str) -> None:
    tree.write(tree.now, version, tree.changed(change))
    found = tree.breaks()
    assert says.replace("1.1.0", version) in "\n".join(map(str, found))
    assert whom(found) == named
    assert {user.who for one in found for user in one.whom if user.produces} == {"agency"}


def test_a_field_that_nobody_reads_may_go(tree: Tree) -> None:
    tree.write(tree.now, "1.1.0", tree.changed(lambda schema: schema["properties"].pop("raised")))
    assert tree.breaks() == []


def test_a_field_that_is_added_breaks_nobody(tree: Tree) -> None:
    tree.write(tree.now, "1.1.0", tree.changed(lambda schema: schema["properties"].update(county={"type": "string"})))
    assert tree.breaks() == []


def test_a_version_that_is_gone_breaks_everybody(tree: Tree) -> None:
    (tree.now / "agency" / "FloodWarned" / "1.0.0.json").unlink()
    [found] = tree.breaks()
    assert found.what == "agency/FloodWarned/1.0.0 was published and is gone: events that name it, and replays, need it"
    does = {str(user) for user in found.whom}
    assert {"agency: register flood-warning has its fields", f"{RECORDED} takes the whole event"} <= does
    assert {"agency: reaction over.forward takes the whole event", *OF_LEVEL, *OF_DESCRIPTION} <= does
    assert "agency: says it, from uk.gov.agency.floods (service floods, account 111122223333)" in does


def test_the_platforms_own_functions_are_named_by_their_rules(tree: Tree) -> None:
    counts = Rule("count", {"$or": [{"detail-type": [TYPE]}, {"detail-type": ["platform.KeyCreated.v1"]}]}, ("parks.count",))
    begins = Rule("begins", {"detail-type": [{"prefix": "agency."}], "detail": {"data": {"severityLevel": [4]}}}, ("parks.begins",))
    deaf = Rule("other", {"detail-type": [f"{TYPE}0"], "source": [TYPE]}, ("parks.other",))
    every = Rule("every", {"source": [{"anything-but": "uk.gov.commonweal"}]}, ("parks.every",))
    of_aws = Rule("aws", {"detail-type": [TYPE]}, ("parks.aws",), hears_aws=True)
    (tree.now / "agency" / "FloodWarned" / "1.0.0.json").unlink()
    [found] = tree.breaks((counts, begins, deaf, every, of_aws))
    assert [str(user) for user in found.whom if user.who == "the platform"] == [
        "the platform: function parks.count hears it",
        "the platform: function parks.begins hears it",
    ]


def test_a_field_that_goes_behind_a_reference_is_missed_by_who_reads_it(tree: Tree) -> None:
    parts = {"postcode": {"type": "string"}, "street": {"type": "string"}}
    place: dict[str, Any] = {"type": "object", "properties": parts, "additionalProperties": False}

    def placed(where: Path, version: str, inner: dict[str, Any]) -> None:
        definition = tree.changed(lambda schema: schema["properties"].update(place={"$ref": "#/$defs/Place"}))
        tree.write(where, version, definition | {"$defs": {"Place": inner}})

    agency = AGENCY.replace("((description || 'no description'))", "((place.street || 'no street'))")
    assert agency != AGENCY
    (tree.folder / "agency.yaml").write_text(agency)
    for root in (tree.published, tree.now):
        placed(root, "1.0.0", place)
    placed(tree.now, "1.1.0", {**place, "properties": {"postcode": {"type": "string"}}})
    [found] = tree.breaks()
    assert found.what.startswith("place.street is gone from agency/FloodWarned/1.1.0")
    assert whom([found]) == {f"{PUBLISHED}, title, ((place.street || 'no street'))"}


def test_without_what_was_published_the_versions_are_compared_with_each_other(tree: Tree) -> None:
    tree.write(tree.now, "1.1.0", tree.changed(lambda schema: schema["properties"]["severityLevel"].update(maximum=3)))
    assert breaking.breaks(tree.now, []) != []


def test_who_says_and_reads_a_type_is_told_a_line_each(tree: Tree) -> None:
    found = users.users(TYPE, users.departments(tree.folder), known=SCHEMA["properties"])  # type: ignore[arg-type]
    assert list(users.told(found)) == [
        "agency: says it, from uk.gov.agency.floods (service floods, account 111122223333)",
        "agency: reaction publish:/flood-warnings/((floodAreaID)), reads description, floodAreaID, severity, severityLevel",
        "agency: reaction notify:warning:flood-warnings/((floodAreaID)), reads floodAreaID, isTidal, severity, severityLevel",
        "agency: reaction record:flood-warning, reads floodAreaID, severityLevel",
        "agency: reaction record:flood-warning takes the whole event",
        "agency: reaction over.unpublish, reads floodAreaID, severityLevel",
        "agency: reaction over.forward, reads severityLevel",
        "agency: reaction over.forward takes the whole event",
        "agency: register flood-warning has its fields",
        "parks: subscription closures, reads description, floodAreaID",
    ]


class TestTheCommand:
    """`commonweal schema check` in a repository in which a change of a published file is committed already, and main went on."""

    @pytest.fixture(autouse=True)
    def git(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
        tree = Tree(tmp_path / "drawn")
        here = tmp_path / "repository"
        for name, folder in (("schemas", tree.published), ("departments", tree.folder)):
            shutil.copytree(folder, here / name)

        def git(*arguments: str) -> str:
            who = ["git", "-C", str(here), "-c", "user.name=A", "-c", "user.email=a@example.com"]
            return subprocess.run([*who, *arguments], check=True, capture_output=True, text=True).stdout.strip()

        git("init", "-q", "-b", "main")
        git("add", ".")
        git("commit", "-qm", "As published")
        git("switch", "-qc", "narrower")
        narrower = tree.changed(lambda schema: schema["properties"]["severityLevel"].update(maximum=3))
        tree.write(here / "schemas", "1.0.0", narrower)
        git("commit", "-qam", "Narrower")
        git("switch", "-q", "main")
        git("commit", "-q", "--allow-empty", "-m", "Something else")
        git("switch", "-q", "narrower")
        monkeypatch.setattr(registry, "ROOT", here / "schemas")
        monkeypatch.setattr(schema, "DEPARTMENTS", here / "departments")
        monkeypatch.setattr(schema, "_deployed", list)
        monkeypatch.setattr(schema, "REPOSITORY", here)
        return git

    def check(self, *options: str) -> Result:
        return CliRunner().invoke(app, ["schema", "check", *options])

    def test_a_published_file_that_a_branch_changed_is_found_beside_what_main_had_when_it_left(self, git: Callable[..., str]) -> None:
        found = self.check()
        assert found.exit_code == 1
        assert "agency/FloodWarned/1.0.0 as it was published" in found.stdout
        assert f"breaks {PUBLISHED}, if, severityLevel < `4`" in found.stdout
        assert f"with each other and with {git('rev-parse', 'main~1')[:9]}, where this branch left main." in found.stdout
        assert "No function is named" in found.stdout

    def test_what_was_pushed_is_what_was_published(self, git: Callable[..., str]) -> None:
        git("update-ref", "refs/remotes/origin/main", "narrower")
        found = self.check()
        assert (found.exit_code, "what was committed last." in found.stdout) == (0, True)

    def test_a_commit_that_is_named_is_what_is_compared_with(self) -> None:
        assert self.check("--against", "HEAD").exit_code == 0
        assert self.check("--against", "main").exit_code == 1

    def test_without_main_it_is_said_that_only_what_was_committed_last_is_known(self, git: Callable[..., str]) -> None:
        git("branch", "-qD", "main")
        found = self.check()
        assert (found.exit_code, "what was committed last, for git knows no main here." in found.stdout) == (0, True)

    def test_outside_a_repository_the_files_are_compared_with_each_other_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(schema, "REPOSITORY", tmp_path)
        found = self.check()
        assert (found.exit_code, "alone: git knows no schemas that were published." in found.stdout) == (0, True)

    def test_a_commit_that_is_not_there_is_no_comparison(self) -> None:
        found = self.check("--against", "nowhere")
        assert (found.exit_code, "git has no schemas at nowhere: fatal:" in found.stderr) == (1, True)


def test_where_the_files_have_mistakes_no_register_is_said_to_be_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise declarations.DeclarationError([Problem("parks.yaml", 3, "title", "is missing")])

    monkeypatch.setattr(declarations, "load", load)
    found = CliRunner().invoke(app, ["schema", "check"])
    assert found.exit_code == 1
    assert "parks.yaml:3: title: is missing\n" in found.stdout
    assert "declared by nobody" not in found.stdout
    assert "No register is compared while the departments' files have mistakes.\n" in found.stdout
    assert found.stdout.endswith("1 problem.\n")


def test_where_the_files_have_mistakes_nothing_is_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise declarations.DeclarationError([Problem("parks.yaml", 3, "title", "is missing")])

    monkeypatch.setattr(declarations, "load", load)
    monkeypatch.setattr(export, "write", lambda: pytest.fail("it was written"))
    found = CliRunner().invoke(app, ["schema", "export"])
    assert (found.exit_code, found.stderr) == (1, "parks.yaml:3: title: is missing\nMend this first: nothing was written.\n")


class TestUsersOfATypeThatRuns:
    """What `commonweal schema users` says of a running platform's counts."""

    FLOODS = "environment-agency.FloodWarningIssued.v1"

    def asked(self, monkeypatch: pytest.MonkeyPatch, answer: dict[str, object], status: int = 200) -> Result:
        def respond(request: httpx.Request) -> httpx.Response:
            assert (request.url.path, request.headers["X-Api-Key"]) == (f"/events/types/{self.FLOODS}", "k")
            return httpx.Response(status, json={"type": self.FLOODS, "sunset": None, "replaced_by": None, "producers": [], **answer})

        transport = httpx.MockTransport(respond)
        monkeypatch.setattr(
            sending, "connection", lambda url, key: httpx.Client(base_url=url, transport=transport, headers={"X-Api-Key": key})
        )
        return CliRunner().invoke(app, ["schema", "users", self.FLOODS, "--url", "http://platform.example", "--key", "k"])

    def test_a_type_that_stays_is_not_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "It is not to end, so who says it is not counted." in self.asked(monkeypatch, {}).stdout

    def test_a_key_that_was_revoked_is_said_to_be_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.asked(monkeypatch, {}, status=401)
        assert (found.exit_code, "The platform at http://platform.example refuses the key: it was revoked" in found.stderr) == (1, True)

    def test_a_platform_that_runs_and_does_not_know_the_owner_is_not_said_to_be_stopped(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        about = tmp_path / "platform.json"
        about.write_text(json.dumps({"url": "http://127.0.0.1:8000", "departments": {}}))
        monkeypatch.setattr(running.about, "__defaults__", (about,))
        shown = CliRunner().invoke(app, ["schema", "users", self.FLOODS]).stdout
        assert "Who said it lately: The platform that runs here does not know environment-agency" in shown
        assert "none runs here" not in shown

    def test_who_says_a_type_that_ends_is_told_by_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        said = {"day": "2026-12-03", "department": "environment-agency", "events": 1}
        producers = [{**said, "service": "account"}, {**said, "service": "6156f1a6-d486-5e65-a2cd-2b594ea7caa0", "events": 12}]
        shown = self.asked(monkeypatch, {"sunset": "2027-06-30", "replaced_by": "a.B.v2", "producers": producers}).stdout
        assert "It is taken until 2027-06-30, and a.B.v2 follows it." in shown
        assert "  2026-12-03  environment-agency  its own AWS account  at least 1 event\n" in shown
        assert "  2026-12-03  environment-agency  service floods  at least 12 events" in shown

    def test_a_type_that_is_not_there_is_said_to_be(self) -> None:
        result = CliRunner().invoke(app, ["schema", "users", "nobody.Knows.v1"])
        assert (result.exit_code, "has no schema here" in result.output) == (1, True)
