"""A small deployment, as its templates would say it, and the catalogue that follows from it and the real departments' files."""

from __future__ import annotations

from functools import cache
from typing import Any

from infra import declarations
from infra.catalogue.model import Catalogue, catalogue
from infra.catalogue.templates import read
from infra.stages import STAGES

type Json = dict[str, Any]

LOCAL = STAGES["local"]
LIVE = {"replay-name": [{"exists": False}]}
BUS = {"Fn::ImportValue": "bus:Name"}


def function(entry: str) -> Json:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"FUNCTION": entry}}}}


def rule(name: str, queue: str, pattern: Json, bus: object = BUS) -> Json:
    targets = [{"Id": "queue", "Arn": {"Fn::GetAtt": [queue, "Arn"]}}]
    return {"Type": "AWS::Events::Rule", "Properties": {"Name": name, "EventBusName": bus, "EventPattern": pattern, "Targets": targets}}


def mapping(queue: str, works: str) -> Json:
    source = {"Fn::GetAtt": [queue, "Arn"]}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": source, "FunctionName": {"Ref": works}}}


def role(name: str) -> Json:
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name}}


def may_put(who: str, **conditions: object) -> Json:
    said = {"StringEquals": {f"events:{name.replace('_', '-')}": value for name, value in conditions.items()}}
    statement = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": {"Ref": "EventBus"}, "Condition": said}
    return {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": who}], "PolicyDocument": {"Statement": [statement]}}}


def templates(*, rendering: Json | None = None) -> dict[str, Json]:
    """The bus, with its relay and a department's role; and publishing, whose rule of rendering may be another."""
    published = {"detail-type": ["platform.ContentPublished.v1"]}
    bus = {
        "EventBus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "commonweal-local"}},
        "Relay": role("commonweal-local-bus-relay"),
        "RelayPolicy": may_put("Relay", source=["uk.gov.commonweal.bus", "uk.gov.environment-agency.floods"]),
        "Agency": role("commonweal-local-department-environment-agency"),
        "AgencyPolicy": may_put(
            "Agency", source="uk.gov.environment-agency.floods", detail_type=["environment-agency.FloodWarningIssued.v1"]
        ),
        "JournalRule": rule("journal", "JournalQueue", {**LIVE, "source": [{"prefix": ""}]}, {"Ref": "EventBus"}),
        "JournalMapping": mapping("JournalQueue", "Journal"),
        "Journal": function("bus.journal"),
        "ReactionsRule": rule(
            "reactions", "ReactionsQueue", {**LIVE, "source": [{"anything-but": {"prefix": "uk.gov.commonweal."}}]}, {"Ref": "EventBus"}
        ),
        "ReactionsMapping": mapping("ReactionsQueue", "Reactions"),
        "Reactions": function("bus.reactions"),
        "ToCommunities": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "commonweal-local-to-communities"}},
        "ReceiptsRule": rule("receipts", "JournalQueue", {"source": ["aws.ses"]}, "default"),
    }
    publishing = {
        "Relay": role("commonweal-local-publishing-relay"),
        "RelayPolicy": may_put("Relay", source="uk.gov.commonweal.publishing"),
        "RenderRule": rule("render", "RenderQueue", {**LIVE, **(rendering or published)}),
        "RenderMapping": mapping("RenderQueue", "Render"),
        "Render": function("publishing.render"),
    }
    exported = {"Bus": {"Value": {"Ref": "EventBus"}, "Export": {"Name": "bus:Name"}}}
    return {"bus": {"Resources": bus, "Outputs": exported}, "publishing": {"Resources": publishing}}


@cache
def small_catalogue() -> Catalogue:
    """The catalogue of this deployment, with the real contracts, samples and departments."""
    return catalogue(LOCAL, read(templates(), LOCAL), declarations.load())
