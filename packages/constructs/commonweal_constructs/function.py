"""One Lambda function: its own role, its log, and nothing it was not given."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from commonweal_constructs.log import Log
from commonweal_constructs.stage import Stage

KEEPERS = ("dynamodb", "lambda", "s3", "secretsmanager", "sqs")
"""The services that open for a function what they keep under its app's key."""


class Function(lambda_.Function):
    """Python 3.13 on arm64, traced; its log is encrypted and not kept for ever; its environment is encrypted.

    `name` is its name and its role's, `log` that of its log group: `/<name>` unless told. `disk` is how much it may keep in its own
    temporary folder: 512 MB unless told.
    """

    def __init__(  # noqa: PLR0913  # each is one thing that differs between functions
        self,
        scope: Construct,
        identity: str,
        *,
        name: str,
        code: lambda_.Code,
        handler: str,
        stage: Stage,
        key: kms.IKey,
        log: str = "",
        environment: dict[str, str] | None = None,
        timeout: cdk.Duration | None = None,
        memory: int = 512,
        disk: cdk.Size | None = None,
    ) -> None:
        group = Log(scope, f"{identity}Log", name=log or f"/{name}", stage=stage, key=key)
        self.identity = iam.Role(scope, f"{identity}Role", role_name=name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        super().__init__(
            scope,
            identity,
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=handler,
            code=code,
            role=self.identity,
            log_group=group,
            timeout=timeout or cdk.Duration.seconds(29),
            memory_size=memory,
            ephemeral_storage_size=disk,
            environment=environment,
            environment_encryption=key,
        )
        function = self.node.default_child
        assert isinstance(function, lambda_.CfnFunction)  # noqa: S101  # for the type alone
        # Not through CDK's own option, which would put the wildcard below among the function's other permissions.
        function.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        self.allow_anywhere("Tracing", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "X-Ray takes no resource.")
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], group.log_group_arn)
        # By hand: CDK's own grants say kms:ReEncrypt* and kms:GenerateDataKey*, which are more than any of these calls need.
        through = [f"{service}.{stage.region}.amazonaws.com" for service in KEEPERS]
        self.allow(["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn, conditions={"StringEquals": {"kms:ViaService": through}})
        acknowledge(self, "Python 3.13 is what the whole project is tested on.", "AwsSolutions-L1", "Serverless-LambdaLatestVersion")

    def allow(self, actions: list[str], *resources: str, conditions: dict[str, dict[str, object]] | None = None) -> None:
        """Let the function do this to these ARNs and to nothing else."""
        self.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=list(resources), conditions=conditions))

    def allow_anywhere(self, identity: str, actions: list[str], reason: str) -> None:
        """Let it do what AWS takes no resource for: in a policy of its own, so that the reason covers nothing else."""
        policy = iam.Policy(self, identity, statements=[iam.PolicyStatement(actions=actions, resources=["*"])], roles=[self.identity])
        acknowledge(policy, reason, "AwsSolutions-IAM5[Resource::*]")

    def failures_are_heard(self, how: str) -> None:
        """Say who hears of a call that failed: a queue of Lambda's own is for calls that nobody waits for."""
        acknowledge(self, how, "Serverless-LambdaDLQ")
