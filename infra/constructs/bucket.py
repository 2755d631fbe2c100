"""A private bucket: encrypted, over TLS alone, versioned where its objects are the only copy."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from commonweal_constructs.removal import removal
from infra.stages import Stage

type Expiry = cdk.Duration | Mapping[str, cdk.Duration] | None
"""After how long objects may go: all of them, or those whose keys begin with a prefix, each with its own. The others stay."""


class PrivateBucket(s3.Bucket):
    """A bucket whose objects may go when they expire, for good: nothing in it is versioned then, unless it is said to be.

    One that `announces` tells the default bus of every new object.
    """

    def __init__(  # each is one thing to know of a bucket
        self,
        scope: Construct,
        identity: str,
        *,
        stage: Stage,
        key: kms.IKey,
        expires: Expiry = None,
        versioned: bool | None = None,
        announces: bool = False,
    ) -> None:
        self.literal_name = f"{stage.prefix}-{identity.lower()}-{stage.account}"
        versioned = expires is None if versioned is None else versioned
        super().__init__(
            scope,
            identity,
            bucket_name=self.literal_name,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=versioned,
            lifecycle_rules=_rules(expires, cdk.Duration.days(1) if versioned else None),
            removal_policy=removal(stage),
        )
        bucket = self.node.default_child
        assert isinstance(bucket, s3.CfnBucket)  # noqa: S101  # for the type alone
        if announces:
            # Not through CDK's own option, which would bring a function to set what the bucket's own resource can say.
            bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
                event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
            )
        acknowledge(self, "Nobody reaches it but the platform's own functions, and each logs what it does.", "AwsSolutions-S1")


def _rules(expires: Expiry, forgotten: cdk.Duration | None) -> list[s3.LifecycleRule] | None:
    """The rules by which objects expire. In a versioned bucket they are only hidden by that, and `forgotten` a while later."""
    if expires is None:
        return None
    prefixes = {"": expires} if isinstance(expires, cdk.Duration) else expires
    return [
        s3.LifecycleRule(prefix=prefix or None, expiration=after, noncurrent_version_expiration=forgotten)
        for prefix, after in prefixes.items()
    ]
