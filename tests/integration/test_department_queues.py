"""Two departments with queues of their own, deployed beside the others: each takes what is its own, and neither what is the other's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError

from app import CONTEXT
from infra.constructs.bus import Bus
from infra.left_behind import left_behind, take_away
from infra.local import deploy, synth
from infra.local.platform import ROOT
from infra.stacks.capability import Platform
from infra.stacks.department import DepartmentStack
from infra.stacks.foundation import Foundation, environment
from infra.stages import STAGES
from schemas.declaration import Department
from tests.integration.stack import Stack

LOCAL = STAGES["local"]
ACCOUNT = "777788889999"
ENFORCED = os.environ.get("COMMONWEAL_ENFORCE_IAM") == "1"
pytestmark = pytest.mark.skipif(not ENFORCED, reason="IAM is enforced where COMMONWEAL_ENFORCE_IAM is 1, as in `make test`")


def department(slug: str) -> Department:
    hears = {"to": "environment-agency.FloodWarningIssued.v1", "fields": ["severity"], "purpose": "To close gates."}
    declared = {
        "department": slug,
        "title": slug.title(),
        "contact": "a@example.gov.uk",
        "accounts": [ACCOUNT],
        "subscriptions": {"w": hears},
        "budget": {"monthly_gbp": 10},
    }
    return Department.model_validate(declared)


@pytest.fixture(scope="module")
def queues(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of each one's queue."""
    home, slugs = tmp_path_factory.mktemp("departments"), ("parks", "roads")
    with pytest.MonkeyPatch.context() as where:
        where.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        app = cdk.App(context=CONTEXT, analytics_reporting=False, outdir=str(home))
        platform = Platform(app, LOCAL, [], Foundation(app, LOCAL))
        # What others import of the bus's stack is called as it is called there.
        bus = cdk.Stack(app, "bus", stack_name=f"{LOCAL.prefix}-bus", env=environment(LOCAL))
        platform.bus = Bus(bus, stage=LOCAL, key=platform.foundation.key, alarms=platform.foundation.alarms)
        for slug in slugs:
            DepartmentStack(platform, department(slug))
        app.synth()
    made = {one.name: one for one in deploy.read(home)}
    outputs = {}
    for slug in slugs:
        done = deploy.apply(made[f"{LOCAL.prefix}-department-{slug}"], None, stack.platform.client, lambda line: None)
        outputs[slug] = {one["OutputKey"]: one["OutputValue"] for one in done["Outputs"]}
    return {slug: told["QueueUrl"] for slug, told in outputs.items()}


def test_a_department_takes_from_its_own_queue_and_is_refused_anothers(stack: Stack, queues: dict[str, str]) -> None:
    parks, roads = (
        stack.platform.client("sqs", stack.platform.assume(f"{LOCAL.prefix}-department-{slug}", account=ACCOUNT))
        for slug in ("parks", "roads")
    )
    stack.platform.client("sqs").send_message(QueueUrl=queues["parks"], MessageBody="{}")
    with pytest.raises(ClientError, match="AccessDenied"):
        roads.receive_message(QueueUrl=queues["parks"])
    with pytest.raises(ClientError, match="AccessDenied"):
        roads.get_queue_attributes(QueueUrl=queues["parks"], AttributeNames=["All"])
    for slug, queue in queues.items():
        with pytest.raises(ClientError, match="AccessDenied"):
            parks.send_message(QueueUrl=queue, MessageBody="{}")
        with pytest.raises(ClientError, match="AccessDenied"):
            parks.purge_queue(QueueUrl=queue)
        assert stack.depth(f"to-{slug}") == (slug == "parks")
    (message,) = parks.receive_message(QueueUrl=queues["parks"])["Messages"]
    assert message["Body"] == "{}"
    parks.change_message_visibility(QueueUrl=queues["parks"], ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=60)
    parks.delete_message(QueueUrl=queues["parks"], ReceiptHandle=message["ReceiptHandle"])


def test_the_function_that_hands_events_on_reaches_every_departments_queue_and_no_other_function_does(
    stack: Stack, queues: dict[str, str]
) -> None:
    iam = stack.platform.client("iam")
    for function, may in (("bus-forward", True), ("bus-reactions", False), ("notifications-announce", False)):
        arn = f"arn:aws:iam::{LOCAL.account}:role/{LOCAL.prefix}-{function}"
        for slug in queues:
            queue = f"arn:aws:sqs:{LOCAL.region}:{LOCAL.account}:{LOCAL.prefix}-to-{slug}"
            answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["sqs:SendMessage"], ResourceArns=[queue])
            assert (answer["EvaluationResults"][0]["EvalDecision"] == "allowed") == may, (function, slug)


def test_what_a_department_leaves_behind_goes_with_its_way_in_and_its_queue(stack: Stack, queues: dict[str, str]) -> None:
    cloudformation = stack.platform.client("cloudformation")
    left = left_behind(synth.assembly(ROOT, "local"), LOCAL.prefix, cloudformation)
    assert left == [f"{LOCAL.prefix}-department-{slug}" for slug in queues]
    take_away(left, cloudformation, every=0.1)
    assert left_behind(synth.assembly(ROOT, "local"), LOCAL.prefix, cloudformation) == []
    for slug in queues:
        with pytest.raises(ClientError):
            stack.platform.assume(f"{LOCAL.prefix}-department-{slug}", account=ACCOUNT)
    assert {"to-parks", "to-roads", "to-parks-dead", "to-roads-dead"}.isdisjoint(stack.queues())
    assert "to-communities" in stack.queues()
