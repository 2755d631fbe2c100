"""A private bucket: encrypted, over TLS alone, versioned where its objects are the only copy."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.findings import acknowledge
from infra.constructs.removal import removal
from infra.stages import Stage


class PrivateBucket(s3.Bucket):
    """`expires` says after how long its objects may go; without it they stay."""

    def __init__(self, scope: Construct, identity: str, *, stage: Stage, key: kms.IKey, expires: cdk.Duration | None = None) -> None:
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
            lifecycle_rules=[s3.LifecycleRule(expiration=expires)] if expires else None,
            removal_policy=removal(stage),
        )
        acknowledge(self, "Nobody reaches it but the platform's own functions, and each logs what it does.", "AwsSolutions-S1")
