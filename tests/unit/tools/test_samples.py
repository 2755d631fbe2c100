"""`commonweal department check` knows a sample that is missing, and one that is not what it is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from infra.tools import department
from infra.tools.cli import app
from infra.tools.samples import lacking
from schemas.declaration import Department
from tests.infra import agency

GOOD = {"floodAreaID": "1", "severity": "high", "severityLevel": 1, "isTidal": False}
FOLDER = "events/agency/FloodWarned"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    agency.written(tmp_path)
    put(tmp_path, "severe.json", GOOD)
    put(tmp_path, "bad-level.json", GOOD | {"severityLevel": "one"})
    return tmp_path


def put(root: Path, name: str, data: object, type_: str = "agency.FloodWarned.v1") -> None:
    file = root / FOLDER / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(data if isinstance(data, str) else json.dumps({"type": type_, "data": data}))


def told(root: Path) -> list[str]:
    return list(lacking(Department.model_validate(yaml.safe_load(agency.AGENCY)), root))


def test_samples_that_are_what_they_are_called_are_passed(root: Path) -> None:
    assert told(root) == []


@pytest.mark.parametrize(("name", "kind", "shown"), [("severe.json", "good", "…"), ("bad-level.json", "bad", "bad-…")])
def test_a_type_needs_a_good_and_a_bad_one(root: Path, name: str, kind: str, shown: str) -> None:
    (root / FOLDER / name).unlink()
    assert told(root) == [f"{FOLDER}: has no {kind} sample, which a type needs: {FOLDER}/{shown}.json"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("mild.json", GOOD | {"severity": 4}, "would be refused: severity: 4 is not of type"),
        ("bad-mild.json", GOOD, "is called bad, and is accepted"),
        ("mild.json", "{", "is not JSON: Expecting property name"),
        ("mild.json", "[" * 100_000, "is not JSON: maximum recursion depth"),
        ("mild.json", "[]", "holds no event whose type has a schema"),
        ("mild.json", '{"type": 5}', "holds no event whose type has a schema"),
        ("mild.json", '{"type": "agency.FloodWarned.v9"}', "holds no event whose type has a schema"),
        ("mild.json", '{"type": "agency.FloodWarned.v1"}', "would be refused: null is not of type"),
    ],
)
def test_each_is_held_to_the_schema(root: Path, name: str, data: object, said: str) -> None:
    put(root, name, data)
    [line] = told(root)
    assert line.startswith(f"{FOLDER}/{name}: {said}")


class TestTheCommand:
    def check(self, *options: str) -> Any:
        return CliRunner().invoke(app, ["department", "check", *options])

    def test_it_tells_of_samples(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (root / FOLDER / "severe.json").unlink()
        monkeypatch.setattr(department, "ROOT", root)
        monkeypatch.setattr(department, "_load", lambda *_: [Department.model_validate(yaml.safe_load(agency.AGENCY))])
        result = self.check()
        assert result.exit_code == 1
        assert "has no good sample" in result.stdout
        assert result.stderr == "1 mistake in events/.\n"

    def test_of_one_department_it_tells_what_stands_in_its_own_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from infra import declarations

        folder, schemas = agency.written(tmp_path, agency="department: agency\n", other=agency.OTHER)
        load = declarations.load
        monkeypatch.setattr(declarations, "load", lambda *, day: load(folder, schemas, day=day))
        its_own, of_others = self.check("agency"), self.check("other")
        assert its_own.stdout.splitlines() == [
            f"{folder}/agency.yaml:1: contact: is missing",
            f"{folder}/agency.yaml:1: title: is missing",
        ]
        assert of_others.stdout == ""
        assert of_others.stderr == "other has no mistake itself, but others have 2 mistakes: commonweal department check tells them.\n"

    def test_who_is_not_there_is_said(self) -> None:
        assert self.check("nobody").stderr.startswith("No department is called nobody: there are")
