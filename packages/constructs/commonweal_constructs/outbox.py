"""State and what it means, in one write: a table whose items may say events, and the relay that publishes them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from commonweal_constructs.function import Function
from commonweal_constructs.platform import Commonweal
from commonweal_constructs.polling import poll_when_asked
from commonweal_constructs.publisher import EventPublisher
from commonweal_constructs.queue import DeadLetterQueue
from commonweal_constructs.stage import Stage
from commonweal_constructs.stream import follow
from commonweal_constructs.table import READS, WRITES, Table

TIMEOUT = cdk.Duration.minutes(1)


class OutboxTable(Construct):
    """A table, and the relay which publishes what the items say in their attribute `outbox` (`outbox` of commonweal_events).

    `code` holds commonweal_events, whose own handler the relay is. What will not go lies in `failures`, with its payload, and goes when
    somebody who has mended the cause says so: the stack's output `Retry` says how.
    """

    def __init__(  # each is one thing to know of a table
        self,
        scope: Construct,
        identity: str,
        *,
        platform: Commonweal,
        name: str,
        code: lambda_.Code,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
    ) -> None:
        super().__init__(scope, identity)
        self.table = Table(self, "Table", name=name, stage=stage, key=key)
        self.failures = DeadLetterQueue(
            self, "Failures", name=f"{name}-relay-failures", key=key, alarms=alarms, advice="each says why", timeout=TIMEOUT
        )
        self.relay = EventPublisher(
            self,
            "Relay",
            platform=platform,
            name=f"{name}-relay",
            code=code,
            handler="commonweal_events.relay.relay",
            stage=stage,
            key=key,
            environment={"RELAY_FAILURES": self.failures.queue_url},
            timeout=TIMEOUT,
        )
        self.relay.allow(["sqs:SendMessage"], self.failures.queue_arn)
        poll_when_asked(self, self.relay, self.failures.queue_arn)
        follow(self, self.relay, str(self.table.table_stream_arn), name=f"{name}-relay", alarms=alarms)

    def let_write(self, function: Function) -> None:
        """Let a function read and write items, and tell it the table's name."""
        function.add_environment("TABLE", self.table.table_name)
        function.allow([*READS, *WRITES], self.table.table_arn)
