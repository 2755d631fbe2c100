"""What every app stands on: a key that all it keeps is encrypted with, and a topic where alarms go."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from commonweal_constructs.removal import removal
from commonweal_constructs.stage import Stage

USE = ("kms:Decrypt", "kms:GenerateDataKey")
KEEP = (*USE, "kms:DescribeKey", "kms:ReEncryptFrom", "kms:ReEncryptTo")
"""What a service needs to do with the key: for what passes through it, and for what it keeps."""


class EncryptionKey(kms.Key):
    """The key of an app, changed each year. Which services may use it for themselves is said one by one."""

    def __init__(self, scope: Construct, identity: str, *, stage: Stage) -> None:
        super().__init__(scope, identity, alias=f"alias/{stage.prefix}", enable_key_rotation=True, removal_policy=removal(stage))

    def serve(self, service: str, actions: tuple[str, ...], conditions: Mapping[str, object]) -> None:
        """Let a service of AWS do this with it, where the conditions hold."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                actions=list(actions),
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                resources=["*"],
                conditions=dict(conditions),
            )
        )


class AlarmTopic(sns.Topic):
    """Where alarms go: subscribe somebody to it."""

    def __init__(self, scope: Construct, identity: str, *, stage: Stage, key: kms.IKey) -> None:
        super().__init__(scope, identity, topic_name=f"{stage.prefix}-alarms", master_key=key, enforce_ssl=True)
        # A policy of its own takes the place of the default one, which lets alarms in.
        self.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic_arn],
                conditions=of_this_account(self),
            )
        )


class Foundation(Construct):
    """Both, for an app of a department's."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, "Foundation")
        self.key = EncryptionKey(self, "Key", stage=stage)
        self.key.serve("cloudwatch", USE, of_this_account(self))
        self.key.serve(f"logs.{stage.region}", (*KEEP, "kms:Encrypt"), of_its_logs(self))
        self.alarms = AlarmTopic(self, "Alarms", stage=stage, key=self.key)


def of_this_account(scope: Construct) -> dict[str, dict[str, str]]:
    """Only for what is in the account that the stack is in."""
    return {"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}}


def of_its_logs(scope: Construct) -> dict[str, dict[str, str]]:
    """Only for the log groups of the account and Region that the stack is in."""
    stack = cdk.Stack.of(scope)
    return {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:*"}}
