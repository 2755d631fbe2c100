"""A consumer: a rule on the bus fills a queue, and a function works it off, a failed event at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from commonweal_constructs.polling import poll
from infra.constructs.bus import rule
from infra.constructs.function import Function, construct_id
from infra.constructs.queue import WorkQueue
from infra.constructs.schedule import Schedule
from infra.stages import Stage

TIMEOUT = cdk.Duration.seconds(30)


class Consumer(Construct):
    """The function of an entry point such as `notifications.dispatch`, with its queue and its rule on the bus of this name.

    `tries` is how often an event comes before it goes to the dead-letter queue: the function spaces them. `gathers` is how long
    events may wait for others, so that they come together, `batch` how many of them come together, and `at_once` how many batches
    are worked on at a time. With `every` a schedule wakes it, too. Without a pattern there is no rule on the bus: the schedule, or
    others, send to the queue.
    """

    def __init__(  # noqa: PLR0913  # each is one thing to know of a consumer
        self,
        scope: Construct,
        entry: str,
        *,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
        bus: str,
        pattern: Mapping[str, Any] | None,
        environment: dict[str, str] | None = None,
        tries: int = 5,
        batch: int = 10,
        gathers: cdk.Duration | None = None,
        at_once: int | None = None,
        every: cdk.Duration | None = None,
        timeout: cdk.Duration = TIMEOUT,
        memory: int = 512,
        disk: cdk.Size | None = None,
    ) -> None:
        super().__init__(scope, construct_id(entry))
        name = entry.replace(".", "-").replace("_", "-")
        self.queue = WorkQueue(
            self, "Queue", name=f"{stage.prefix}-{name}", key=key, alarms=alarms, timeout=timeout, gathers=gathers, tries=tries
        )
        self.function = Function(self, entry, stage=stage, key=key, environment=environment, timeout=timeout, memory=memory, disk=disk)
        if pattern is not None:
            rule(self, name=name, bus=bus, pattern=pattern, queue=self.queue, stage=stage, key=key, alarms=alarms)
        if every is not None:
            Schedule(self, entry, every=every, queue=self.queue, stage=stage, key=key, alarms=alarms)
        poll(self, self.function, self.queue.queue_arn, batch=batch, gathers=gathers, at_once=at_once)
