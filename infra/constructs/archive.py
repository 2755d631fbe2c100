"""What was on the bus, to be replayed: kept for as long as the types of events ask, and everything else as long as the stage says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.removal import removal
from infra.retention import archives
from infra.stages import Stage


class Archives(Construct):
    """The archives of a bus. In each, beside what it keeps, stands `leaving`: what no archive takes."""

    def __init__(  # each is one thing to know of an archive
        self, scope: Construct, *, bus: str, retention: Mapping[str, int], leaving: Mapping[str, Any], stage: Stage, key: kms.IKey
    ) -> None:
        super().__init__(scope, "Archives")
        for kept in archives(retention, stage.archive_days):
            events.CfnArchive(
                self,
                f"Archive{kept.name}",
                archive_name=f"{stage.prefix}{kept.name}",
                source_arn=bus,
                event_pattern={**leaving, **kept.pattern},
                retention_days=kept.days,
                kms_key_identifier=key.key_arn,
            ).apply_removal_policy(removal(stage))
