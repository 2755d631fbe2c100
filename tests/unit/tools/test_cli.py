import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra import declarations
from infra.declarations import load
from infra.tools import plain_words
from infra.tools.cli import app
from schemas.declaration import Department

HEAVY = {"aws_cdk", "boto3", "botocore", "httpx", "jsonschema_rs", "ministack", "pydantic"}


def test_help_imports_nothing_heavy() -> None:
    loads = f"import infra.tools.cli, sys; print(sorted({HEAVY!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_an_unknown_stage_is_answered_with_those_there_are() -> None:
    result = CliRunner().invoke(app, ["redrive", "list", "--stage", "test"])
    assert (result.exit_code, result.stderr) == (1, "There is no stage 'test': there are local, dev, prod.\n")


def test_the_departments_of_this_project_are_declared_without_mistakes() -> None:
    assert CliRunner().invoke(app, ["department", "check"]).exit_code == 0


def test_each_mistake_of_a_declaration_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parks.yaml").write_text("department: parks\ntitle: Parks\n")
    monkeypatch.setattr(declarations, "load", lambda: load(tmp_path))
    result = CliRunner().invoke(app, ["department", "check"])
    assert result.exit_code == 1
    assert "contact" in result.stdout
    assert "mistake" in result.stderr


def test_a_department_is_told_in_plain_words() -> None:
    declared = Department.model_validate(
        {
            "department": "parks",
            "title": "Parks",
            "contact": "parks@example.gov.uk",
            "emits": {"GateClosed.v1": {"from": "uk.gov.parks.gates", "owner": "gates@example.gov.uk", "classification": "public"}},
            "reactions": [
                {
                    "when": "GateClosed.v1",
                    "if": "isFinal",
                    "unpublish": {"path": "/gates/((gate))", "as": "gone"},
                    "notify": {"subscribers": "gates/((gate))", "template": "closed"},
                }
            ],
        }
    )
    told = "\n".join(plain_words.told(declared))
    assert "  parks.GateClosed.v1 from uk.gov.parks.gates (public; gates@example.gov.uk)" in told
    assert (
        "  if isFinal:\n    take the page /gates/((gate)) away\n    notify the subscribers of gates/((gate)) with the template closed"
        in told
    )


def test_the_schemas_of_this_project_can_stand_beside_each_other() -> None:
    result = CliRunner().invoke(app, ["schema", "check"])
    assert result.exit_code == 0, result.output
