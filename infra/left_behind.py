"""Take away the stacks of departments that are gone, or that need nothing of their own any more: their roles, queues and keys go with them.

No deployment deletes a stack because nobody declares it any more, and a role that stayed would let its accounts in for good. After one to
AWS, `python -m infra.left_behind <stage>` names these stacks and asks (`make deploy`); on a laptop they go with the deployment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.stages import STAGES

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

ROOT = Path(__file__).parents[1]
LONGEST_TRIES = 120


def left_behind(assembly: Path, prefix: str, cloudformation: CloudFormationClient) -> list[str]:
    """The names of the stacks of departments that are deployed under this prefix and that a cloud assembly has no more."""
    wanted = set(_named(json.loads((assembly / "manifest.json").read_text())["artifacts"]))
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    deployed = {stack["StackName"] for page in pages for stack in page["Stacks"] if stack["StackStatus"] != "DELETE_COMPLETE"}
    return sorted(name for name in deployed - wanted if name.startswith(f"{prefix}-department-"))


def take_away(stacks: Iterable[str], cloudformation: CloudFormationClient, *, every: float = 5.0) -> None:
    """Delete these stacks, one after the other. Raises botocore's WaiterError, which says why, where one will not go."""
    for name in stacks:
        cloudformation.delete_stack(StackName=name)
        waits: Any = {"Delay": every, "MaxAttempts": LONGEST_TRIES}
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=waits)


def main(name: str) -> None:
    """Ask about what the last deployment of a stage left behind, and take it away."""
    import boto3  # 0.2 s, which a deployment on a laptop has no need of here

    stage = STAGES[name]
    session = boto3.Session(region_name=stage.region)
    if (account := session.client("sts").get_caller_identity()["Account"]) != stage.account:
        sys.exit(f"These credentials are of account {account}; stage {name} is in {stage.account} (infra/stages.py).")
    cloudformation = session.client("cloudformation")
    left = left_behind(ROOT / "cdk.out" / name, stage.prefix, cloudformation)
    if not left:
        return
    print("No file declares what these stacks hold: a department's way in, its queue and what lies in it.", *left, sep="\n  ")
    answer = ""
    with suppress(EOFError):
        answer = input("Delete them? [y/N] ")
    if answer.strip().lower() not in ("y", "yes"):
        sys.exit("They stay, and whoever came in by them still does.")
    take_away(left, cloudformation)


def _named(artifacts: dict[str, Any]) -> Iterator[str]:
    for name, artifact in artifacts.items():
        if artifact["type"] == "aws:cloudformation:stack":
            yield artifact["properties"].get("stackName", name)


if __name__ == "__main__":
    main(sys.argv[1])
