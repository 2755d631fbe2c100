"""A consumer: a rule on the bus fills a queue, and a function works it off, a failed event at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.bus import Bus
from infra.constructs.findings import acknowledge
from infra.constructs.function import Function
from infra.constructs.queue import WorkQueue
from infra.stages import Stage

TIMEOUT = cdk.Duration.seconds(30)


class Consumer(Construct):
    """The function of an entry point such as `notifications.deliver`, with its queue and its rule.

    `tries` is how often an event comes before it goes to the dead-letter queue: the function spaces them.
    """

    def __init__(  # noqa: PLR0913  # each is one thing to know of a consumer
        self,
        scope: Construct,
        entry: str,
        *,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
        bus: Bus,
        pattern: Mapping[str, Any] | None,
        environment: dict[str, str],
        tries: int = 5,
        gathers: cdk.Duration | None = None,
        at_once: int | None = None,
    ) -> None:
        super().__init__(scope, "".join(part.title() for part in entry.split(".")[1].split("_")))
        name = entry.replace(".", "-").replace("_", "-")
        self.queue = WorkQueue(self, "Queue", name=f"{stage.prefix}-{name}", key=key, alarms=alarms, timeout=TIMEOUT, tries=tries)
        self.function = Function(self, entry, stage=stage, key=key, environment=environment, timeout=TIMEOUT)
        if pattern is not None:
            bus.rule(self, name, pattern, self.queue)
        # Changing the visibility of a message is how tries are spaced.
        self.function.allow(
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"], self.queue.queue_arn
        )
        self.function.may_decrypt(encrypt=True)
        mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=10,
            max_batching_window=gathers,
            max_concurrency=at_once,
            report_batch_item_failures=True,
        )
        mapping.node.add_dependency(self.function.role)
        acknowledge(mapping, "A queue's failures go to its dead-letter queue.", "Serverless-LambdaEventSourceMappingDestination")
