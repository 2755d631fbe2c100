"""Logs: encrypted, and kept for as long as the stage keeps them."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from commonweal_constructs.removal import removal
from commonweal_constructs.stage import Stage

RETENTION = {30: logs.RetentionDays.ONE_MONTH, 365: logs.RetentionDays.ONE_YEAR}
"""The periods among CloudWatch's own that a stage may choose."""


class Log(logs.LogGroup):
    """The log group of this name."""

    def __init__(self, scope: Construct, identity: str, *, name: str, stage: Stage, key: kms.IKey) -> None:
        super().__init__(
            scope,
            identity,
            log_group_name=name,
            retention=RETENTION[stage.log_days],
            encryption_key=key,
            removal_policy=removal(stage),
        )


def deliver(scope: Construct, identity: str, *, name: str, kind: str, source: str, to: Log) -> None:
    """Have an AWS service put its own log of the resource `source` into a group; `kind` is the service's word for it."""
    made = logs.CfnDeliverySource(scope, f"{identity}Source", name=name, log_type=kind, resource_arn=source)
    destination = logs.CfnDeliveryDestination(scope, f"{identity}Destination", name=name, destination_resource_arn=to.log_group_arn)
    delivery = logs.CfnDelivery(scope, f"{identity}Delivery", delivery_source_name=made.name, delivery_destination_arn=destination.attr_arn)
    # It knows its source by name alone.
    delivery.node.add_dependency(made)
