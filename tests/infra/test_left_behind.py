"""A stack that no department needs any more goes with its role, once somebody says so, and no other stack does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra import left_behind
from infra.stages import STAGES
from tests.unit.mocked import REGION, mocked_aws

TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
STANDS, GONE = "commonweal-dev-department-parks", "commonweal-dev-department-roads"
OTHERS = ("commonweal-dev-departments", "commonweal-prod-department-roads", "somebody-elses")


@pytest.fixture
def cloudformation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account with all of these stacks, of which a deployment of dev has one."""
    artifacts = {
        "department-parks": {"type": "aws:cloudformation:stack", "properties": {"stackName": STANDS}},
        "department-parks.assets": {"type": "cdk:asset-manifest", "properties": {"file": "x"}},
    }
    (tmp_path / "cdk.out" / "dev").mkdir(parents=True)
    (tmp_path / "cdk.out" / "dev" / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    monkeypatch.setattr(left_behind, "ROOT", tmp_path)
    monkeypatch.setitem(STAGES, "dev", replace(STAGES["dev"], account="123456789012"))
    with mocked_aws():
        client = boto3.client("cloudformation", region_name=REGION)
        for name in (STANDS, GONE, *OTHERS):
            client.create_stack(StackName=name, TemplateBody=TEMPLATE)
        yield client


def standing(cloudformation: Any) -> set[str]:
    return {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}


def answering(monkeypatch: pytest.MonkeyPatch, answer: str | None) -> list[str]:
    """Have the question answered so, or by nobody; gives the questions that were asked."""
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", ask)
    return asked


def test_it_is_named_and_goes_with_a_yes_and_nothing_is_asked_again(
    cloudformation: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = answering(monkeypatch, "y")
    left_behind.main("dev")
    assert GONE in capsys.readouterr().out
    assert standing(cloudformation) == {STANDS, *OTHERS}
    left_behind.main("dev")
    assert len(asked) == 1


@pytest.mark.parametrize("answer", ["", "n", None])
def test_without_a_yes_it_stays_and_the_deployment_says_that_it_failed(
    cloudformation: Any, monkeypatch: pytest.MonkeyPatch, answer: str | None
) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(SystemExit, match="whoever came in by them still does"):
        left_behind.main("dev")
    assert GONE in standing(cloudformation)


def test_another_account_is_not_touched(cloudformation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STAGES, "dev", replace(STAGES["dev"], account="111111111111"))
    asked = answering(monkeypatch, "y")
    with pytest.raises(SystemExit, match="credentials are of account 123456789012"):
        left_behind.main("dev")
    assert (asked, GONE in standing(cloudformation)) == ([], True)


def test_make_deploy_asks() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.split("\ndeploy:")[1].split("\n\n")[0]
    assert recipe.rstrip().endswith("-m infra.left_behind $(STAGE)")
