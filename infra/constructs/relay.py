"""A relay: what the items of a table say, its stream hands to the bus."""

from __future__ import annotations

from collections.abc import Collection

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.alarm import alarm
from infra.constructs.bus import Bus
from infra.constructs.findings import acknowledge
from infra.constructs.function import Function
from infra.constructs.queue import DeadLetterQueue
from infra.stages import Stage

BEHIND = cdk.Duration.minutes(5)
"""How far behind its table a relay may be before somebody is told: the stream forgets a record after a day."""


class Relay(Function):
    """The relay of one table, named after it, which may speak for these sources alone."""

    def __init__(  # each is one thing to know of a relay
        self,
        scope: Construct,
        *,
        name: str,
        table: dynamodb.ITable,
        sources: Collection[str],
        bus: Bus,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
    ) -> None:
        failures = DeadLetterQueue(scope, "RelayFailures", name=f"{name}-failures", key=key, alarms=alarms)
        super().__init__(
            scope,
            "bus.relay",
            name=name,
            stage=stage,
            key=key,
            environment={"BUS": bus.name, "RELAY_FAILURES": failures.queue_url},
            timeout=cdk.Duration.seconds(30),
        )
        bus.let_put(self, sources)
        self.allow(["sqs:SendMessage"], failures.queue_arn)
        self._read(scope, str(table.table_stream_arn))
        self.failures_are_heard("A stream calls it, and waits until it has not failed.")
        alarm(
            self,
            "Behind",
            says=f"{name} is more than {BEHIND.to_minutes()} minutes behind its table: events are not on the bus.",
            metric=self.metric("IteratorAge", period=cdk.Duration.minutes(1), statistic="Maximum"),
            above=BEHIND.to_milliseconds(),
            topic=alarms,
        )

    def _read(self, scope: Construct, stream: str) -> None:
        self.allow(["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"], stream)
        self.allow_anywhere("Streams", ["dynamodb:ListStreams"], "dynamodb:ListStreams takes no resource.")
        mapping = lambda_.EventSourceMapping(
            scope,
            "Stream",
            target=self,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            # The relay finishes every record itself; where even that fails, the shard waits for it rather than lose it.
            retry_attempts=10_000,
            bisect_batch_on_error=True,
            filters=[lambda_.FilterCriteria.filter({"dynamodb": {"NewImage": {"outbox": {"S": lambda_.FilterRule.exists()}}}})],
        )
        # Lambda refuses a mapping whose function may not read the stream yet.
        mapping.node.add_dependency(self)
        reason = "The relay sends what it cannot put to its own failure queue, with its payload."
        acknowledge(mapping, reason, "Serverless-LambdaEventSourceMappingDestination")
