"""What seldom changes: the key, the API, where alarms go, claim checks and the secrets that the platform makes for itself."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.api import PublicApi
from infra.constructs.bucket import PrivateBucket
from infra.constructs.findings import acknowledge
from infra.stages import Stage


class Foundation(cdk.Stack):
    """Core resources that every other stack stands on."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, "foundation", stack_name=f"{stage.prefix}-foundation", env=environment(stage))
        self.key = self._key(stage)
        self.alarms = sns.Topic(self, "Alarms", topic_name=f"{stage.prefix}-alarms", master_key=self.key, enforce_ssl=True)
        self.claims = PrivateBucket(self, "Claims", stage=stage, key=self.key, expires=cdk.Duration.days(400))
        self.api = PublicApi(self, stage=stage, key=self.key)
        # By name, as the functions know them: CDK's own `secret_name` is a puzzle of Fn::Select.
        self.pepper_name, self.admin_name = f"{stage.prefix}/pepper", f"{stage.prefix}/admin-key"
        self.pepper = self._secret("Pepper", self.pepper_name, "Keys the hashes of API keys and the signatures of webhooks.")
        self.admin = self._secret("Admin", self.admin_name, "The administrator's API key: made at the first deployment.")
        cdk.CfnOutput(self, "ApiId", value=self.api.id)
        cdk.CfnOutput(self, "AdminSecret", value=self.admin_name)

    def _key(self, stage: Stage) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            alias=f"alias/{stage.prefix}",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN if stage.keeps_data else cdk.RemovalPolicy.DESTROY,
        )
        within = {"StringEquals": {"aws:SourceAccount": self.account}}
        for service in ("events.amazonaws.com", "sqs.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com"):
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    principals=[iam.ServicePrincipal(service)],
                    resources=["*"],
                    conditions=within,
                )
            )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["kms:DescribeKey"], principals=[iam.ServicePrincipal("events.amazonaws.com")], resources=["*"], conditions=within
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
                principals=[iam.ServicePrincipal(f"logs.{self.region}.amazonaws.com")],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:{self.partition}:logs:{self.region}:{self.account}:*"}},
            )
        )
        return key

    def _secret(self, identity: str, name: str, description: str) -> secrets.Secret:
        secret = secrets.Secret(
            self,
            identity,
            secret_name=name,
            description=description,
            encryption_key=self.key,
            generate_secret_string=secrets.SecretStringGenerator(exclude_punctuation=True, password_length=64),
        )
        acknowledge(secret, "Everything hashed with it, or in a department's hands, would stop working: it is changed by hand.", "AwsSolutions-SMG4")
        return secret


def environment(stage: Stage) -> cdk.Environment:
    """Where a stage's stacks go."""
    return cdk.Environment(account=stage.account, region=stage.region)
