"""A table whose items may say events."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from commonweal_constructs.removal import removal
from commonweal_constructs.stage import Stage

READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem")
"""What a function may do with a table; a transaction needs the same, one by one. Nobody scans."""


class Table(dynamodb.Table):
    """One table with keys `pk` and `sk`: encrypted, restored to any second of the last 35 days, its items gone at `expires_at`, with a
    stream of what they were and are.
    """

    def __init__(self, scope: Construct, identity: str, *, name: str, stage: Stage, key: kms.IKey) -> None:
        text = dynamodb.AttributeType.STRING
        super().__init__(
            scope,
            identity,
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
