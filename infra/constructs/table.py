"""A room's table and its relay."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.bus import Bus
from infra.constructs.relay import Relay
from infra.constructs.removal import removal
from infra.stages import Stage

READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem")
"""What a function may do with a table; a transaction needs the same, one by one. Nobody scans."""


class RoomTable(Construct):
    """One table with keys `pk` and `sk`, its indexes, a stream, and a relay that may speak for `sources` alone.

    Of the `indexes`, so many, `gsi1` has the attributes `indexed` besides the keys, and `gsi2` the keys alone.
    """

    def __init__(  # noqa: PLR0913  # each is one thing to know of a table
        self,
        scope: Construct,
        room: str,
        *,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
        bus: Bus,
        sources: Collection[str],
        indexed: Sequence[str] = (),
        indexes: int = 1,
    ) -> None:
        super().__init__(scope, "Data")
        name, text = table_name(stage, room), dynamodb.AttributeType.STRING
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=name,
            partition_key=dynamodb.Attribute(name="pk", type=text),
            sort_key=dynamodb.Attribute(name="sk", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="expires_at",
            deletion_protection=stage.keeps_data,
            removal_policy=removal(stage),
        )
        for number in range(1, indexes + 1):
            beside = list(indexed) if number == 1 else []
            self.table.add_global_secondary_index(
                index_name=f"gsi{number}",
                partition_key=dynamodb.Attribute(name=f"gsi{number}pk", type=text),
                sort_key=dynamodb.Attribute(name=f"gsi{number}sk", type=text),
                # Never ALL: the outbox would be projected, and paid for, a second time.
                projection_type=dynamodb.ProjectionType.INCLUDE if beside else dynamodb.ProjectionType.KEYS_ONLY,
                non_key_attributes=beside or None,
            )
        self.readable = [self.table.table_arn, *(f"{self.table.table_arn}/index/gsi{number}" for number in range(1, indexes + 1))]
        Relay(self, name=f"{name}-relay", table=self.table, sources=sources, bus=bus, stage=stage, key=key, alarms=alarms)


def table_name(stage: Stage, room: str) -> str:
    """The name of a room's table: others know the departments' by it, and no other."""
    return f"{stage.prefix}-{room}".replace("_", "-")
