"""What a room's stack can be made of, each part on its own: a room that exists in this test alone, past cdk-nag like every other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from app import checked_app
from infra.constructs.bus import Bus
from infra.stacks.capability import Capability, Platform
from infra.stacks.foundation import Foundation
from infra.stages import STAGES

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


def _ignore(_: object) -> None: ...


def test_what_counts_requests_may_write_to_counters_of_the_keys_table_alone(room: Made) -> None:
    def build(stack: Capability) -> None:
        stack.let_count(stack.http("publishing.content", routes=["GET /api/content/{proxy+}"], reads=stack.room_table()))

    made = room(build)
    policies = made.template.find_resources(POLICY).values()
    statements = [statement for policy in policies for statement in policy["Properties"]["PolicyDocument"]["Statement"]]
    [counts] = [one for one in statements if one["Action"] == "dynamodb:UpdateItem"]
    assert counts["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["quota#*"]}}
    assert "commonweal-dev-departments" in json.dumps(counts["Resource"])
    variables = made.one(FUNCTION, "publishing-content")["Environment"]["Variables"]
    assert (variables["KEYS_TABLE"], variables["BEHIND_EDGE"]) == ("commonweal-dev-departments", "1")
