"""A schedule: every so often, the same message comes to a queue."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.delivery import Delivery
from infra.constructs.queue import WorkQueue
from infra.stages import Stage


class Schedule(Construct):
    """A rule of the account's own bus, the only one that keeps time: at a rate, since the emulator knows no time zone.

    The message is `{"scheduled": <entry point>}`. It comes at least once: what it wakes looks for itself what there is to do.
    """

    def __init__(  # each is one thing to know of a schedule
        self,
        scope: Construct,
        entry: str,
        *,
        every: cdk.Duration,
        queue: WorkQueue,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
    ) -> None:
        super().__init__(scope, "Schedule")
        name = f"{entry.replace('.', '-').replace('_', '-')}-schedule"
        message = json.dumps({"scheduled": entry})
        delivery = Delivery(self, name=name, queue=queue, stage=stage, key=key, alarms=alarms, message=message)
        rate = events.Schedule.rate(every).expression_string
        delivery.accept(events.CfnRule(self, "Rule", name=f"{stage.prefix}-{name}", schedule_expression=rate, targets=[delivery.target]))
