"""A key that signs and never leaves KMS: what it has signed can be checked by anybody, and signed by nobody else."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from commonweal_constructs.removal import removal
from infra.constructs.function import Function
from infra.stages import Stage


class SigningKey(kms.Key):
    """An Ed25519 key. It is not rotated: what it signed is verified with it for as long as there are copies."""

    def __init__(self, scope: Construct, identity: str, *, stage: Stage, name: str) -> None:
        super().__init__(
            scope,
            identity,
            alias=f"alias/{stage.prefix}-{name}",
            key_spec=kms.KeySpec.ECC_NIST_EDWARDS25519,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            pending_window=cdk.Duration.days(30),
            removal_policy=removal(stage),
        )

    def let_sign(self, function: Function, variable: str) -> None:
        """Let a function sign with it, and tell it by a variable which key it is."""
        function.add_environment(variable, self.key_arn)
        function.allow(["kms:GetPublicKey", "kms:Sign"], self.key_arn)
