"""The constructs themselves: small, each of use to more than one stack, and none past cdk-nag."""

import ast
import json
from functools import cache
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from app import checked_app
from infra.constructs.bus import rule
from infra.stages import STAGES
from tests.infra.templates import ROOT

CONSTRUCTS = sorted(path.stem for path in ROOT.glob("infra/constructs/*.py") if path.stem != "__init__")
STACKS = sorted(path.stem for path in ROOT.glob("infra/stacks/*.py") if path.stem not in {"__init__", "capability"})


@cache
def imported(module: str) -> frozenset[str]:
    """The modules of the infrastructure that a module imports, and those that these import."""
    tree = ast.parse((ROOT / Path(*module.split("."))).with_suffix(".py").read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    direct = frozenset(name for name in names if name.startswith(("infra.constructs.", "infra.stacks.capability")))
    return direct.union(*(imported(name) for name in direct))


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_is_of_use_to_more_than_one_stack(construct: str) -> None:
    users = [stack for stack in STACKS if f"infra.constructs.{construct}" in imported(f"infra.stacks.{stack}")]
    assert len(users) > 1


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_is_read_at_one_glance(construct: str) -> None:
    assert len((ROOT / "infra" / "constructs" / f"{construct}.py").read_text().splitlines()) < 100


@pytest.mark.usefixtures("node")
def test_what_cdk_nag_finds_fails_the_synthesis(tmp_path: Path) -> None:
    app = checked_app(outdir=str(tmp_path))
    sqs.Queue(cdk.Stack(app, "Careless"), "Queue")
    with pytest.raises(RuntimeError):
        app.synth()
    found = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert "AwsSolutions-SQS4" in {violation["ruleName"] for report in found for violation in report["violations"]}


@pytest.mark.usefixtures("node")
def test_a_rule_that_eventbridge_would_refuse_is_refused_here() -> None:
    pattern = {"detail-type": [f"parks.Gate{number}Closed.v1" for number in range(100)]}
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Parks")
    with pytest.raises(ValueError, match="the pattern of parks-gates is longer than the 2048 characters"):
        rule(
            stack,
            name="parks-gates",
            bus="commonweal-dev",
            pattern=pattern,
            queue=None,  # type: ignore[arg-type]  # it comes to none of these
            stage=STAGES["dev"],
            key=None,  # type: ignore[arg-type]
            alarms=None,  # type: ignore[arg-type]
        )
