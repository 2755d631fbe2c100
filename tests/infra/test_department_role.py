"""The role of a department that may say more than one policy of IAM holds."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk.assertions import Template

from infra import account_checks
from infra.account_checks import MOST_SAID, said_in
from infra.constructs.department import DepartmentRole
from infra.declared import Declared
from infra.lined_yaml import Source
from infra.stages import STAGES
from schemas.declaration import Department

BUS = "arn:aws:events:eu-west-2:222222222222:event-bus/commonweal-prod"
EMITS = {"from": "uk.gov.parks-and-gardens.gates", "owner": "gates@example.gov.uk", "classification": "public"}
INLINE, MANAGED, MOST_MANAGED = 10_240, 6_144, 10
"""What IAM takes: characters of all that stands inline in a role, and of each managed policy, and so many of these."""


def department(facts: int, **more: Any) -> Department:
    emits = {f"GateClosedAtTheFarEndOfThePark{number}.v1": EMITS for number in range(facts)}
    said = {"department": "parks-and-gardens", "title": "Parks", "contact": "gates@example.gov.uk", "accounts": ["111122223333"]}
    return Department.model_validate({**said, "emits": emits, **more})


def template(department: Department) -> Template:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Parks")
    DepartmentRole(stack, department, stage=STAGES["prod"], bus=events.EventBus.from_event_bus_arn(stack, "Bus", BUS))
    return Template.from_stack(stack)


def policies(template: Template, kind: str) -> list[dict[str, Any]]:
    return [found["Properties"]["PolicyDocument"] for found in template.find_resources(f"AWS::IAM::{kind}").values()]


def most() -> int:
    """So many facts as one department may have with an account of its own."""
    return (MOST_SAID - account_checks.AROUND) // said_in("parks-and-gardens.GateClosedAtTheFarEndOfThePark100.v1")


@pytest.mark.parametrize("facts", [1, 200, most()])
def test_a_role_may_say_every_type_in_policies_that_iam_takes(facts: int) -> None:
    parks = department(facts)
    found = template(parks)
    inline, managed = policies(found, "Policy"), policies(found, "ManagedPolicy")
    assert sum(_length(document) for document in inline) <= INLINE
    assert [document for document in managed if _length(document) > MANAGED] == []
    assert len(managed) <= MOST_MANAGED
    conditions = [statement["Condition"]["StringEquals"] for document in inline + managed for statement in document["Statement"]]
    said = [type_ for condition in conditions for type_ in _listed(condition["events:detail-type"])]
    assert sorted(said) == sorted(parks.type_of(fact) for fact in parks.emits)
    assert {condition["events:source"] for condition in conditions} == {EMITS["from"]}


def test_more_than_a_role_can_say_is_a_mistake_for_whoever_has_accounts() -> None:
    def told(**more: Any) -> list[str]:
        one = Declared(department(most() + 20, **more), Source("parks-and-gardens.yaml"), {})
        return [problem.what for problem in account_checks.within(one)]

    assert told() == ["are more types than a role can say: part the department in two, or leave accounts out and send events over HTTP"]
    assert told(accounts=[]) == []


def _listed(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def _length(document: dict[str, Any]) -> int:
    """The characters of a policy as IAM counts them: without white space."""
    return len(json.dumps(document, separators=(",", ":")))
