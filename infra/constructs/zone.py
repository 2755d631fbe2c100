"""The hosted zone of a stage, which exists before the platform does."""

from __future__ import annotations

from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.stages import Zone


def hosted(scope: Construct, zone: Zone) -> route53.IPublicHostedZone:
    """The zone, for records to be put into."""
    return route53.PublicHostedZone.from_public_hosted_zone_attributes(scope, "Zone", hosted_zone_id=zone.id, zone_name=zone.name)
