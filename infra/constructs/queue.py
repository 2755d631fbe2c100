"""Queues that lose nothing: each has a dead-letter queue, and each dead-letter queue an alarm."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.findings import acknowledge


class DeadLetterQueue(sqs.Queue):
    """Where messages end that could not be handled: kept for 14 days, and somebody is told of the first."""

    def __init__(self, scope: Construct, identity: str, *, name: str, key: kms.IKey, alarms: sns.ITopic) -> None:
        super().__init__(
            scope,
            identity,
            queue_name=name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=cdk.Duration.hours(1),
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        alarm = cloudwatch.Alarm(
            self,
            "NotEmpty",
            alarm_description=f"{name} holds messages that could not be handled: look with `commonweal redrive list`.",
            metric=self.metric_approximate_number_of_messages_visible(period=cdk.Duration.minutes(1), statistic="Maximum"),
            threshold=0,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(alarms))
        acknowledge(self, "It is itself a dead-letter queue.", "AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy")


class WorkQueue(sqs.Queue):
    """What one function works off: seven days' patience, then its dead-letter queue. `timeout` is the function's."""

    def __init__(  # noqa: PLR0913  # each is one thing to know of a queue
        self,
        scope: Construct,
        identity: str,
        *,
        name: str,
        key: kms.IKey,
        alarms: sns.ITopic,
        timeout: cdk.Duration,
        tries: int = 5,
    ) -> None:
        self.dead_letters = DeadLetterQueue(scope, f"{identity}DeadLetters", name=f"{name}-dead", key=key, alarms=alarms)
        super().__init__(
            scope,
            identity,
            queue_name=name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=cdk.Duration.hours(1),
            enforce_ssl=True,
            retention_period=cdk.Duration.days(7),
            # AWS asks for six times the function's timeout, so that no message is handed out twice while it is being handled.
            visibility_timeout=cdk.Duration.seconds(timeout.to_seconds() * 6),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=tries),
        )


def allow_events(queue: sqs.Queue, rule_arn: str) -> None:
    """Let one rule of EventBridge, and nobody else's, send to this queue."""
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["sqs:SendMessage"],
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": rule_arn}},
        )
    )
