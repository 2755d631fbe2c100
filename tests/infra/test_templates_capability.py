"""What a room's stack can be made of, each part on its own: a room that exists in this test alone, past cdk-nag like every other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from app import checked_app
from infra.constructs.bus import Bus
from infra.stacks.capability import Capability, Permission, Platform
from infra.stacks.foundation import Foundation
from infra.stages import STAGES
from schemas.platform import ContentPublished

pytestmark = pytest.mark.usefixtures("node")

FUNCTION, QUEUE, RULE, TABLE = "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::Events::Rule", "AWS::DynamoDB::Table"
BUCKET, POLICY = "AWS::S3::Bucket", "AWS::IAM::Policy"

type Made = Callable[[Callable[[Capability], None]], Room]


@dataclass
class Room:
    """The template of a room, as synthesised."""

    template: Template

    def one(self, kind: str, name: str = "") -> dict[str, Any]:
        """The properties of the one resource of a type, or of the one whose name ends like this."""
        found = [resource["Properties"] for resource in self.template.find_resources(kind).values()]
        if name:
            found = [one for one in found if any(str(value).endswith(name) for key, value in one.items() if key.endswith("Name"))]
        only: dict[str, Any]
        (only,) = found
        return only

    def may(self, action: str) -> list[str]:
        """The resources that statements with this action name, as JSON."""
        policies = self.template.find_resources(POLICY).values()
        statements = [statement for policy in policies for statement in policy["Properties"]["PolicyDocument"]["Statement"]]
        return [json.dumps(one["Resource"]) for one in statements if action in one["Action"]]


@pytest.fixture
def room(tmp_path: Path) -> Made:
    """Make the stack of a room, and synthesise it. Fails at whatever cdk-nag finds."""

    def make(build: Callable[[Capability], None]) -> Room:
        app = checked_app(outdir=str(tmp_path))
        stage = STAGES["dev"]
        platform = Platform(app, stage, [], Foundation(app, stage))
        bus = cdk.Stack(app, "bus", env=cdk.Environment(account=stage.account, region=stage.region))
        platform.bus = Bus(bus, stage=stage, key=platform.foundation.key, alarms=platform.foundation.alarms)
        platform.quarantine_url, platform.quarantine_arn = "https://quarantine", f"arn:aws:sqs:{stage.region}:{stage.account}:quarantine"
        made = Capability(platform, "publishing")
        build(made)
        app.synth()
        return Room(Template.from_stack(made))

    return make


class TestSchedule:
    def test_the_same_message_comes_to_the_consumers_queue_every_so_often(self, room: Made) -> None:
        made = room(lambda stack: _ignore(stack.consumer("publishing.render", every=cdk.Duration.minutes(15), writes=stack.room_table())))
        rule = made.one(RULE)
        assert (rule["ScheduleExpression"], "EventPattern" in rule, "EventBusName" in rule) == ("rate(15 minutes)", False, False)
        (target,) = rule["Targets"]
        assert json.loads(target["Input"]) == {"scheduled": "publishing.render"}
        queues = made.template.find_resources(QUEUE, {"Properties": {"QueueName": "commonweal-dev-publishing-render"}})
        assert target["Arn"]["Fn::GetAtt"][0] in queues

    def test_what_it_cannot_deliver_is_kept_in_a_queue_of_its_own_which_redrive_knows(self, room: Made) -> None:
        made = room(lambda stack: _ignore(stack.consumer("publishing.render", every=cdk.Duration.minutes(15), writes=stack.room_table())))
        rule = made.one(RULE)
        (target,) = rule["Targets"]
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
        name = f"{rule['Name']}-undelivered"
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in made.template.find_resources(
            QUEUE, {"Properties": {"QueueName": name}}
        )
        (logical,) = made.template.find_resources(RULE)
        sends = Match.object_like({"Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [logical, "Arn"]}}}, "Effect": "Allow"})
        made.template.resource_properties_count_is("AWS::SQS::QueuePolicy", {"PolicyDocument": {"Statement": Match.array_with([sends])}}, 2)

    def test_a_consumer_may_hear_events_as_well(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            stack.consumer("publishing.render", hears=[ContentPublished], every=cdk.Duration.hours(1), writes=stack.room_table())

        room(build).template.resource_count_is(RULE, 2)


class TestConsumer:
    def test_one_that_hears_nothing_is_sent_to_by_those_who_may(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            table = stack.room_table()
            letters = stack.consumer("publishing.render", writes=table)
            sender = stack.consumer("publishing.request", hears=[ContentPublished], writes=table)
            stack.let_send(sender.function, letters, "LETTERS_QUEUE")

        made = room(build)
        made.template.resource_count_is(RULE, 1)
        (queue,) = made.template.find_resources(QUEUE, {"Properties": {"QueueName": "commonweal-dev-publishing-render"}})
        assert made.one(FUNCTION, "publishing-request")["Environment"]["Variables"]["LETTERS_QUEUE"] == {"Ref": queue}
        assert len([one for one in made.may("sqs:SendMessage") if queue in one]) == 1

    def test_one_with_much_to_do_has_time_and_memory_and_no_message_comes_twice_meanwhile(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            long = cdk.Duration.minutes(5)
            stack.consumer("publishing.render", writes=stack.room_table(), timeout=long, memory=2048, at_once=4)

        made = room(build)
        function = made.one(FUNCTION, "publishing-render")
        assert (function["Timeout"], function["MemorySize"]) == (300, 2048)
        assert made.one(QUEUE, "publishing-render")["VisibilityTimeout"] == 1_800

    def test_one_may_do_what_it_is_given_besides(self, room: Made) -> None:
        sends = Permission(["ses:SendEmail"], ["arn:aws:ses:eu-west-2:111111111111:identity/example.gov.uk"])
        made = room(lambda stack: _ignore(stack.consumer("publishing.render", writes=stack.room_table(), may=[sends])))
        assert made.may("ses:SendEmail") == [json.dumps(sends.resources[0])]


class TestDeclarations:
    def test_a_custom_resource_is_applied_again_when_the_bundle_holds_others(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            stack.declarations("departments.declare", writes=stack.room_table(), environment={"TOPIC": "templates"})

        made = room(build)
        function = made.one(FUNCTION, "departments-declare")
        assert (function["Timeout"], function["Environment"]["Variables"]["TOPIC"]) == (120, "templates")
        custom = made.one("Custom::Declarations")
        assert custom["Bundle"]
        assert custom["ServiceTimeout"] == "150"
        (logical,) = made.template.find_resources(FUNCTION, {"Properties": {"FunctionName": "commonweal-dev-departments-declare"}})
        assert custom["ServiceToken"] == {"Fn::GetAtt": [logical, "Arn"]}


class TestTable:
    def test_a_second_index_is_of_keys_alone_and_may_be_read(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            stack.consumer("publishing.render", writes=stack.room_table(indexes=2, indexed=["status"]))

        made = room(build)
        first, second = made.one(TABLE)["GlobalSecondaryIndexes"]
        assert first["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["status"]}
        assert (second["IndexName"], second["Projection"]) == ("gsi2", {"ProjectionType": "KEYS_ONLY"})
        assert [key["AttributeName"] for key in second["KeySchema"]] == ["gsi2pk", "gsi2sk"]
        (queried,) = made.may("dynamodb:Query")
        assert ("/index/gsi1" in queried, "/index/gsi2" in queried) == (True, True)

    def test_without_it_nobody_may_read_it(self, room: Made) -> None:
        made = room(lambda stack: _ignore(stack.consumer("publishing.render", writes=stack.room_table())))
        (only,) = made.one(TABLE)["GlobalSecondaryIndexes"]
        assert only["IndexName"] == "gsi1"
        (queried,) = made.may("dynamodb:Query")
        assert "gsi2" not in queried


class TestBucket:
    def test_what_is_kept_under_each_prefix_goes_in_its_own_time(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            stack.room_bucket(expires={"content/003/": cdk.Duration.days(4), "letters/": cdk.Duration.days(8)})

        made = room(build).one(BUCKET)
        rules = made["LifecycleConfiguration"]["Rules"]
        assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules} == {"content/003/": 4, "letters/": 8}
        # What a version kept would still be there.
        assert "VersioningConfiguration" not in made

    def test_all_of_it_may_go_in_one_time(self, room: Made) -> None:
        (rule,) = room(lambda stack: _ignore(stack.room_bucket(expires=cdk.Duration.days(8)))).one(BUCKET)["LifecycleConfiguration"][
            "Rules"
        ]
        assert (rule["ExpirationInDays"], "Prefix" in rule) == (8, False)

    def test_a_function_may_be_let_in_to_what_begins_with_a_prefix_and_no_further(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            table, _ = stack.room_table(), stack.room_bucket()
            stack.consumer("publishing.render", writes=table, bucket={"letters/": "read and write", "logos/": "read"})

        made = room(build)
        objects = "s3:::commonweal-dev-publishing-111111111111/"
        written, read = ([one for one in made.may(action) if objects in one] for action in ("s3:PutObject", "s3:GetObject"))
        assert [f"{objects}letters/*" in one for one in written] == [True]
        assert sorted(one.split(objects)[1].split("*")[0] for one in read) == ["letters/", "logos/"]


class TestSealing:
    def test_who_seals_may_not_open_and_who_opens_may_not_seal(self, room: Made) -> None:
        def build(stack: Capability) -> None:
            table = stack.room_table()
            stack.let_seal(stack.consumer("publishing.request", writes=table).function)
            stack.let_unseal(stack.consumer("publishing.render", writes=table).function)

        made = room(build)
        told = {
            one["Properties"]["FunctionName"]: one["Properties"]["Environment"]["Variables"]
            for one in made.template.find_resources(FUNCTION).values()
        }
        assert "SEALING_KEY" in told["commonweal-dev-publishing-request"]
        assert "SEALING_KEY" not in told["commonweal-dev-publishing-render"]
        for name, mine, not_mine in (("Request", "kms:Encrypt", "kms:Decrypt"), ("Render", "kms:Decrypt", "kms:Encrypt")):
            policies = made.template.find_resources(
                POLICY, {"Properties": {"Roles": [{"Ref": Match.string_like_regexp(f"^{name}{name}Role")}]}}
            )
            actions = [
                action
                for policy in policies.values()
                for statement in policy["Properties"]["PolicyDocument"]["Statement"]
                if "Condition" not in statement
                for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
            ]
            assert (mine in actions, not_mine in actions) == (True, False)


def _ignore(_: object) -> None: ...
