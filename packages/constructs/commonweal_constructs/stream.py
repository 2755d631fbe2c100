"""Have a relay follow the outbox of a table."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from commonweal_constructs.alarm import alarm
from commonweal_constructs.findings import acknowledge
from commonweal_constructs.function import Function

BEHIND = cdk.Duration.minutes(5)
"""How far behind its table a relay may be before somebody is told: the stream forgets a record after a day."""


def follow(scope: Construct, relay: Function, stream: str, *, name: str, alarms: sns.ITopic) -> None:
    """Bring the relay of this name what the items of a table say in their attribute `outbox`, and tell somebody when it falls behind."""
    relay.allow(["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"], stream)
    relay.allow_anywhere("Streams", ["dynamodb:ListStreams"], "dynamodb:ListStreams takes no resource.")
    mapping = lambda_.EventSourceMapping(
        scope,
        "Stream",
        target=relay,
        event_source_arn=stream,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        batch_size=100,
        # The relay finishes every record itself; where even that fails, the shard waits for it rather than lose it.
        retry_attempts=10_000,
        bisect_batch_on_error=True,
        filters=[lambda_.FilterCriteria.filter({"dynamodb": {"NewImage": {"outbox": {"S": lambda_.FilterRule.exists()}}}})],
    )
    # Lambda refuses a mapping whose function may not read the stream yet.
    mapping.node.add_dependency(relay)
    reason = "The relay sends what it cannot put to its own failure queue, with its payload."
    acknowledge(mapping, reason, "Serverless-LambdaEventSourceMappingDestination")
    relay.failures_are_heard("A stream calls it, and waits until it has not failed.")
    alarm(
        relay,
        "Behind",
        says=f"{name} is more than {BEHIND.to_minutes()} minutes behind its table: events are not on the bus.",
        metric=relay.metric("IteratorAge", period=cdk.Duration.minutes(1), statistic="Maximum"),
        above=BEHIND.to_milliseconds(),
        topic=alarms,
    )
