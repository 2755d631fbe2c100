"""Consume what the department subscribes to: the queue is the platform's, in the platform's account, and the function the department's."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from commonweal_constructs.alarm import alarm
from commonweal_constructs.findings import acknowledge
from commonweal_constructs.function import Function
from commonweal_constructs.platform import Commonweal
from commonweal_constructs.polling import poll, poll_when_asked
from commonweal_constructs.queue import DeadLetterQueue
from commonweal_constructs.stage import Stage
from commonweal_constructs.table import Table

LONGEST = cdk.Duration.seconds(30)
"""What the platform's queue hides a message for is a multiple of this: a function that took longer would be brought it twice."""
TROUBLE = cdk.Duration.minutes(5)


class SubscriptionConsumer(Construct):
    """A function that works off the department's queue, a failed message at a time.

    A message that fails comes back, and after its tries lies in the dead-letter queue beside the platform's. One that cannot be
    understood goes to `invalid` at once, with the reason. With `remembers`, a table, the function knows which events it has handled.
    `batch` messages come at once, and have the function's time together.

    What is dead comes to the function when somebody who has mended it says so: the stack's output `Retry` says how.
    """

    def __init__(  # noqa: PLR0913  # each is one thing to know of a consumer
        self,
        scope: Construct,
        identity: str,
        *,
        platform: Commonweal,
        name: str,
        code: lambda_.Code,
        handler: str,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
        remembers: Table | None = None,
        environment: dict[str, str] | None = None,
        timeout: cdk.Duration = LONGEST,
        memory: int = 512,
        batch: int = 10,
        at_once: int | None = None,
    ) -> None:
        """Raises ValueError for a function that may take longer than the queue allows for, or runs in another Region than the queue."""
        if timeout.to_seconds() > LONGEST.to_seconds():
            raise ValueError(f"{name} may take {timeout.to_seconds()} s, and the queue allows for {LONGEST.to_seconds()} s")
        if stage.region != platform.region:
            raise ValueError(f"{name} is in {stage.region}, and the queue in {platform.region}: Lambda polls its own Region alone")
        super().__init__(scope, identity)
        self.invalid = DeadLetterQueue(self, "Invalid", name=f"{name}-invalid", key=key, alarms=alarms, advice="each says why")
        self.function = Function(
            self,
            "Function",
            name=name,
            code=code,
            handler=handler,
            stage=stage,
            key=key,
            environment={"INVALID_QUEUE": self.invalid.queue_url, **(environment or {})},
            timeout=timeout,
            memory=memory,
        )
        self.function.allow(["sqs:SendMessage"], self.invalid.queue_arn)
        if remembers:
            self.function.add_environment("MEMORY_TABLE", remembers.table_name)
            self.function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], remembers.table_arn)
        self._decrypt(platform)
        poll(self, self.function, platform.queue_arn, batch=batch, at_once=at_once)
        poll_when_asked(self, self.function, platform.dead_letters_arn, batch=batch)
        self._tell(name, alarms)

    def _decrypt(self, platform: Commonweal) -> None:
        """Open both queues' messages. Their key has a policy of its own, and an id that another account cannot know by name."""
        queues = [platform.queue_arn, platform.dead_letters_arn]
        bound = {"kms:ViaService": f"sqs.{platform.region}.amazonaws.com", "kms:EncryptionContext:aws:sqs:arn": queues}
        self.function.allow(["kms:Decrypt"], platform.keys_arn, conditions={"StringEquals": dict(bound)})
        reason = "It opens what SQS encrypted for these queues, whatever the key: the conditions say so."
        acknowledge(self.function.identity, reason, f"AwsSolutions-IAM5[Resource::{platform.keys_arn}]")

    def _tell(self, name: str, alarms: sns.ITopic) -> None:
        for trouble, metric in (("Errors", self.function.metric_errors), ("Throttles", self.function.metric_throttles)):
            counted: cloudwatch.Metric = metric(period=TROUBLE, statistic="Sum")
            says = f"{name} has {trouble.lower()}: events for the department wait in the platform's queue, and are gone after seven days."
            alarm(self, trouble, says=says, metric=counted, above=0, topic=alarms)
