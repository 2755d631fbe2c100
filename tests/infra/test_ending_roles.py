"""A department's own account puts a type that is to end until its last day, by AWS's clock."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk.assertions import Template

from infra.constructs.department import DepartmentRole
from infra.stages import STAGES
from schemas.declaration import Department

STAYS: dict[str, Any] = {"from": "uk.gov.parks", "owner": "parks@example.gov.uk", "classification": "official"}
PARKS = Department.model_validate(
    {
        "department": "parks",
        "title": "Parks",
        "accounts": ["111122223333"],
        "contact": "parks@example.gov.uk",
        "emits": {"ParkOpened.v1": {**STAYS, "sunset": "2026-12-31"}, "ParkOpened.v2": STAYS, "ParkClosed.v1": STAYS},
    }
)


def test_only_the_type_that_ends_has_a_last_moment() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Parks")
    DepartmentRole(stack, PARKS, stage=STAGES["local"], bus=events.EventBus(stack, "Bus"))
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    found = {
        str(statement["Condition"]["StringEquals"]["events:detail-type"]): statement["Condition"].get("DateLessThan")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    }
    assert found == {
        "['parks.ParkClosed.v1', 'parks.ParkOpened.v2']": None,
        "['parks.ParkOpened.v1']": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
    }
