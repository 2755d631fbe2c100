"""One Lambda function of the platform: an entry point, in its bundle."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from commonweal_constructs import function as common
from commonweal_constructs.findings import acknowledge
from infra.bundling import Platform, bundle, fingerprint, with_shelf
from infra.constructs.bucket import PrivateBucket
from infra.stages import Stage


class Function(common.Function):
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
        home = bundle(entry, Platform.of(stage.name))
        if shelf:
            home = with_shelf(home, stage.name, shelf)
        self.home, self.fingerprint = home, fingerprint(home)
        super().__init__(
            scope,
            construct_id(entry),
            name=name,
            code=lambda_.Code.from_asset(str(home), asset_hash=self.fingerprint, asset_hash_type=cdk.AssetHashType.CUSTOM),
            handler=f"functions.{entry}.{entry.split('.')[1]}",
            stage=stage,
            key=key,
            log=f"/commonweal/{stage.name}/{name.removeprefix(f'{stage.prefix}-')}",
            environment={"STAGE": stage.name, "FUNCTION": entry, "POWERTOOLS_LOG_LEVEL": "INFO", **(environment or {})},
            timeout=timeout,
            memory=memory,
            disk=disk,
        )

    def allow_objects(self, actions: list[str], bucket: PrivateBucket, prefix: str = "") -> None:
        """Let it do this to the objects of a bucket whose keys begin with `prefix`."""
        # By name, not by token, so that the finding below has an id that can be written down.
        objects = f"{bucket.literal_name}/{prefix}*"
        self.allow(actions, f"arn:{cdk.Aws.PARTITION}:s3:::{objects}")
        finding = f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{objects}]"
        acknowledge(self.identity, "Objects are made as they are needed: a prefix is the narrowest there is.", finding)


def construct_id(entry: str) -> str:
    """The id in its stack of what stands for an entry point: `Dispatch` for `notifications.dispatch`."""
    return "".join(part.title() for part in entry.split(".")[1].split("_"))
