"""The shared bus: EventBridge's rule-and-target bus, with its archives, its log and what it could not deliver."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.archive import Archives
from infra.constructs.delivery import Delivery
from infra.constructs.function import Function
from infra.constructs.log import Log, deliver
from infra.constructs.queue import DeadLetterQueue, WorkQueue, let_events_send
from infra.constructs.spread import spread
from infra.stages import Stage
from schemas.envelope import PLATFORM_SOURCES

NOT_REPLAYED: dict[str, Any] = {"replay-name": [{"exists": False}]}
"""In every rule's pattern: a replay goes to the replay queue, and from there to the one consumer that asked."""
LONGEST_PATTERN = 2048
"""Characters that EventBridge takes."""
AWS_BUS = "default"
"""The account's own bus, on which AWS's services speak, and on no other."""


class Bus(Construct):
    """The one bus. Who may put what on it is said by role, each with its own sources."""

    def __init__(
        self, scope: Construct, *, stage: Stage, key: kms.IKey, alarms: sns.ITopic, retention: Mapping[str, int] | None = None
    ) -> None:
        """`retention` is for how many days types are kept that say so themselves."""
        super().__init__(scope, "Bus")
        dead_letters = DeadLetterQueue(self, "DeadLetters", name=f"{stage.prefix}-bus-dead", key=key, alarms=alarms)
        self.bus = events.EventBus(
            self,
            "EventBus",
            event_bus_name=stage.prefix,
            kms_key=key,
            dead_letter_queue=dead_letters,
            log_config=events.LogConfig(level=events.Level.ERROR, include_detail=events.IncludeDetail.NONE),
        )
        let_events_send(dead_letters, self.bus.event_bus_arn)
        # What is replayed is in an archive already.
        Archives(self, bus=self.bus.event_bus_arn, retention=retention or {}, leaving=NOT_REPLAYED, stage=stage, key=key)
        # EventBridge delivers to groups of this prefix without a resource policy of ours.
        log = Log(self, "Log", name=f"/aws/vendedlogs/events/{stage.prefix}", stage=stage, key=key)
        deliver(self, "Log", name=stage.prefix, kind="ERROR_LOGS", source=self.bus.event_bus_arn, to=log)

    @property
    def name(self) -> str:
        """The bus's name."""
        return self.bus.event_bus_name

    def let_put(self, function: Function, sources: Collection[str]) -> None:
        """Let a function put events of these sources, and of no other, on the bus. The departments' are many, and become more."""

        def put(some: list[str]) -> iam.PolicyStatement:
            conditions = {"StringEquals": {"events:source": some}}
            return iam.PolicyStatement(actions=["events:PutEvents"], resources=[self.bus.event_bus_arn], conditions=conditions)

        own = {source for source in sources if source.startswith(PLATFORM_SOURCES)}
        function.add_to_role_policy(put(sorted(own)))
        spread(function, "Says", set(sources) - own, put)


def rule(  # each is one thing to know of a rule
    scope: Construct,
    *,
    name: str,
    bus: str,
    pattern: Mapping[str, Any],
    queue: WorkQueue,
    stage: Stage,
    key: kms.IKey,
    alarms: sns.ITopic,
) -> None:
    """Send what matches on the bus of this name to a queue; what EventBridge cannot deliver goes to the rule's own dead-letter queue.

    Raises ValueError where the pattern is longer than EventBridge takes.
    """
    whole = {**NOT_REPLAYED, **pattern}
    if len(json.dumps(whole)) > LONGEST_PATTERN:
        raise ValueError(
            f"the pattern of {name} is longer than the {LONGEST_PATTERN} characters that EventBridge takes: split the consumer"
        )
    delivery = Delivery(scope, name=name, queue=queue, stage=stage, key=key, alarms=alarms)
    delivery.accept(
        events.CfnRule(scope, "Rule", name=f"{stage.prefix}-{name}", event_bus_name=bus, event_pattern=whole, targets=[delivery.target])
    )
