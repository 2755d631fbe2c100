"""Two hundred departments: nothing that AWS bounds is outgrown, and nobody may do more for there being so many."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from app import CONTEXT
from infra import declarations
from infra.constructs.department import says
from infra.retention import LONGEST
from infra.stacks.bus import BusStack
from infra.stacks.capability import Platform
from infra.stacks.data_access import DataAccess
from infra.stacks.department import DepartmentStack, has_a_stack
from infra.stacks.departments import Departments
from infra.stacks.foundation import Foundation
from infra.stages import STAGES
from schemas.declaration import Department
from tests.infra import many
from tests.infra.templates import POLICIES, Deployment, Json, listed

NUMBER = 200
PROD = STAGES["prod"]
INTRINSIC = 100
"""Characters of an ARN, as which every reference is counted: ours have fewer."""


@pytest.fixture(scope="module")
def departments(tmp_path_factory: pytest.TempPathFactory) -> list[Department]:
    return declarations.load(*many.written(tmp_path_factory.mktemp("many"), NUMBER))


@pytest.fixture(scope="module")
def crowd(departments: list[Department], tmp_path_factory: pytest.TempPathFactory, node_for_all: None) -> Deployment:
    """What the departments share, and the stack of each; what no department adds to is left out."""
    home = tmp_path_factory.mktemp("assembly")
    # Without cdk-nag: it has seen one of each in `test_department_stack.py`.
    app = cdk.App(context=CONTEXT, analytics_reporting=False, outdir=str(home))
    platform = Platform(app, PROD, departments, Foundation(app, PROD))
    BusStack(platform)
    Departments(platform)
    DataAccess(platform)
    for one in departments:
        if has_a_stack(one):
            DepartmentStack(platform, one)
    app.synth()
    return Deployment(PROD, home)


def characters(value: Any) -> int:
    """The length of a policy as AWS stores it: no white space, and an ARN wherever something is referred to."""
    return len(json.dumps(_resolved(value), separators=(",", ":")))


def _resolved(value: Any) -> Any:
    match value:
        case {"Fn::Join": ["", parts]}:
            return "".join(part if isinstance(part, str) else "x" * 20 for part in parts)
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            return "x" * INTRINSIC
        case dict():
            return {key: _resolved(inner) for key, inner in value.items()}
        case list():
            return [_resolved(inner) for inner in value]
    return value


def raw(crowd: Deployment, kind: str) -> Iterator[tuple[str, Json]]:
    """Every resource of a type as its template says it, with its stack."""
    for stack, template in crowd.templates.items():
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                yield stack, resource["Properties"]


def test_there_is_a_stack_for_each_and_none_is_larger_than_cloudformation_takes(crowd: Deployment) -> None:
    assert len([stack for stack in crowd.templates if stack.startswith("department-")]) == NUMBER
    assert len(crowd.templates) <= 2_000 / 4
    for stack, template in crowd.templates.items():
        assert len(template["Resources"]) <= 500, stack
        assert len(template.get("Outputs", {})) <= 200, stack
        assert (crowd.home / f"{stack}.template.json").stat().st_size <= 1_000_000, stack


def test_what_departments_share_grows_by_less_than_a_resource_for_each(crowd: Deployment) -> None:
    assert len(crowd.templates["bus"]["Resources"]) < NUMBER
    assert len(crowd.templates["departments"]["Resources"]) < NUMBER / 2


def test_every_role_has_policies_that_iam_takes(crowd: Deployment) -> None:
    inline, managed = Counter[str](), Counter[str]()
    for stack, policy in raw(crowd, "AWS::IAM::Policy"):
        for role in policy["Roles"]:
            inline[f"{stack}/{role['Ref']}"] += characters(policy["PolicyDocument"])
    for stack, policy in raw(crowd, "AWS::IAM::ManagedPolicy"):
        assert characters(policy["PolicyDocument"]) <= 6_144
        managed.update(f"{stack}/{role['Ref']}" for role in policy["Roles"])
    assert max(inline.values()) <= 10_240
    assert max(managed.values()) <= 10
    assert managed.total() <= 1_500
    roles = list(raw(crowd, "AWS::IAM::Role"))
    assert NUMBER < len(roles) <= 1_000 / 2
    assert max(characters(role["AssumeRolePolicyDocument"]) for _, role in roles) <= 2_048


def test_the_bus_has_rules_and_patterns_that_eventbridge_takes(crowd: Deployment) -> None:
    rules, archives = crowd.all("AWS::Events::Rule"), crowd.all("AWS::Events::Archive")
    # Each archive is a rule of the bus, too.
    assert len(rules) + len(archives) <= 300 / 2
    for one in (*rules, *archives):
        assert len(json.dumps(one.properties.get("EventPattern", {}))) <= 2_048, one.name
        assert len(one.properties.get("Targets", ())) <= 5
    assert len(archives) > len({one.properties["RetentionDays"] for one in archives}), "nothing was split"
    assert len({one.properties["ArchiveName"] for one in archives}) == len(archives)
    assert max(len(one.properties["ArchiveName"]) for one in archives) <= 48
    assert LONGEST < 2_048


def test_every_queue_and_key_has_a_policy_that_is_taken(crowd: Deployment) -> None:
    for _, queue in raw(crowd, "AWS::SQS::QueuePolicy"):
        statements = queue["PolicyDocument"]["Statement"]
        assert characters(queue["PolicyDocument"]) <= 8_192
        assert len(statements) <= 20
        assert sum(len(listed(one["Principal"]["AWS"])) for one in statements if "AWS" in one["Principal"]) <= 50
        assert max(len(listed(one["Action"])) for one in statements) <= 7
    keys = list(raw(crowd, "AWS::KMS::Key"))
    # Beside theirs, the platform's own and that by which checkpoints are signed.
    assert len(keys) == NUMBER + 2
    assert max(characters(key["KeyPolicy"]) for _, key in keys) <= 32_768


def test_a_function_is_told_no_more_and_routes_and_permissions_are_no_more(crowd: Deployment) -> None:
    assert max(characters(one["Environment"]) for _, one in raw(crowd, "AWS::Lambda::Function")) <= 4_096
    assert len(crowd.all("AWS::ApiGatewayV2::Route")) <= 300 / 4
    of = Counter(one.properties["FunctionName"] for one in crowd.all("AWS::Lambda::Permission"))
    assert set(of.values()) == {1}


def test_the_declarations_of_all_are_a_hundredth_of_what_a_bundle_may_hold(departments: list[Department], crowd: Deployment) -> None:
    schemas_root = next(crowd.home.parent.glob("many*")) / "schemas"
    compiled = declarations.laid_out(declarations.compile(departments, schemas_root))
    assert 1_000_000 < len(compiled.encode()) <= 250_000_000 / 100


def test_the_bus_speaks_for_every_department_and_for_nobody_else(crowd: Deployment, departments: list[Department]) -> None:
    (relay,) = [
        one.properties["Role"] for one in crowd.all("AWS::Lambda::Function") if one.properties["FunctionName"].endswith("-bus-relay")
    ]
    spoken = [
        source
        for statement in crowd.policies(relay)
        if statement["Action"] == "events:PutEvents"
        for source in listed(statement["Condition"]["StringEquals"]["events:source"])
    ]
    assert len(spoken) == len(set(spoken))
    assert set(spoken) == {"uk.gov.commonweal.bus", *(source for one in departments for source in says(one))}


def test_events_are_handed_on_to_every_queue_that_departments_named_to_those_here_and_to_no_other(
    crowd: Deployment, departments: list[Department]
) -> None:
    (forward,) = [
        one.properties["Role"] for one in crowd.all("AWS::Lambda::Function") if one.properties["FunctionName"].endswith("-forward")
    ]
    named = [
        queue
        for statement in crowd.policies(forward)
        if statement["Action"] == "sqs:SendMessage"
        for queue in listed(statement["Resource"])
        if queue.startswith("arn:")
    ]
    here = f"arn:aws:sqs:eu-west-2:{PROD.account}:{PROD.prefix}-to-*"
    assert sorted(named) == sorted({here, *(queue.arn for one in departments for queue in one.queues.values())})


def test_a_queue_elsewhere_may_be_under_a_key_of_its_departments_and_no_key_here_is_meant(crowd: Deployment) -> None:
    elsewhere = [
        (crowd.resources[role].properties["RoleName"], set(statement["Action"]), statement["Condition"])
        for role, statement in crowd.statements()
        if "arn:aws:kms:eu-west-2:*:key/*" in listed(statement["Resource"])
    ]
    only = {
        "StringEquals": {"kms:ViaService": "sqs.eu-west-2.amazonaws.com"},
        "StringNotEquals": {"aws:ResourceAccount": PROD.account},
    }
    assert elsewhere == [(f"{PROD.prefix}-bus-forward", {"kms:Decrypt", "kms:GenerateDataKey"}, only)]


def test_a_department_that_joins_changes_one_policy_of_a_role_that_speaks_for_all(crowd: Deployment) -> None:
    lists = [
        listed(statement["Condition"]["StringEquals"]["events:source"])
        for policy in crowd.resources.values()
        if policy.type == POLICIES[1]
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Action"] == "events:PutEvents"
    ]
    places = {source: number for number, sources in enumerate(lists) for source in sources}
    # Its sources are spread by their names alone: whoever else is there moves none of them.
    assert len(set(places.values())) > 4
    assert max(Counter(places.values()).values()) < 2 * NUMBER * 3 / len(lists)
