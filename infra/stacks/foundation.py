"""What seldom changes: the key, the API, where alarms go, claim checks and the secrets that the platform makes for itself."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secrets
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.api import PublicApi
from infra.constructs.bucket import PrivateBucket
from infra.constructs.findings import acknowledge
from infra.constructs.removal import removal
from infra.stages import Stage
from schemas.declaration import RETENTIONS

CLAIMS_KEPT_FOR = {
    "claims/": cdk.Duration.days(400),
    **{f"claims/{days:03}/": cdk.Duration.days(days + 1) for days in RETENTIONS},
}
"""Longer than an archive keeps an event, so that a replay finds its data. Of two rules for an object, S3 heeds the one that ends first."""


class Foundation(cdk.Stack):
    """Core resources that every other stack stands on."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(
            scope, "foundation", stack_name=f"{stage.prefix}-foundation", env=environment(stage), termination_protection=stage.keeps_data
        )
        self.key = self._key(stage)
        self.alarms = self._alarms(stage)
        self.claims = PrivateBucket(self, "Claims", stage=stage, key=self.key, expires=CLAIMS_KEPT_FOR)
        self.api = PublicApi(self, stage=stage, key=self.key)
        # By name, as the functions know them: CDK's own `secret_name` is a puzzle of Fn::Select.
        self.pepper_name, self.admin_name = f"{stage.prefix}/pepper", f"{stage.prefix}/admin-key"
        self.pepper = self._secret(stage, "Pepper", self.pepper_name, "Keys the hashes of API keys and the signatures of webhooks.")
        self.admin = self._secret(stage, "Admin", self.admin_name, "The administrator's API key: made at the first deployment.")
        cdk.CfnOutput(self, "ApiId", value=self.api.id)
        cdk.CfnOutput(self, "AdminSecret", value=self.admin_name)

    def _key(self, stage: Stage) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            alias=f"alias/{stage.prefix}",
            enable_key_rotation=True,
            removal_policy=removal(stage),
        )
        ours = {"StringEquals": {"aws:SourceAccount": self.account}}
        log = f"arn:{self.partition}:logs:{self.region}:{self.account}:*"
        use = ["kms:Decrypt", "kms:GenerateDataKey"]
        keep = [*use, "kms:DescribeKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
        for service, actions, conditions in (
            ("events", keep, ours),
            ("cloudwatch", use, ours),
            # Texts that people send come from End User Messaging to a topic, and from there to a queue.
            ("sms-voice", use, ours),
            ("sns", use, ours),
            (f"logs.{self.region}", [*keep, "kms:Encrypt"], {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log}}),
            # On its way to its group, a bus's log is under the bus's key.
            ("events", ["kms:GenerateDataKey"], {"StringLike": {"kms:EncryptionContext:SourceArn": log}}),
            ("delivery.logs", use, {"StringLike": {"kms:EncryptionContext:SourceArn": log}}),
        ):
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    actions=actions, principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")], resources=["*"], conditions=conditions
                )
            )
        return key

    def _alarms(self, stage: Stage) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", topic_name=f"{stage.prefix}-alarms", master_key=self.key, enforce_ssl=True)
        # A policy of its own takes the place of the default one, which lets alarms in.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        return topic

    def _secret(self, stage: Stage, identity: str, name: str, description: str) -> secrets.Secret:
        secret = secrets.Secret(
            self,
            identity,
            secret_name=name,
            description=description,
            encryption_key=self.key,
            generate_secret_string=secrets.SecretStringGenerator(exclude_punctuation=True, password_length=64),
            removal_policy=removal(stage),
        )
        acknowledge(secret, "What hangs on it would stop working from one moment to the next: it is changed by hand.", "AwsSolutions-SMG4")
        return secret


def environment(stage: Stage) -> cdk.Environment:
    """Where a stage's stacks go."""
    return cdk.Environment(account=stage.account, region=stage.region)
