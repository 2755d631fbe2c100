"""A room's table and its relay: what a write says, the stream hands to the bus."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.bus import Bus
from infra.constructs.findings import acknowledge
from infra.constructs.function import Function
from infra.constructs.queue import DeadLetterQueue
from infra.stages import Stage


class RoomTable(Construct):
    """One table with keys `pk` and `sk`, one index `gsi1`, a stream, and a relay that may speak for `sources` alone."""

    def __init__(  # noqa: PLR0913  # each is one thing to know of a table
        self,
        scope: Construct,
        room: str,
        *,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
        bus: Bus,
        sources: Sequence[str],
        indexed: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, "Data")
        text = dynamodb.AttributeType.STRING
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=table_name(stage, room),
            partition_key=dynamodb.Attribute(name="pk", type=text),
            sort_key=dynamodb.Attribute(name="sk", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="expires_at",
            deletion_protection=stage.keeps_data,
            removal_policy=cdk.RemovalPolicy.RETAIN if stage.keeps_data else cdk.RemovalPolicy.DESTROY,
        )
        self.table.add_global_secondary_index(
            index_name="gsi1",
            partition_key=dynamodb.Attribute(name="gsi1pk", type=text),
            sort_key=dynamodb.Attribute(name="gsi1sk", type=text),
            # Never ALL: the outbox would be projected, and paid for, a second time.
            projection_type=dynamodb.ProjectionType.INCLUDE if indexed else dynamodb.ProjectionType.KEYS_ONLY,
            non_key_attributes=list(indexed) or None,
        )
        self._relay(stage, key, alarms, bus, sources)

    def _relay(self, stage: Stage, key: kms.IKey, alarms: sns.ITopic, bus: Bus, sources: Sequence[str]) -> None:
        failures = DeadLetterQueue(self, "RelayFailures", name=f"{self.table.table_name}-relay-failures", key=key, alarms=alarms)
        relay = Function(
            self,
            "bus.relay",
            name=f"{self.table.table_name}-relay",
            stage=stage,
            key=key,
            environment={"BUS": bus.name, "RELAY_FAILURES": failures.queue_url},
            timeout=cdk.Duration.seconds(30),
        )
        bus.let_put(relay, sources)
        relay.allow(["sqs:SendMessage"], failures.queue_arn)
        relay.may_decrypt(encrypt=True)
        stream = str(self.table.table_stream_arn)
        relay.allow(["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"], stream)
        relay.allow_anywhere("Streams", ["dynamodb:ListStreams"], "dynamodb:ListStreams takes no resource.")
        mapping = lambda_.EventSourceMapping(
            self,
            "Stream",
            target=relay,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            # The relay finishes every record itself; where even that fails, the shard waits for it rather than lose it.
            retry_attempts=10_000,
            bisect_batch_on_error=True,
            parallelization_factor=1,
            filters=[lambda_.FilterCriteria.filter({"dynamodb": {"NewImage": {"outbox": {"S": lambda_.FilterRule.exists()}}}})],
            on_failure=None,
        )
        mapping.node.add_dependency(relay.role)
        acknowledge(mapping, "The relay sends what it cannot put to its own failure queue, with its payload.", "Serverless-LambdaEventSourceMappingDestination")


def table_name(stage: Stage, room: str) -> str:
    """The name of a room's table: others know the departments' by it, and no other."""
    return f"{stage.prefix}-{room}".replace("_", "-")
