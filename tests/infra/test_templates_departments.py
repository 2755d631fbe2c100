"""Who may say what on the bus: a department its own, a relay its room's, nobody else anything."""

import json
import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk.assertions import Template

from infra import declarations
from infra.constructs.department import DepartmentRole, says
from infra.stages import STAGES
from schemas.declaration import Department
from tests.infra.templates import Deployment, Json, allows, listed

PUT = "events:PutEvents"
BUS = "arn:aws:events:eu-west-2:111111111111:event-bus/commonweal-dev"
DEPARTMENTS = {department.department: department for department in declarations.load()}
WITH_ACCOUNTS = sorted(slug for slug, department in DEPARTMENTS.items() if department.accounts)
EVERY_PAIR = {(source, kind) for department in DEPARTMENTS.values() for source, kinds in says(department).items() for kind in kinds}
PLATFORMS = {("uk.gov.commonweal.bus", "platform.ContentPublishRequested.v1"), ("uk.gov.commonweal.departments", "platform.KeyCreated.v1")}


def the_bus(deployment: Deployment) -> str:
    (bus,) = deployment.all("AWS::Events::EventBus")
    return bus.name


def said_by(statements: list[Json], bus: str, sources: set[str], kinds: set[str]) -> set[tuple[str, str]]:
    """Every pair of a source and a type that these statements let through to the bus."""
    return {
        (source, kind)
        for source in sources
        for kind in kinds
        if allows(statements, PUT, bus, {"events:source": source, "events:detail-type": kind})
    }


@pytest.mark.parametrize("department", WITH_ACCOUNTS)
def test_a_department_may_say_what_it_declares_and_nothing_of_anybody_elses(deployment: Deployment, department: str) -> None:
    role = deployment.named(f"department-{department}", "AWS::IAM::Role")
    statements = deployment.policies(role.name)
    sources, kinds = ({pair[part] for pair in EVERY_PAIR | PLATFORMS} for part in (0, 1))
    own = {(source, kind) for source, kinds in says(DEPARTMENTS[department]).items() for kind in kinds}
    assert said_by(statements, the_bus(deployment), sources, kinds) == own


@pytest.mark.parametrize("department", WITH_ACCOUNTS)
def test_a_department_may_do_nothing_else_and_to_nothing_else(deployment: Deployment, department: str) -> None:
    role = deployment.named(f"department-{department}", "AWS::IAM::Role")
    for statement in deployment.policies(role.name):
        if listed(statement["Action"])[0].startswith(("sqs:", "kms:")):
            # What it may take from its own queue: `test_department_stack.py`.
            assert all(resource.startswith(f"department-{department}/") for resource in listed(statement["Resource"]))
            continue
        assert listed(statement["Action"]) == [PUT]
        assert listed(statement["Resource"]) == [the_bus(deployment)]
        assert statement["Condition"].keys() == {"StringEquals"}
        assert statement["Condition"]["StringEquals"].keys() == {"events:source", "events:detail-type"}


@pytest.mark.parametrize("department", WITH_ACCOUNTS)
def test_a_departments_role_is_taken_on_from_its_own_accounts_alone(deployment: Deployment, department: str) -> None:
    trust = deployment.named(f"department-{department}", "AWS::IAM::Role").properties["AssumeRolePolicyDocument"]["Statement"]
    assert {statement["Action"] for statement in trust} == {"sts:AssumeRole"}
    trusted = {account for statement in trust for account in listed(statement["Principal"]["AWS"])}
    assert trusted == {f"arn:aws:iam::{account}:root" for account in DEPARTMENTS[department].accounts}


def parks(title: str = "Parks", **facts: str) -> Template:
    """The stack of the role of a department that says these facts, each from one of its sources."""
    emits = {
        f"{fact}.v1": {"from": f"uk.gov.parks.{source}", "owner": "a@example.gov.uk", "classification": "public"}
        for fact, source in facts.items()
    }
    accounts = ["123456789012", "210987654321"]
    declared = {"department": "parks", "title": title, "accounts": accounts, "contact": "a@example.gov.uk", "emits": emits}
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Parks")
    bus = events.EventBus.from_event_bus_arn(stack, "Bus", BUS)
    DepartmentRole(stack, Department.model_validate(declared), stage=STAGES["dev"], bus=bus)
    return Template.from_stack(stack)


@pytest.mark.usefixtures("node")
def test_one_source_may_not_say_what_was_declared_for_another() -> None:
    template = parks(GateClosed="gates", GateOpened="gates", TreeFelled="trees")
    (policy,) = template.find_resources("AWS::IAM::Policy").values()
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    kinds = {"parks.GateClosed.v1", "parks.GateOpened.v1", "parks.TreeFelled.v1"}
    assert said_by(statements, BUS, {"uk.gov.parks.gates", "uk.gov.parks.trees"}, kinds) == {
        ("uk.gov.parks.gates", "parks.GateClosed.v1"),
        ("uk.gov.parks.gates", "parks.GateOpened.v1"),
        ("uk.gov.parks.trees", "parks.TreeFelled.v1"),
    }
    template.resource_count_is("AWS::IAM::Role", 1)


@pytest.mark.usefixtures("node")
def test_a_role_says_what_iam_takes_whatever_its_department_is_called() -> None:
    (role,) = parks("Dŵr a Pharciau – “Water”", GateClosed="gates").find_resources("AWS::IAM::Role").values()
    assert re.fullmatch("[\t\n\r\x20-\x7e\xa1-\xff]{,1000}", role["Properties"]["Description"])


@pytest.mark.usefixtures("node")
def test_a_relay_speaks_for_its_own_room_and_that_of_the_bus_for_the_departments_that_ingress_heard(deployment: Deployment) -> None:
    spoken: dict[str, set[str]] = {}
    for function in deployment.all("AWS::Lambda::Function"):
        for statement in deployment.policies(function.properties["Role"]):
            if PUT in listed(statement["Action"]):
                assert statement["Resource"] == the_bus(deployment)
                assert function.properties["Environment"]["Variables"]["FUNCTION"] == "bus.relay"
                spoken.setdefault(function.stack, set()).update(listed(statement["Condition"]["StringEquals"]["events:source"]))
    assert spoken == {
        "bus": {"uk.gov.commonweal.bus", *(source for source, _ in EVERY_PAIR)},
        "data-access": {"uk.gov.commonweal.data-access"},
        "departments": {"uk.gov.commonweal.departments"},
        "notifications": {"uk.gov.commonweal.notifications"},
        "publishing": {"uk.gov.commonweal.publishing"},
    }


def test_what_departments_import_of_others_is_not_for_them_alone(deployment: Deployment) -> None:
    """Or the stack of the last one, left behind, would hold up the deployment that exports it no more."""
    imported: dict[str, set[bool]] = {}
    for stack, template in deployment.templates.items():
        for export in re.findall(r'"Fn::ImportValue": "([^"]+)"', json.dumps(template)):
            imported.setdefault(export, set()).add(stack.startswith("department-"))
    assert any(True in readers for readers in imported.values())
    assert [export for export, readers in imported.items() if readers == {True}] == []


def test_nobody_else_may_say_anything(deployment: Deployment) -> None:
    speakers = {role for role, statement in deployment.statements() if PUT in listed(statement["Action"])}
    assert len(speakers) == len(deployment.all("AWS::DynamoDB::Table")) + len(WITH_ACCOUNTS)
    kinds = {resource.type for resource in deployment.resources.values()}
    assert "AWS::Events::EventBusPolicy" not in kinds
