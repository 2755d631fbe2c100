"""A relay: what the items of a table say, its stream hands to the bus."""

from __future__ import annotations

from collections.abc import Collection

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from commonweal_constructs.stream import follow
from infra.constructs.bus import Bus
from infra.constructs.function import Function
from infra.constructs.queue import DeadLetterQueue
from infra.stages import Stage


class Relay(Function):
    """The relay of one table, named after it, which may speak for these sources alone."""

    def __init__(  # each is one thing to know of a relay
        self,
        scope: Construct,
        *,
        name: str,
        table: dynamodb.ITable,
        sources: Collection[str],
        bus: Bus,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
    ) -> None:
        failures = DeadLetterQueue(scope, "RelayFailures", name=f"{name}-failures", key=key, alarms=alarms)
        super().__init__(
            scope,
            "bus.relay",
            name=name,
            stage=stage,
            key=key,
            environment={"BUS": bus.name, "RELAY_FAILURES": failures.queue_url},
            timeout=cdk.Duration.seconds(30),
        )
        bus.let_put(self, sources)
        self.allow(["sqs:SendMessage"], failures.queue_arn)
        follow(scope, self, str(table.table_stream_arn), name=name, alarms=alarms)
