"""Texts on AWS End User Messaging: how they leave, and how those that people send come in."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_smsvoice as smsvoice
from aws_cdk import aws_sns as sns
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from infra.constructs.function import Function
from infra.constructs.queue import DeadLetterQueue, WorkQueue
from infra.stages import Stage

SENDERS = ("sender-id", "phone-number", "pool")
"""What a text may be sent as."""


class Texts(Construct):
    """A topic on which End User Messaging puts what people send (two-way SMS), and the queue that hears it.

    Numbers are leased from a country's networks, by hand and over weeks: so each is pointed at this topic where it was leased.
    """

    def __init__(self, scope: Construct, *, queue: WorkQueue, stage: Stage, key: kms.IKey, alarms: sns.ITopic) -> None:
        super().__init__(scope, "Texts")
        self._stage = stage
        name = f"{stage.prefix}-received-texts"
        self.topic = sns.Topic(self, "Received", topic_name=name, master_key=key, enforce_ssl=True)
        ours = {"StringEquals": {"aws:SourceAccount": stage.account}}
        self.topic.add_to_resource_policy(_statement("sns:Publish", "sms-voice", self.topic.topic_arn, ours))
        undelivered = DeadLetterQueue(self, "Undelivered", name=f"{name}-undelivered", key=key, alarms=alarms)
        from_topic = {"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}}
        for hears in (queue, undelivered):
            hears.add_to_resource_policy(_statement("sqs:SendMessage", "sns", hears.queue_arn, from_topic))
        sns.CfnSubscription(
            self,
            "Heard",
            topic_arn=self.topic.topic_arn,
            protocol="sqs",
            endpoint=queue.queue_arn,
            raw_message_delivery=True,
            redrive_policy={"deadLetterTargetArn": undelivered.queue_arn},
        )
        if stage.zone:
            # It is what makes End User Messaging say on the account's own bus what became of a text.
            smsvoice.CfnConfigurationSet(self, "Configuration", configuration_set_name=stage.prefix)

    def let_send(self, function: Function) -> None:
        """Let a function send texts, as whatever its services have leased or named."""
        if self._stage.zone is None:
            function.allow_anywhere("Texts", ["sns:Publish"], "A text goes to a telephone number, which has no ARN.")
            return
        arn = f"arn:{cdk.Aws.PARTITION}:sms-voice:{self._stage.region}:{self._stage.account}"
        senders = [f"{arn}:{kind}/*" for kind in SENDERS]
        function.allow(["sms-voice:SendTextMessage"], *senders, f"{arn}:configuration-set/{self._stage.prefix}")
        reason = "Services name their senders while the platform runs: the account's own are the narrowest there is."
        for sender in senders:
            acknowledge(function.identity, reason, f"AwsSolutions-IAM5[Resource::{sender.replace(cdk.Aws.PARTITION, '<AWS::Partition>')}]")


def _statement(action: str, service: str, resource: str, conditions: dict[str, Any]) -> iam.PolicyStatement:
    principals = [iam.ServicePrincipal(f"{service}.amazonaws.com")]
    return iam.PolicyStatement(actions=[action], principals=principals, resources=[resource], conditions=conditions)
