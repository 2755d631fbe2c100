"""A department's way in from its own AWS accounts: a role here that may put its own events on the bus, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.account_checks import said_in
from infra.stages import Stage
from schemas.declaration import Department

LONGEST_STATEMENT = 5_000
"""Characters of the types of one statement. IAM takes 6,144 of a managed policy, in which it must fit with its source and its date."""


class DepartmentRole(iam.Role):
    """A role, because a bus policy holds about twenty departments. Each statement pairs one source with the types it may say."""

    def __init__(self, scope: Construct, department: Department, *, stage: Stage, bus: events.IEventBus) -> None:
        super().__init__(
            scope,
            "Role",
            role_name=f"{stage.prefix}-department-{department.department}",
            # By its name: IAM takes no letter past ÿ in a description, and a title may have them.
            description=f"The department {department.department} puts its own events on the bus.",
            assumed_by=iam.CompositePrincipal(*trusted(department)),
            max_session_duration=cdk.Duration.hours(1),
        )
        role = self.node.default_child
        assert isinstance(role, iam.CfnRole)  # noqa: S101  # for the type alone
        # In one statement: CDK makes one for each account, and forty of them are longer than IAM takes.
        come_in = iam.PolicyStatement(actions=["sts:AssumeRole"], principals=list(trusted(department)))
        role.assume_role_policy_document = iam.PolicyDocument(statements=[come_in])
        for source, types, until in _statements(department):
            conditions: dict[str, dict[str, object]] = {"StringEquals": {"events:source": source, "events:detail-type": types}}
            if until:
                # By AWS's own clock: an event's time is what its producer says.
                conditions["DateLessThan"] = {"aws:CurrentTime": until}
            self.add_to_policy(iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn], conditions=conditions))


def trusted(department: Department) -> Sequence[iam.PrincipalBase]:
    """Who comes for a department: its accounts, as long as they are in its organisation where it names one, or else whoever is in that."""
    organisation = department.aws_organisation
    if not department.accounts:
        return [iam.OrganizationPrincipal(organisation)] if organisation else []
    accounts = [iam.AccountPrincipal(account) for account in department.accounts]
    if not organisation:
        return accounts
    return [account.with_conditions({"StringEquals": {"aws:PrincipalOrgID": organisation}}) for account in accounts]


def says(department: Department) -> dict[str, set[str]]:
    """What a department may say: the types of event, by source."""
    said: dict[str, set[str]] = {}
    for fact, emits in department.emits.items():
        said.setdefault(emits.source, set()).add(f"{department.department}.{fact}")
    for request, by in department.requests.items():
        said.setdefault(by.source, set()).add(f"platform.{request}")
    return said


def _statements(department: Department) -> Iterator[tuple[str, list[str], str]]:
    """Each source with types that it may say, and until when; those that stay stand together, and have no end."""
    ends = {
        department.type_of(fact): f"{emits.sunset + timedelta(days=1)}T00:00:00Z"
        for fact, emits in department.emits.items()
        if emits.sunset
    }
    for source, types in sorted(says(department).items()):
        for until in sorted({ends.get(type_, "") for type_ in types}):
            for some in _parted(sorted(type_ for type_ in types if ends.get(type_, "") == until)):
                yield source, some, until


def _parted(types: Sequence[str]) -> Iterator[list[str]]:
    """The types in statements that each fit a managed policy: CDK puts whole ones there once they outgrow what stands inline."""
    part: list[str] = []
    for type_ in types:
        if part and sum(map(said_in, part)) + said_in(type_) > LONGEST_STATEMENT:
            yield part
            part = []
        part.append(type_)
    if part:
        yield part
