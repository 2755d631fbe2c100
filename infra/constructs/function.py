"""One Lambda function: its bundle, its own role, its log, and nothing it was not given."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.bundling import Platform, bundle, fingerprint
from infra.constructs.findings import acknowledge
from infra.stages import Stage

TABLE_READS = ("dynamodb:GetItem", "dynamodb:Query")
TABLE_WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem")


class Function(lambda_.Function):
    """The function of an entry point such as `notifications.deliver`, which is `functions/notifications/deliver.py` and the callable in it of that name."""

    def __init__(  # noqa: PLR0913  # each is one thing that differs between functions
        self,
        scope: Construct,
        entry: str,
        *,
        stage: Stage,
        key: kms.IKey,
        name: str | None = None,
        environment: dict[str, str] | None = None,
        timeout: cdk.Duration | None = None,
        memory: int = 512,
    ) -> None:
        room, module = entry.split(".")
        identity = "".join(part.title() for part in module.split("_"))
        name = name or f"{stage.prefix}-{room}-{module}".replace("_", "-")
        log = logs.LogGroup(
            scope,
            f"{identity}Log",
            log_group_name=f"/commonweal/{stage.name}/{name.removeprefix(f'{stage.prefix}-')}",
            retention=logs.RetentionDays.ONE_YEAR if stage.log_days > 30 else logs.RetentionDays.ONE_MONTH,
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.RETAIN if stage.keeps_data else cdk.RemovalPolicy.DESTROY,
        )
        role = iam.Role(scope, f"{identity}Role", role_name=name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        home = bundle(entry, Platform.of(stage.name))
        self.fingerprint = fingerprint(home)
        super().__init__(
            scope,
            identity,
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"functions.{entry}.{module}",
            code=lambda_.Code.from_asset(str(home), asset_hash=self.fingerprint, asset_hash_type=cdk.AssetHashType.CUSTOM),
            role=role,
            log_group=log,
            timeout=timeout or cdk.Duration.seconds(15),
            memory_size=memory,
            tracing=lambda_.Tracing.ACTIVE,
            environment={"STAGE": stage.name, "FUNCTION": entry, "POWERTOOLS_METRICS_NAMESPACE": "Commonweal", **(environment or {})},
            environment_encryption=key,
        )
        self._key = key
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{log.log_group_arn}")
        self._explain()

    def allow(self, actions: list[str], *resources: str, conditions: dict[str, dict[str, object]] | None = None) -> None:
        """Let the function do this to these ARNs and to nothing else."""
        self.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=list(resources), conditions=conditions))

    def may_decrypt(self, *, encrypt: bool = False) -> None:
        """Let it use the platform's key through the services that hold what it encrypts."""
        # By hand: CDK's own grants say kms:ReEncrypt* and kms:GenerateDataKey*, which are more than any of these calls need.
        self.allow(["kms:Decrypt", "kms:GenerateDataKey"] if encrypt else ["kms:Decrypt"], self._key.key_arn)

    def _explain(self) -> None:
        acknowledge(self, "Python 3.13 is what the whole project is tested on.", "AwsSolutions-L1", "Serverless-LambdaLatestVersion")
        acknowledge(self, "It is called by a queue, a stream or an HTTP API, never asynchronously.", "Serverless-LambdaDLQ")
        acknowledge(self, "It is called by a queue, a stream or an HTTP API, never asynchronously.", "Serverless-LambdaAsyncFailureDestination")
