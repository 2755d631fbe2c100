"""The example app of a department beside the platform: two accounts, and in each what the other counts on."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import aws_lambda as lambda_

from infra.constructs.bus import Bus
from infra.constructs.department import says
from infra.declarations import DeclarationError, load
from infra.stacks.capability import Platform
from infra.stacks.department import DepartmentStack
from infra.stacks.foundation import Foundation, environment
from infra.stages import STAGES, Stage
from infra.tools.samples import lacking
from schemas.declaration import Department
from tests.infra.templates import ROOT, Deployment, Json, allows, listed

EXAMPLE = ROOT / "docs" / "examples" / "department-app"
DECLARED = Department.model_validate(yaml.safe_load((EXAMPLE / "platform" / "harbour-board.yaml").read_text()))
CONSENT: dict[str, Any] = yaml.safe_load((EXAMPLE / "platform" / "consent.yaml").read_text())
(HARBOUR_ACCOUNT,) = DECLARED.accounts
PUT = "events:PutEvents"
QUEUES = ":sqs:eu-west-2:222222222222:"
TAKE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"}


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"department_app_{path.stem}", path)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def with_node() -> Any:
    """As `node`, for what is synthesised once for all tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        import os
        import sys

        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
        yield


@pytest.fixture(scope="module")
def example() -> ModuleType:
    return module(EXAMPLE / "app.py")


@pytest.fixture(scope="module")
def harbours(with_node: None, example: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """What the board deploys into its own account, cdk-nag's checks included: with a finding it does not synthesise."""
    handlers, out = tmp_path_factory.mktemp("handlers") / "built", tmp_path_factory.mktemp("harbours")
    shutil.copytree(EXAMPLE / "handlers", handlers)
    app = cdk.App(analytics_reporting=False, outdir=str(out))
    example.build(app, handlers)
    app.synth()
    return Deployment(cast("Stage", example.STAGE), out)


@pytest.fixture(scope="module")
def platform(with_node: None, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """What the platform deploys into its account for the board, as the board's file declares it."""
    out, stage = tmp_path_factory.mktemp("platform"), STAGES["prod"]
    app = cdk.App(analytics_reporting=False, outdir=str(out))
    foundation = Foundation(app, stage)
    shared = cdk.Stack(app, "bus", env=environment(stage))
    bus = Bus(shared, stage=stage, key=foundation.key, alarms=foundation.alarms)
    platform = Platform(app, stage, [DECLARED], foundation)
    platform.bus = bus
    DepartmentStack(platform, DECLARED)
    app.synth()
    return Deployment(stage, out)


@pytest.fixture
def merged(tmp_path: Path) -> Callable[..., list[str]]:
    """What the platform's own checks say of its departments and the board, where the Agency's consent is this."""

    def said(consent: Json) -> list[str]:
        folder, schemas = tmp_path / "departments", tmp_path / "schemas"
        shutil.copytree(ROOT / "infra" / "departments", folder, dirs_exist_ok=True)
        for home in (ROOT / "schemas", EXAMPLE / "platform" / "schemas"):
            shutil.copytree(home, schemas, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        shutil.copyfile(EXAMPLE / "platform" / "harbour-board.yaml", folder / "harbour-board.yaml")
        agency = yaml.safe_load((folder / "environment-agency.yaml").read_text())
        agency["emits"]["FloodWarningIssued.v1"].setdefault("shares", {}).update(consent)
        (folder / "environment-agency.yaml").write_text(yaml.safe_dump(agency, sort_keys=False))
        try:
            load(folder, schemas)
        except DeclarationError as mistakes:
            return [problem.what for problem in mistakes.problems]
        return []

    return said


def test_its_file_and_the_agencys_consent_agree(merged: Callable[..., list[str]]) -> None:
    assert merged(CONSENT) == []


def test_its_event_has_the_samples_that_the_platform_asks_for() -> None:
    assert list(lacking(DECLARED, EXAMPLE / "platform")) == []


def test_without_the_consent_or_with_less_its_file_is_refused(merged: Callable[..., list[str]]) -> None:
    [nothing] = merged({})
    assert nothing.startswith("environment-agency shares nothing of FloodWarningIssued.v1 with harbour-board")
    [less] = merged({"harbour-board": {**CONSENT["harbour-board"], "fields": ["floodAreaID"]}})
    assert less.startswith('"severityLevel" is not shared')


def statements(harbours: Deployment, action: str) -> list[Json]:
    """Every statement of the app that allows an action."""
    found = [
        statement
        for policy in harbours.all("AWS::IAM::Policy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if action in listed(statement["Action"])
    ]
    assert found
    return found


def test_the_board_is_in_the_account_that_the_role_trusts(example: ModuleType, harbours: Deployment, platform: Deployment) -> None:
    role = platform.named("department-harbour-board", "AWS::IAM::Role")
    (trust,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Action"], trust["Principal"]) == ("sts:AssumeRole", {"AWS": f"arn:aws:iam::{HARBOUR_ACCOUNT}:root"})
    assert example.STAGE.account == HARBOUR_ACCOUNT != platform.stage.account
    environments = {artifact["environment"] for artifact in _artifacts(harbours) if "environment" in artifact}
    assert environments == {f"aws://{HARBOUR_ACCOUNT}/{platform.stage.region}"}


def test_its_functions_may_take_on_that_role_and_no_other(harbours: Deployment, platform: Deployment) -> None:
    role = platform.named("department-harbour-board", "AWS::IAM::Role").properties["RoleName"]
    arn = f"arn:aws:iam::{platform.stage.account}:role/{role}"
    assert {resource for one in statements(harbours, "sts:AssumeRole") for resource in listed(one["Resource"])} == {arn}
    told = [variables for function in harbours.all("AWS::Lambda::Function") if (variables := _told(function.properties))]
    publishers = [variables for variables in told if "COMMONWEAL_ROLE" in variables]
    (bus,) = platform.all("AWS::Events::EventBus")
    bus_arn = f"arn:aws:events:{platform.stage.region}:{platform.stage.account}:event-bus/{bus.properties['Name']}"
    assert {(one["COMMONWEAL_ROLE"], one["COMMONWEAL_BUS"]) for one in publishers} == {(arn, bus_arn)}
    assert len(publishers) == 2


def test_no_function_of_its_puts_anything_past_that_role(harbours: Deployment) -> None:
    actions = {
        action
        for policy in harbours.all("AWS::IAM::Policy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
    }
    assert not [action for action in actions if action.startswith(("events:", "*"))]


def test_what_its_handlers_say_is_a_pair_that_the_role_allows(platform: Deployment) -> None:
    role = platform.named("department-harbour-board", "AWS::IAM::Role")
    (bus,) = platform.all("AWS::Events::EventBus")
    contract = module(EXAMPLE / "handlers" / "contracts" / "harbour_closed.py").HarbourClosed.__contract__
    sources = {
        line.split('"')[1] for path in EXAMPLE.glob("handlers/*.py") for line in path.read_text().splitlines() if "Publisher(" in line
    }
    assert len(sources) == 1
    for source in sources:
        pair = {"events:source": source, "events:detail-type": contract.type}
        assert allows(platform.policies(role.name), PUT, bus.name, pair)
        assert not allows(platform.policies(role.name), PUT, bus.name, {**pair, "events:detail-type": "platform.ContentPublished.v1"})
        assert not allows(platform.policies(role.name), PUT, bus.name, {**pair, "events:source": "uk.gov.environment-agency.floods"})
        assert contract.type in says(DECLARED)[source]


def test_it_takes_messages_from_its_own_queue_alone_and_opens_no_other(example: ModuleType, harbours: Deployment) -> None:
    mappings = [
        one.properties for one in harbours.all("AWS::Lambda::EventSourceMapping") if QUEUES in str(one.properties["EventSourceArn"])
    ]
    queue = f"arn:aws:sqs:{example.PLATFORM.region}:{example.PLATFORM.account}:commonweal-prod-to-harbour-board"
    queues = {queue, f"{queue}-dead"}
    # What is dead comes when somebody switches it on.
    assert {one["EventSourceArn"]: one.get("Enabled") for one in mappings} == {queue: None, f"{queue}-dead": False}
    assert all(one["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for one in mappings)
    received = {resource for one in statements(harbours, "sqs:ReceiveMessage") for resource in listed(one["Resource"])}
    assert {arn for arn in received if QUEUES in arn} == queues
    (decrypt,) = [one for one in statements(harbours, "kms:Decrypt") if example.PLATFORM.account in str(one["Resource"])]
    assert decrypt["Action"] == "kms:Decrypt"
    assert decrypt["Condition"] == {
        "StringEquals": {"kms:ViaService": "sqs.eu-west-2.amazonaws.com", "kms:EncryptionContext:aws:sqs:arn": sorted(queues)}
    }


def test_what_failed_for_good_comes_again_by_one_command(harbours: Deployment) -> None:
    """The relay's failures, and the consumer's dead letters: each mapping is off until somebody switches it on."""
    asleep = [one for one in harbours.all("AWS::Lambda::EventSourceMapping") if one.properties.get("Enabled") is False]
    commands = [str(told) for told in harbours.outputs("harbours").values()]
    assert len(asleep) == len(commands) == 2
    for mapping in asleep:
        (command,) = [one for one in commands if mapping.name in one]
        assert command.startswith("aws lambda update-event-source-mapping --uuid ")
        assert command.endswith(" --enabled")
    functions = {one.name: one.properties for one in harbours.all("AWS::Lambda::Function")}
    (own,) = [one for one in asleep if QUEUES not in str(one.properties["EventSourceArn"])]
    queue = harbours.resources[own.properties["EventSourceArn"]]
    # Lambda refuses a mapping whose queue hides a message for less than the function may take.
    assert queue.properties["VisibilityTimeout"] >= functions[own.properties["FunctionName"]]["Timeout"]


@pytest.mark.parametrize("name", ["to-harbour-board", "to-harbour-board-dead"])
def test_the_queue_lets_its_functions_take_messages(harbours: Deployment, platform: Deployment, name: str) -> None:
    queue = platform.named(name, "AWS::SQS::Queue")
    role = platform.named("department-harbour-board", "AWS::IAM::Role")
    allowed: dict[str, set[str]] = {}
    for policy in platform.all("AWS::SQS::QueuePolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if queue.name in listed(statement["Resource"]) and statement["Effect"] == "Allow":
                for principal in listed(statement["Principal"]["AWS"]):
                    allowed.setdefault(principal, set()).update(listed(statement["Action"]))
    board = f"arn:aws:iam::{HARBOUR_ACCOUNT}:root"
    assert allowed[board] >= TAKE
    assert "sqs:SendMessage" not in allowed[board] | allowed.get(role.name, set())
    (polls,) = [one for one in statements(harbours, "sqs:ReceiveMessage") if str(one["Resource"]).endswith(f":commonweal-prod-{name}")]
    assert set(listed(polls["Action"])) <= allowed[board]
    key = platform.resources[queue.properties["KmsMasterKeyId"]]
    opens = [one for one in key.properties["KeyPolicy"]["Statement"] if board in listed(one["Principal"].get("AWS", []))]
    assert "kms:Decrypt" in {action for one in opens for action in listed(one["Action"])}


@pytest.mark.parametrize("slug", ["environment-agency"])
def test_the_platforms_own_departments_have_what_the_constructs_count_on(prod: Deployment, slug: str) -> None:
    from commonweal_constructs import Commonweal

    counted_on = Commonweal(prod.stage.name, prod.stage.account, prod.stage.region, slug)
    role = prod.named(f"department-{slug}", "AWS::IAM::Role")
    assert counted_on.role_arn == f"arn:aws:iam::{prod.stage.account}:role/{role.properties['RoleName']}"
    (bus,) = prod.all("AWS::Events::EventBus")
    assert counted_on.bus_arn.rpartition("/")[2] == bus.properties["Name"]


def test_the_declared_schema_is_what_its_class_was_generated_from() -> None:
    from commonweal_events.generate.__main__ import main

    to = ["--to", str(EXAMPLE / "handlers" / "contracts"), "--check"]
    assert main([str(EXAMPLE / "platform" / "schemas"), *to]) == 0
    wanted = next(iter(DECLARED.subscriptions.values()))
    assert main([str(ROOT / "schemas" / "environment-agency"), "--fields", *wanted.fields, *to]) == 0


@pytest.mark.usefixtures("with_node")
def test_the_queue_hides_a_message_for_as_long_as_its_longest_consumer_asks(platform: Deployment) -> None:
    from commonweal_constructs.subscription import LONGEST

    queue = platform.named("to-harbour-board", "AWS::SQS::Queue").properties
    # AWS asks for six times the function's timeout, so that no message is handed out twice while it is handled.
    assert queue["VisibilityTimeout"] >= LONGEST.to_seconds() * 6
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    dead = platform.named("to-harbour-board-dead", "AWS::SQS::Queue").properties
    assert dead.get("VisibilityTimeout", 30) >= LONGEST.to_seconds()


@pytest.mark.usefixtures("with_node")
def test_a_consumer_that_the_queue_does_not_allow_for_is_refused(example: ModuleType) -> None:
    from commonweal_constructs import DepartmentStage, SubscriptionConsumer
    from commonweal_constructs import Foundation as OwnFoundation

    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Slow", env=example.STAGE.environment)
    foundation = OwnFoundation(stack, stage=example.STAGE)
    code = lambda_.Code.from_inline("pass")
    asked: Json = {"platform": example.PLATFORM, "name": "slow", "code": code, "handler": "index.handler", "key": foundation.key}
    with pytest.raises(ValueError, match="slow may take 60 s, and the queue allows for 30 s"):
        SubscriptionConsumer(stack, "A", **asked, stage=example.STAGE, alarms=foundation.alarms, timeout=cdk.Duration.seconds(60))
    elsewhere = DepartmentStage(app="slow", name="prod", account=HARBOUR_ACCOUNT, region="eu-west-1")
    with pytest.raises(ValueError, match="is in eu-west-1, and the queue in eu-west-2"):
        SubscriptionConsumer(stack, "B", **asked, stage=elsewhere, alarms=foundation.alarms)


@pytest.mark.usefixtures("with_node")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"log_days": 90}, "log_days: 90 is not 30 or 365"),
        ({"account": "7777"}, "account: '7777' is not the number of an AWS account"),
        ({"region": "London"}, "region: 'London' is not a Region"),
        ({"app": "Harbour Board!"}, "app: 'Harbour Board!' is not a name in lower-case"),
    ],
)
def test_a_stage_that_cannot_be_one_is_refused_by_its_field(example: ModuleType, changes: Json, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        dataclasses.replace(example.STAGE, **changes)


@pytest.mark.usefixtures("with_node")
@pytest.mark.parametrize("field", ["stage", "account", "region", "department"])
def test_a_platform_that_cannot_be_one_is_refused_by_its_field(example: ModuleType, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: 'Harbour Board!' is not "):
        dataclasses.replace(example.PLATFORM, **{field: "Harbour Board!"})


RULES: dict[str, Callable[[Json], bool]] = {
    "AWS::Lambda::Function": lambda it: (
        (it["Architectures"], it["TracingConfig"], "KmsKeyArn" in it) == (["arm64"], {"Mode": "Active"}, True)
    ),
    "AWS::Logs::LogGroup": lambda it: it["RetentionInDays"] == 365 and "KmsKeyId" in it,
    "AWS::SQS::Queue": lambda it: "KmsMasterKeyId" in it,
    "AWS::DynamoDB::Table": lambda it: it["SSESpecification"]["SSEType"] == "KMS" and it["DeletionProtectionEnabled"],
    "AWS::SNS::Topic": lambda it: "KmsMasterKeyId" in it,
    "AWS::KMS::Key": lambda it: it["EnableKeyRotation"],
}


@pytest.mark.parametrize("kind", RULES)
def test_what_it_deploys_keeps_the_platforms_rules(harbours: Deployment, kind: str) -> None:
    assert all(RULES[kind](resource.properties) for resource in harbours.all(kind))


def test_somebody_is_told_of_every_trouble(harbours: Deployment) -> None:
    said = {one.properties["AlarmDescription"] for one in harbours.all("AWS::CloudWatch::Alarm")}
    assert len(said) == len(harbours.all("AWS::CloudWatch::Alarm")) == 5
    assert all(one.properties["AlarmActions"] for one in harbours.all("AWS::CloudWatch::Alarm"))
    assert [one.properties["Protocol"] for one in harbours.all("AWS::SNS::Subscription")] == ["email"]
    assert not [text for text in said if "commonweal redrive" in text]


def _told(properties: Json) -> Json:
    found: Json = properties["Environment"]["Variables"] if "Environment" in properties else {}
    return found


def _artifacts(harbours: Deployment) -> list[Json]:
    return list(json.loads((harbours.home / "manifest.json").read_text())["artifacts"].values())
