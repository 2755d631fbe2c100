"""Who hears what: the rules of the templates themselves, on a bus, with every sample event."""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import schemas.platform
from schemas.envelope import PLATFORM_SOURCES
from schemas.platform import PlatformEvent
from schemas.sharing import queue_name
from tests.infra.templates import ROOT, Deployment, Json

RULE = "AWS::Events::Rule"
EVENTS = [json.loads(path.read_text()) for path in sorted(ROOT.glob("events/*/*/*.json")) if not path.name.startswith("bad-")]
BUS = "commonweal-local"
REPLAYS = "replay"

type Heard = Callable[[str], list[Json]]


def consumer(deployment: Deployment, rule: Json) -> str:
    """The entry point that works off the queue which a rule fills; of replays there is none."""
    (target,) = rule["Targets"]
    for mapping in deployment.all("AWS::Lambda::EventSourceMapping"):
        if mapping.properties["EventSourceArn"] == target["Arn"]:
            name: str = deployment.resources[mapping.properties["FunctionName"]].properties["Environment"]["Variables"]["FUNCTION"]
            return name
    return REPLAYS


def patterns(deployment: Deployment, *, shared: bool = True) -> dict[str, Json]:
    """What each consumer's rule matches, on the shared bus or on the account's own. (A schedule matches nothing.)"""
    (bus,) = deployment.all("AWS::Events::EventBus")
    matching = [rule.properties for rule in deployment.all(RULE) if "EventPattern" in rule.properties]
    rules = [rule for rule in matching if (rule["EventBusName"] == bus.name) == shared]
    return {consumer(deployment, rule): rule["EventPattern"] for rule in rules}


def reads(entry: str) -> set[str]:
    """The types of event that a consumer's own source says it takes: `@consumes(Model)`, or `read(envelope, Model, …)`."""
    module = ast.parse((ROOT / "functions" / Path(*entry.split("."))).with_suffix(".py").read_text())
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    named = {arg.id for call in calls if call.func.id in {"consumes", "read"} for arg in call.args if isinstance(arg, ast.Name)}  # type: ignore[attr-defined]
    models = [getattr(schemas.platform, name, None) for name in named]
    return {model.type_name() for model in models if isinstance(model, type) and issubclass(model, PlatformEvent)}


@pytest.fixture(scope="module")
def heard(local: Deployment) -> Iterator[Heard]:
    """What each consumer was sent once every sample had been put on the bus."""
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-2"}.items():
            environment.setenv(name, value)
        events, sqs = boto3.client("events"), boto3.client("sqs")
        events.create_event_bus(Name=BUS)
        urls = {}
        for name, pattern in patterns(local).items():
            rule = name.replace(".", "-")
            urls[name] = sqs.create_queue(QueueName=rule)["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=urls[name], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            events.put_rule(Name=rule, EventBusName=BUS, EventPattern=json.dumps(pattern))
            events.put_targets(Rule=rule, EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn}])
        for event in EVENTS:
            entry: Any = {"EventBusName": BUS, "Source": event["source"], "DetailType": event["type"], "Detail": json.dumps(event)}
            events.put_events(Entries=[entry])

        def received(name: str) -> list[Json]:
            found: list[Json] = []
            while messages := sqs.receive_message(QueueUrl=urls[name], MaxNumberOfMessages=10).get("Messages"):
                found += [json.loads(message["Body"])["detail"] for message in messages]
            for message in found:
                sqs.send_message(QueueUrl=urls[name], MessageBody=json.dumps({"detail": message}))
            return found

        yield received


def ids(events: list[Json]) -> list[tuple[str, str]]:
    return sorted((event["type"], event["id"]) for event in events)


def test_there_are_samples_of_every_platform_event_and_of_departments() -> None:
    owners = {event["type"].split(".")[0] for event in EVENTS}
    assert owners == {"platform", "environment-agency", "communities"}


def test_each_rule_feeds_its_own_consumer(deployment: Deployment) -> None:
    only_behind_an_edge = {"publishing.invalidate"} if deployment.stage.zone else set()
    assert patterns(deployment).keys() == only_behind_an_edge | {
        "bus.reactions",
        "bus.share",
        "bus.journal",
        "bus.forward",
        "publishing.request",
        "publishing.render",
        "publishing.spread",
        "notifications.request",
        "notifications.check_letter",
        "notifications.dispatch",
        "notifications.announce",
        "notifications.tally",
        "data_access.append",
        "data_access.snapshot",
        REPLAYS,
    }
    assert patterns(deployment, shared=False).keys() == {"notifications.receipts", "data_access.load"}


@pytest.mark.parametrize(
    "entry",
    [
        "bus.forward",
        "publishing.request",
        "publishing.render",
        "publishing.spread",
        "notifications.request",
        "notifications.check_letter",
        "notifications.dispatch",
        "data_access.append",
    ],
)
def test_a_consumer_hears_what_its_source_says_that_it_takes_and_nothing_else(heard: Heard, entry: str) -> None:
    wanted = reads(entry)
    assert wanted
    assert ids(heard(entry)) == ids([event for event in EVENTS if event["type"] in wanted])
    assert {event["type"] for event in heard(entry)} == wanted  # a sample of each


def test_snapshots_are_built_of_what_was_appended(heard: Heard) -> None:
    assert {event["type"] for event in heard("data_access.snapshot")} == {"platform.RecordAppended.v1", "platform.EntriesAppended.v1"}


def test_what_is_called_back_about_is_heard(heard: Heard) -> None:
    wanted = {f"platform.{name}.v1" for name in ("NotificationStatusChanged", "ComplaintReceived", "TextReceived")}
    assert {event["type"] for event in heard("notifications.announce")} == wanted


@pytest.mark.parametrize(("entry", "statuses"), [("notifications.announce", {"delivered"}), ("notifications.tally", {"delivered", "sent"})])
def test_of_changes_of_status_only_those_are_heard_that_somebody_counts_or_is_told_of(heard: Heard, entry: str, statuses: set[str]) -> None:
    said = {event["data"]["status"] for event in EVENTS if event["type"] == "platform.NotificationStatusChanged.v1"}
    assert said == {"delivered", "sending", "sent"}
    assert {event["data"]["status"] for event in heard(entry) if "status" in event["data"]} == statuses


@pytest.mark.parametrize("entry", ["bus.reactions", "bus.share"])
def test_reactions_and_subscribers_hear_what_departments_say_and_nothing_that_the_platform_does(heard: Heard, entry: str) -> None:
    assert ids(heard(entry)) == ids([event for event in EVENTS if not event["source"].startswith(PLATFORM_SOURCES)])
    assert heard(entry)


def test_what_forwards_is_told_where_the_queues_are_that_the_platform_keeps_for_departments(deployment: Deployment) -> None:
    told = deployment.named("bus-forward", "AWS::Lambda::Function").properties["Environment"]["Variables"]["SUBSCRIPTION_QUEUES"]
    stage = deployment.stage
    assert f"{told}communities" == f"arn:aws:sqs:eu-west-2:{stage.account}:{queue_name(stage.prefix, 'communities')}"


def test_the_journal_hears_everything(heard: Heard) -> None:
    assert ids(heard("bus.journal")) == ids(EVENTS)


def test_the_replay_queue_hears_nothing_that_happens_now(heard: Heard) -> None:
    assert heard(REPLAYS) == []


def test_a_replay_goes_to_the_replay_queue_and_every_other_rule_leaves_it_alone(deployment: Deployment) -> None:
    everywhere = patterns(deployment) | patterns(deployment, shared=False)
    assert everywhere.pop(REPLAYS) == {"replay-name": [{"exists": True}]}
    assert {name for name, pattern in everywhere.items() if pattern["replay-name"] != [{"exists": False}]} == set()


def test_receipts_come_from_the_providers_of_messages_on_the_accounts_own_bus(deployment: Deployment) -> None:
    pattern = patterns(deployment, shared=False)["notifications.receipts"]
    assert pattern["source"] == ["aws.ses", "aws.sms-voice"]
    (rule,) = [one for one in deployment.all(RULE) if one.properties.get("EventPattern") == pattern]
    assert rule.properties["EventBusName"] == "default"
    (destination,) = deployment.all("AWS::SES::ConfigurationSetEventDestination")
    assert destination.properties["EventDestination"]["EventBridgeDestination"]["EventBusArn"].endswith(":event-bus/default")


def test_the_bus_keeps_what_it_cannot_decrypt_logs_what_it_cannot_deliver_and_is_under_the_platforms_key(deployment: Deployment) -> None:
    (bus,), key = deployment.all("AWS::Events::EventBus"), deployment.platform_key
    said = bus.properties
    assert said["Name"] == deployment.stage.prefix
    assert said["KmsKeyIdentifier"] == key.name
    assert deployment.resources[said["DeadLetterConfig"]["Arn"]].properties["QueueName"] == f"{deployment.stage.prefix}-bus-dead"
    # What an event holds never stands in a log.
    assert said["LogConfig"] == {"Level": "ERROR", "IncludeDetail": "NONE"}


def test_the_bus_log_is_delivered(deployment: Deployment) -> None:
    (bus,) = deployment.all("AWS::Events::EventBus")
    (source,), (destination,) = deployment.all("AWS::Logs::DeliverySource"), deployment.all("AWS::Logs::DeliveryDestination")
    (delivery,) = deployment.all("AWS::Logs::Delivery")
    assert (source.properties["ResourceArn"], source.properties["LogType"]) == (bus.name, "ERROR_LOGS")
    log = deployment.resources[destination.properties["DestinationResourceArn"]]
    assert log.properties["LogGroupName"] == f"/aws/vendedlogs/events/{deployment.stage.prefix}"
    assert delivery.properties["DeliverySourceName"] == source.properties["Name"]
    assert delivery.properties["DeliveryDestinationArn"] == destination.name
    assert source.name in delivery.after


def test_no_pattern_is_longer_than_eventbridge_takes_and_no_bus_has_more_rules(deployment: Deployment) -> None:
    rules = deployment.all(RULE)
    assert max(len(json.dumps(rule.properties.get("EventPattern", {}))) for rule in rules) <= 2048
    assert len(rules) <= 100  # a third of the quota, so that there is room for what is replaced


def test_a_schedule_keeps_time_on_the_accounts_own_bus_and_says_whom_it_wakes(deployment: Deployment) -> None:
    schedules = [rule.properties for rule in deployment.all(RULE) if "ScheduleExpression" in rule.properties]
    assert {consumer(deployment, rule): rule["ScheduleExpression"] for rule in schedules} == {
        "notifications.sweep": "rate(15 minutes)",
        "data_access.snapshot": "rate(5 minutes)",
    }
    for rule in schedules:
        assert not rule.keys() & {"EventPattern", "EventBusName"}
        (target,) = rule["Targets"]
        assert json.loads(target["Input"]) == {"scheduled": consumer(deployment, rule)}
