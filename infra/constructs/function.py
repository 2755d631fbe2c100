"""One Lambda function: its bundle, its own role, its log, and nothing it was not given."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.bundling import Platform, bundle, fingerprint
from infra.constructs.bucket import PrivateBucket
from infra.constructs.findings import acknowledge
from infra.stages import Stage

TABLE_READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
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
            timeout=timeout or cdk.Duration.seconds(29),
            memory_size=memory,
            environment={"STAGE": stage.name, "FUNCTION": entry, "POWERTOOLS_LOG_LEVEL": "INFO", **(environment or {})},
            environment_encryption=key,
        )
        self._key = key
        function = self.node.default_child
        assert isinstance(function, lambda_.CfnFunction)
        # Not through CDK's own option, which would put the wildcard below among the function's other permissions.
        function.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        self.allow_anywhere("Tracing", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "X-Ray takes no resource.")
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{log.log_group_arn}")
        self._explain()

    def allow(self, actions: list[str], *resources: str, conditions: dict[str, dict[str, object]] | None = None) -> None:
        """Let the function do this to these ARNs and to nothing else."""
        self.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=list(resources), conditions=conditions))

    def allow_anywhere(self, identity: str, actions: list[str], reason: str) -> None:
        """Let it do what AWS takes no resource for: in a policy of its own, so that the reason covers nothing else."""
        policy = iam.Policy(self, identity, statements=[iam.PolicyStatement(actions=actions, resources=["*"])], roles=[self.role])
        acknowledge(policy, reason, "AwsSolutions-IAM5[Resource::*]")

    def allow_objects(self, bucket: PrivateBucket, prefix: str = "", *, write: bool = False) -> None:
        """Let it read, or read and write, the objects of a bucket whose keys begin with `prefix`."""
        # By name, not by token, so that the finding below has an id that can be written down.
        partition, name = cdk.Aws.PARTITION, bucket.literal_name
        self.allow(["s3:GetObject", "s3:PutObject"] if write else ["s3:GetObject"], f"arn:{partition}:s3:::{name}/{prefix}*")
        resource = f"arn:<AWS::Partition>:s3:::{name}/{prefix}*"
        acknowledge(self.role, "Objects are made as they are needed: a prefix is the narrowest there is.", f"AwsSolutions-IAM5[Resource::{resource}]")

    def may_decrypt(self, *, encrypt: bool = False) -> None:
        """Let it use the platform's key through the services that hold what it encrypts."""
        # By hand: CDK's own grants say kms:ReEncrypt* and kms:GenerateDataKey*, which are more than any of these calls need.
        self.allow(["kms:Decrypt", "kms:GenerateDataKey"] if encrypt else ["kms:Decrypt"], self._key.key_arn)

    def _explain(self) -> None:
        acknowledge(self, "Python 3.13 is what the whole project is tested on.", "AwsSolutions-L1", "Serverless-LambdaLatestVersion")
        acknowledge(self, "It is called by a queue, a stream or an HTTP API, never asynchronously.", "Serverless-LambdaDLQ")
        acknowledge(self, "It is called by a queue, a stream or an HTTP API, never asynchronously.", "Serverless-LambdaAsyncFailureDestination")
