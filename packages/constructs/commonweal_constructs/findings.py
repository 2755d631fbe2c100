"""Acknowledge one finding of cdk-nag at one construct, with its reason."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(construct: IConstruct, reason: str, *ids: str) -> None:
    """Accept these findings of this construct, for this reason."""
    for identity in ids:
        cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=identity, reason=reason))
