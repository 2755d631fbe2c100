"""A private bucket: encrypted, over TLS alone, versioned where its objects are the only copy."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.findings import acknowledge
from infra.constructs.removal import removal
from infra.stages import Stage

type Expiry = cdk.Duration | Mapping[str, cdk.Duration] | None
"""After how long objects may go: all of them, or those whose keys begin with a prefix, each with its own. The others stay."""


class PrivateBucket(s3.Bucket):
    """A bucket whose objects may go when they expire, for good: nothing in it is versioned, then."""

    def __init__(self, scope: Construct, identity: str, *, stage: Stage, key: kms.IKey, expires: Expiry = None) -> None:
        self.literal_name = f"{stage.prefix}-{identity.lower()}-{stage.account}"
        super().__init__(
            scope,
            identity,
            bucket_name=self.literal_name,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=expires is None,
            lifecycle_rules=_rules(expires),
            removal_policy=removal(stage),
        )
        acknowledge(self, "Nobody reaches it but the platform's own functions, and each logs what it does.", "AwsSolutions-S1")


def _rules(expires: Expiry) -> list[s3.LifecycleRule] | None:
    if expires is None:
        return None
    if isinstance(expires, cdk.Duration):
        return [s3.LifecycleRule(expiration=expires)]
    return [s3.LifecycleRule(prefix=prefix, expiration=after) for prefix, after in expires.items()]
