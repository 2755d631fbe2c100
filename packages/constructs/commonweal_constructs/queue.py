"""Queues that lose nothing: each has a dead-letter queue, and each dead-letter queue an alarm."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from commonweal_constructs.alarm import alarm
from commonweal_constructs.findings import acknowledge

HIDDEN_FOR = 6
"""Timeouts of its function for which a message is hidden, as AWS asks, so that none is handed out twice while it is handled."""


class DeadLetterQueue(sqs.Queue):
    """Where messages end that could not be handled: kept for 14 days, and somebody is told of the first, with this advice.

    `timeout` is that of the function to which they may be brought again.
    """

    def __init__(  # each is one thing to know of a queue
        self,
        scope: Construct,
        identity: str,
        *,
        name: str,
        key: kms.IKey,
        alarms: sns.ITopic,
        advice: str = "",
        timeout: cdk.Duration | None = None,
    ) -> None:
        super().__init__(
            scope,
            identity,
            queue_name=name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=cdk.Duration.hours(1),
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
            visibility_timeout=cdk.Duration.seconds(timeout.to_seconds() * HIDDEN_FOR) if timeout else None,
        )
        alarm(
            self,
            "NotEmpty",
            says=f"{name} holds messages that could not be handled{f': {advice}' if advice else ''}.",
            metric=self.metric_approximate_number_of_messages_visible(period=cdk.Duration.minutes(1), statistic="Maximum"),
            above=0,
            topic=alarms,
        )
        acknowledge(self, "It is itself a dead-letter queue.", "AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy")


class WorkQueue(sqs.Queue):
    """What one function works off: seven days' patience, then its dead-letter queue.

    `timeout` is the function's, and `gathers` how long its messages may be gathered into a batch.
    """

    def __init__(  # noqa: PLR0913  # each is one thing to know of a queue
        self,
        scope: Construct,
        identity: str,
        *,
        name: str,
        key: kms.IKey,
        alarms: sns.ITopic,
        timeout: cdk.Duration,
        gathers: cdk.Duration | None = None,
        tries: int = 5,
        advice: str = "",
    ) -> None:
        self.dead_letters = DeadLetterQueue(scope, f"{identity}DeadLetters", name=f"{name}-dead", key=key, alarms=alarms, advice=advice)
        hidden = timeout.to_seconds() * HIDDEN_FOR + (gathers.to_seconds() if gathers else 0)
        super().__init__(
            scope,
            identity,
            queue_name=name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=cdk.Duration.hours(1),
            enforce_ssl=True,
            retention_period=cdk.Duration.days(7),
            visibility_timeout=cdk.Duration.seconds(hidden),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=tries),
        )
