"""The shared bus: EventBridge's rule-and-target bus, with its archive, its log and what it could not deliver."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.function import Function
from infra.constructs.queue import DeadLetterQueue, WorkQueue, allow_events
from infra.stages import Stage

NOT_REPLAYED: dict[str, Any] = {"replay-name": [{"exists": False}]}
"""In every rule's pattern: a replay goes to the replay queue, and from there to the one consumer that asked."""


class Bus(Construct):
    """The one bus. Who may put what on it is said by role, each with its own sources."""

    def __init__(self, scope: Construct, *, stage: Stage, key: kms.IKey, alarms: sns.ITopic) -> None:
        super().__init__(scope, "Bus")
        self._stage, self._key, self._alarms = stage, key, alarms
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", name=f"{stage.prefix}-bus-dead", key=key, alarms=alarms)
        self.bus = events.EventBus(
            self,
            "EventBus",
            event_bus_name=stage.prefix,
            kms_key=key,
            dead_letter_queue=self.dead_letters,
            log_config=events.LogConfig(level=events.Level.ERROR, include_detail=events.IncludeDetail.NONE),
        )
        self.archive = events.CfnArchive(
            self,
            "Archive",
            archive_name=stage.prefix,
            source_arn=self.bus.event_bus_arn,
            # What is replayed is in the archive already.
            event_pattern=NOT_REPLAYED,
            retention_days=stage.archive_days,
            kms_key_identifier=key.key_arn,
        )
        self._log()

    @property
    def name(self) -> str:
        """The bus's name."""
        return self.bus.event_bus_name

    def let_put(self, function: Function, sources: Sequence[str]) -> None:
        """Let a function put events of these sources, and of no other, on the bus."""
        function.allow(["events:PutEvents"], self.bus.event_bus_arn, conditions={"StringEquals": {"events:source": list(sources)}})

    def rule(self, scope: Construct, name: str, pattern: Mapping[str, Any], queue: WorkQueue) -> None:
        """Send what matches to a queue; what EventBridge cannot deliver goes to the rule's own dead-letter queue."""
        undelivered = DeadLetterQueue(scope, "Undelivered", name=f"{self._stage.prefix}-{name}-undelivered", key=self._key, alarms=self._alarms)
        rule = events.CfnRule(
            scope,
            "Rule",
            name=f"{self._stage.prefix}-{name}",
            event_bus_name=self.name,
            event_pattern={**pattern, **NOT_REPLAYED} if "replay-name" not in pattern else dict(pattern),
            targets=[
                events.CfnRule.TargetProperty(
                    id="queue",
                    arn=queue.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=undelivered.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(maximum_retry_attempts=185, maximum_event_age_in_seconds=86_400),
                )
            ],
        )
        allow_events(queue, rule.attr_arn)
        allow_events(undelivered, rule.attr_arn)

    def _log(self) -> None:
        group = logs.LogGroup(
            self,
            "Log",
            # EventBridge delivers to groups of this prefix without a resource policy of ours.
            log_group_name=f"/aws/vendedlogs/events/{self._stage.prefix}",
            retention=logs.RetentionDays.ONE_MONTH,
            encryption_key=self._key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        source = logs.CfnDeliverySource(
            self, "LogSource", name=self._stage.prefix, log_type="ERROR_LOGS", resource_arn=self.bus.event_bus_arn
        )
        destination = logs.CfnDeliveryDestination(
            self, "LogDestination", name=self._stage.prefix, destination_resource_arn=group.log_group_arn
        )
        delivery = logs.CfnDelivery(
            self, "LogDelivery", delivery_source_name=source.name, delivery_destination_arn=destination.attr_arn
        )
        delivery.node.add_dependency(source)


def pattern_of(types: Sequence[str]) -> dict[str, Any]:
    """The pattern of events of these types. Raises ValueError where it is longer than EventBridge takes (2,048 characters)."""
    pattern = {"detail-type": list(types), **NOT_REPLAYED}
    if len(json.dumps(pattern)) > 2048:
        raise ValueError(f"a rule cannot name {len(types)} types: split the consumer")
    return pattern
