"""A department's own stack: who may come in as it, what it may do, and who reads what its queue holds."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest

from app import checked_app
from infra.account_checks import MOST_ACCOUNTS
from infra.constructs.bus import Bus
from infra.stacks.capability import Platform
from infra.stacks.department import DepartmentStack, has_a_stack
from infra.stacks.foundation import Foundation
from infra.stages import STAGES
from schemas.declaration import Department
from tests.infra.templates import Deployment, Json, listed

DEV = STAGES["dev"]
ACCOUNTS = ["111122223333", "444455556666"]
ORGANISATION = "o-a1b2c3d4e5"
IN_IT = {"aws:PrincipalOrgID": ORGANISATION}
FORWARD = f"arn:aws:iam::{DEV.account}:role/commonweal-dev-bus-forward"
TAKE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
USE = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant"}
THROUGH_SQS = {"kms:ViaService": "sqs.eu-west-2.amazonaws.com"}
HEARS: Json = {"next-door": {"to": "rivers.GateClosed.v1", "fields": ["gate"], "purpose": "To plan visits."}}


def department(slug: str, **declared: Any) -> Department:
    emits = {"GateClosed.v1": {"from": f"uk.gov.{slug}.gates", "owner": "gates@example.gov.uk", "classification": "public"}}
    whole = {"department": slug, "title": slug.title(), "contact": f"{slug}@example.gov.uk", "emits": emits, **declared}
    return Department.model_validate(whole)


PARKS = department("parks", accounts=ACCOUNTS, subscriptions=HEARS, budget={"monthly_gbp": 40})
ROADS = department(
    "roads",
    accounts=ACCOUNTS,
    aws_organisation=ORGANISATION,
    subscriptions=HEARS,
    budget={"monthly_gbp": 1},
    contacts={"finance": "f@x.gov", "on_call": "night@roads.example"},
)
COASTS = department("coasts", aws_organisation=ORGANISATION, subscriptions=HEARS)
CANALS = department("canals", accounts=ACCOUNTS)
WEBHOOK = {"next-door": {**HEARS["next-door"], "webhook": "map"}}
BRIDGES = department("bridges", subscriptions=WEBHOOK, webhooks={"map": {"url": "https://map.example.gov.uk"}}, budget={"monthly_gbp": 9})
HARBOURS = department(
    "harbours", accounts=[f"{place:012}" for place in range(MOST_ACCOUNTS)], aws_organisation=ORGANISATION, subscriptions=HEARS
)
EVERYBODY = (HARBOURS, PARKS, ROADS, COASTS, CANALS, BRIDGES)
WITH_QUEUES = ("harbours", "parks", "roads", "coasts")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, node_for_all: None) -> Deployment:
    """The stacks of these departments, past cdk-nag."""
    home = tmp_path_factory.mktemp("departments")
    app = checked_app(outdir=str(home))
    platform = Platform(app, DEV, EVERYBODY, Foundation(app, DEV))
    bus = cdk.Stack(app, "bus", env=cdk.Environment(account=DEV.account, region=DEV.region))
    platform.bus = Bus(bus, stage=DEV, key=platform.foundation.key, alarms=platform.foundation.alarms)
    for one in EVERYBODY:
        if has_a_stack(one):
            DepartmentStack(platform, one)
    app.synth()
    return Deployment(DEV, home)


def role(made: Deployment, slug: str) -> str:
    return made.named(f"department-{slug}", "AWS::IAM::Role").name


def queue(made: Deployment, slug: str, ending: str = "") -> str:
    return made.named(f"to-{slug}{ending}", "AWS::SQS::Queue").name


def key_policy(made: Deployment, slug: str) -> list[Json]:
    (key,) = [one for one in made.all("AWS::KMS::Key") if one.stack == f"department-{slug}"]
    statements: list[Json] = key.properties["KeyPolicy"]["Statement"]
    return statements


def queue_policy(made: Deployment, name: str) -> list[Json]:
    (found,) = [one for one in made.all("AWS::SQS::QueuePolicy") if name in one.properties["Queues"]]
    return [one for one in found.properties["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]


def let(statements: list[Json], *actions: str) -> dict[str, dict[str, str]]:
    """Who is let do any of this, each with the conditions of it."""
    return {
        who: {key: value for keys in statement.get("Condition", {}).values() for key, value in keys.items()}
        for statement in statements
        if set(listed(statement["Action"])) & set(actions)
        for who in listed(statement["Principal"]["AWS"])
    }


def those_of(accounts: list[str]) -> set[str]:
    return {f"arn:aws:iam::{account}:root" for account in accounts}


@pytest.mark.parametrize(
    ("slug", "trusted", "condition"),
    [("parks", those_of(ACCOUNTS), {}), ("roads", those_of(ACCOUNTS), IN_IT), ("coasts", {"*"}, IN_IT), ("canals", those_of(ACCOUNTS), {})],
)
def test_the_role_is_taken_on_from_the_accounts_those_of_them_in_the_organisation_or_whoever_is_in_it(
    made: Deployment, slug: str, trusted: set[str], condition: Json
) -> None:
    trust = made.resources[role(made, slug)].properties["AssumeRolePolicyDocument"]["Statement"]
    assert {statement["Action"] for statement in trust} == {"sts:AssumeRole"}
    assert let(trust, "sts:AssumeRole") == dict.fromkeys(trusted, condition)


@pytest.mark.parametrize("slug", WITH_QUEUES)
def test_the_role_puts_its_own_events_and_takes_from_its_own_queues_and_does_nothing_else(made: Deployment, slug: str) -> None:
    (bus,) = made.all("AWS::Events::EventBus")
    may = {
        (action, resource)
        for statement in made.policies(role(made, slug))
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    queues = {queue(made, slug), queue(made, slug, "-dead")}
    (key,) = {made.resources[one].properties["KmsMasterKeyId"] for one in queues}
    assert may == {("events:PutEvents", bus.name), ("kms:Decrypt", key), *((action, one) for action in TAKE for one in queues)}


@pytest.mark.parametrize("slug", WITH_QUEUES)
def test_one_function_sends_to_the_queue_and_nobody_to_its_dead_letters(made: Deployment, slug: str) -> None:
    assert let(queue_policy(made, queue(made, slug)), "sqs:SendMessage") == {FORWARD: {}}
    assert let(queue_policy(made, queue(made, slug, "-dead")), "sqs:SendMessage") == {}


@pytest.mark.parametrize("ending", ["", "-dead"])
@pytest.mark.parametrize(
    ("slug", "others", "condition"),
    [("parks", those_of(ACCOUNTS), {}), ("roads", those_of(ACCOUNTS), IN_IT), ("coasts", {"*"}, IN_IT)],
)
def test_the_department_takes_from_its_queues_and_nobody_else(
    made: Deployment, slug: str, others: set[str], condition: Json, ending: str
) -> None:
    statements = queue_policy(made, queue(made, slug, ending))
    assert let(statements, *TAKE) == {role(made, slug): {}, **dict.fromkeys(others, condition)}
    assert {action for one in statements for action in listed(one["Action"])} <= TAKE | {"sqs:SendMessage"}
    assert {one["Resource"] for one in statements} == {queue(made, slug, ending)}


@pytest.mark.parametrize(
    ("slug", "others", "condition"),
    [("parks", those_of(ACCOUNTS), {}), ("roads", those_of(ACCOUNTS), IN_IT), ("coasts", {"*"}, IN_IT)],
)
def test_the_key_opens_to_who_takes_and_seals_for_who_sends_through_sqs_alone(
    made: Deployment, slug: str, others: set[str], condition: Json
) -> None:
    statements = key_policy(made, slug)
    takers = {role(made, slug): {}, **dict.fromkeys(others, condition)}
    assert let(statements, "kms:Decrypt") == {
        FORWARD: THROUGH_SQS,
        **{who: {**conditions, **THROUGH_SQS} for who, conditions in takers.items()},
    }
    assert let(statements, "kms:GenerateDataKey") == {FORWARD: THROUGH_SQS}
    assert let(statements, *(USE - {"kms:Decrypt", "kms:GenerateDataKey"})) == {}


def test_who_runs_the_platform_looks_after_a_departments_key_and_cannot_use_it(made: Deployment) -> None:
    root = f"arn:aws:iam::{DEV.account}:root"
    for slug in WITH_QUEUES:
        actions = {action for one in key_policy(made, slug) if root in listed(one["Principal"]["AWS"]) for action in listed(one["Action"])}
        assert "kms:PutKeyPolicy" in actions
        assert not actions & USE
        assert not [action for action in actions if "*" in action]


def test_each_queue_has_a_key_of_its_own_that_is_changed_every_year(made: Deployment) -> None:
    keys = [one for one in made.all("AWS::KMS::Key") if one.stack != "foundation"]
    assert {one.stack for one in keys} == {f"department-{slug}" for slug in WITH_QUEUES}
    assert all(one.properties["EnableKeyRotation"] is True for one in keys)
    for slug in WITH_QUEUES:
        used = {made.resources[queue(made, slug, ending)].properties["KmsMasterKeyId"] for ending in ("", "-dead")}
        assert [made.resources[key].stack for key in used] == [f"department-{slug}"]


@pytest.mark.parametrize("slug", WITH_QUEUES)
def test_somebody_is_told_of_dead_letters_and_of_messages_that_wait_long_before_they_are_gone(made: Deployment, slug: str) -> None:
    topic = made.named("alarms", "AWS::SNS::Topic").name
    alarms = [one.properties for one in made.all("AWS::CloudWatch::Alarm") if one.stack == f"department-{slug}"]
    watched = {(one["MetricName"], one["Dimensions"][0]["Value"].removesuffix(".QueueName")): one["Threshold"] for one in alarms}
    waits = watched[("ApproximateAgeOfOldestMessage", queue(made, slug))]
    assert watched == {
        ("ApproximateAgeOfOldestMessage", queue(made, slug)): waits,
        ("ApproximateNumberOfMessagesVisible", queue(made, slug, "-dead")): 0,
    }
    assert waits <= made.resources[queue(made, slug)].properties["MessageRetentionPeriod"] / 2
    assert [one["AlarmActions"] for one in alarms] == [[topic]] * 2


def test_who_sends_over_http_and_hears_by_webhook_needs_no_stack_and_who_has_accounts_alone_no_queue(made: Deployment) -> None:
    assert "department-bridges" not in made.templates
    assert "AWS::SQS::Queue" not in {one.type for one in made.resources.values() if one.stack == "department-canals"}


def test_as_many_accounts_as_a_file_may_name_are_within_what_iam_and_sqs_take(made: Deployment) -> None:
    trust = made.resources[role(made, "harbours")].properties["AssumeRolePolicyDocument"]
    assert len(let(trust["Statement"], "sts:AssumeRole")) == MOST_ACCOUNTS
    assert len(json.dumps(trust, separators=(",", ":"))) <= 2_048
    statements = queue_policy(made, queue(made, "harbours"))
    assert sum(len(listed(one["Principal"]["AWS"])) for one in statements) < 50
    assert len(json.dumps(statements)) < 8_000


def test_a_budget_is_told_to_who_answers_for_money_and_counts_what_is_tagged_as_the_departments(made: Deployment) -> None:
    budgets = {one.stack: one.properties for one in made.all("AWS::Budgets::Budget")}
    assert budgets.keys() == {"department-parks", "department-roads"}
    parks = budgets["department-parks"]
    assert parks["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    assert parks["Budget"]["CostFilters"] == {"TagKeyValue": ["user:Department$parks"]}
    told = {
        stack: {who["Address"] for one in said["NotificationsWithSubscribers"] for who in one["Subscribers"]}
        for stack, said in budgets.items()
    }
    assert told == {"department-parks": {"parks@example.gov.uk"}, "department-roads": {"f@x.gov"}}
    for one in made.resources.values():
        if one.stack == "department-parks" and "Tags" in one.properties:
            assert {"Key": "Department", "Value": "parks"} in one.properties["Tags"], one.name


def test_the_departments_own_people_are_written_to_of_the_alarms_of_its_own_queues_alone(made: Deployment) -> None:
    told = {one.stack: one.properties for one in made.all("AWS::SNS::Subscription")}
    assert {stack.removeprefix("department-") for stack in told} == set(WITH_QUEUES)
    (alarms,) = made.all("AWS::SNS::Topic")
    assert {said["TopicArn"] for said in told.values()} == {alarms.name}
    assert {stack: said["Endpoint"] for stack, said in told.items() if stack in ("department-parks", "department-roads")} == {
        "department-parks": "parks@example.gov.uk",
        "department-roads": "night@roads.example",
    }
    # As CloudFormation names them: by the stack and the logical id, with something random at the end.
    alarmed = {
        (stack, f"commonweal-dev-{stack}-{logical}")
        for stack, template in made.templates.items()
        for logical, one in template["Resources"].items()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    }
    for stack, said in told.items():
        (begins,) = said["FilterPolicy"]["AlarmName"]
        heard = [of for of, name in alarmed if name.startswith(begins["prefix"])]
        assert heard == [stack, stack]


def test_a_department_says_where_it_comes_in_and_where_its_messages_are(made: Deployment) -> None:
    assert made.outputs("department-parks").keys() == {"RoleArn", "QueueUrl"}
    assert made.outputs("department-canals").keys() == {"RoleArn"}
