"""One Lambda function: its bundle, its own role, its log, and nothing it was not given."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling import Platform, bundle, fingerprint, with_shelf
from infra.constructs.bucket import PrivateBucket
from infra.constructs.findings import acknowledge
from infra.constructs.log import Log
from infra.stages import Stage

KEEPERS = ("dynamodb", "lambda", "s3", "secretsmanager", "sqs")
"""The services that open for a function what they keep under the platform's key."""


class Function(lambda_.Function):
    """The function of an entry point: `notifications.dispatch` is `dispatch` in `functions/notifications/dispatch.py`."""

    def __init__(  # noqa: PLR0913  # each is one thing that differs between functions
        self,
        scope: Construct,
        entry: str,
        *,
        stage: Stage,
        key: kms.IKey,
        name: str = "",
        environment: dict[str, str] | None = None,
        timeout: cdk.Duration | None = None,
        memory: int = 512,
        disk: cdk.Size | None = None,
        shelf: str = "",
    ) -> None:
        """`disk` is how much it may keep in its own temporary folder: 512 MB unless told. With a `shelf`, the hash of what will be made
        from the templates, its bundle has a folder for that.
        """
        name = name or f"{stage.prefix}-{entry}".replace(".", "-").replace("_", "-")
        identity, module = construct_id(entry), entry.split(".")[1]
        log = Log(scope, f"{identity}Log", name=f"/commonweal/{stage.name}/{name.removeprefix(f'{stage.prefix}-')}", stage=stage, key=key)
        self.identity = iam.Role(scope, f"{identity}Role", role_name=name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        home = bundle(entry, Platform.of(stage.name))
        if shelf:
            home = with_shelf(home, stage.name, shelf)
        self.home, self.fingerprint = home, fingerprint(home)
        super().__init__(
            scope,
            identity,
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"functions.{entry}.{module}",
            code=lambda_.Code.from_asset(str(home), asset_hash=self.fingerprint, asset_hash_type=cdk.AssetHashType.CUSTOM),
            role=self.identity,
            log_group=log,
            timeout=timeout or cdk.Duration.seconds(29),
            memory_size=memory,
            ephemeral_storage_size=disk,
            environment={"STAGE": stage.name, "FUNCTION": entry, "POWERTOOLS_LOG_LEVEL": "INFO", **(environment or {})},
            environment_encryption=key,
        )
        function = self.node.default_child
        assert isinstance(function, lambda_.CfnFunction)  # noqa: S101  # for the type alone
        # Not through CDK's own option, which would put the wildcard below among the function's other permissions.
        function.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        self.allow_anywhere("Tracing", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "X-Ray takes no resource.")
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], log.log_group_arn)
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

    def allow_objects(self, actions: list[str], bucket: PrivateBucket, prefix: str = "") -> None:
        """Let it do this to the objects of a bucket whose keys begin with `prefix`."""
        # By name, not by token, so that the finding below has an id that can be written down.
        objects = f"{bucket.literal_name}/{prefix}*"
        self.allow(actions, f"arn:{cdk.Aws.PARTITION}:s3:::{objects}")
        finding = f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{objects}]"
        acknowledge(self.identity, "Objects are made as they are needed: a prefix is the narrowest there is.", finding)

    def failures_are_heard(self, how: str) -> None:
        """Say who hears of a call that failed: a queue of Lambda's own is for calls that nobody waits for."""
        acknowledge(self, how, "Serverless-LambdaDLQ")


def construct_id(entry: str) -> str:
    """The id in its stack of what stands for an entry point: `Dispatch` for `notifications.dispatch`."""
    return "".join(part.title() for part in entry.split(".")[1].split("_"))
