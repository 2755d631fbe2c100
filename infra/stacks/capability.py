"""What every room's stack is made of: a table, HTTP entry points, consumers, and what each may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from infra.constructs.api import Routes
from infra.constructs.bucket import PrivateBucket
from infra.constructs.bus import Bus
from infra.constructs.consumer import Consumer
from infra.constructs.function import Function
from infra.constructs.table import READS, WRITES, RoomTable, table_name
from infra.stacks.foundation import Foundation, environment
from infra.stages import Stage
from schemas.declaration import Department
from schemas.platform import PlatformEvent

COLLECT, LEAVE = "s3:GetObject", "s3:PutObject"
"""What may be done with objects. Claim checks are left by whoever says events, and collected by whoever hears them."""


@dataclass
class Platform:
    """What the stacks share. `bus` and `quarantine` are the bus stack's, which comes first."""

    app: Construct
    stage: Stage
    departments: Sequence[Department]
    foundation: Foundation
    bus: Bus = field(init=False)
    quarantine_url: str = field(init=False)
    quarantine_arn: str = field(init=False)


@dataclass(frozen=True)
class Permission:
    """Something a function may do besides its table: actions on ARNs."""

    actions: Sequence[str]
    resources: Sequence[str]


class Capability(cdk.Stack):
    """One room's stack. Each function gets what it is given here and no more."""

    def __init__(self, platform: Platform, room: str) -> None:
        self.room = room.replace("_", "-")
        stage = platform.stage
        super().__init__(
            platform.app,
            self.room,
            stack_name=f"{stage.prefix}-{self.room}",
            env=environment(stage),
            termination_protection=stage.keeps_data,
        )
        self.platform = platform
        self.consumers: list[str] = []
        self._bucket: PrivateBucket | None = None

    def room_table(self, *, speaks_for: Iterable[str] = (), indexed: Sequence[str] = ()) -> RoomTable:
        """The room's table. Its relay speaks for the room's own source, and for `speaks_for`."""
        foundation = self.platform.foundation
        return RoomTable(
            self,
            self.room,
            stage=self.platform.stage,
            key=foundation.key,
            alarms=foundation.alarms,
            bus=self.platform.bus,
            sources={f"uk.gov.commonweal.{self.room}", *speaks_for},
            indexed=indexed,
        )

    def room_bucket(self, *, expires: cdk.Duration | None = None) -> PrivateBucket:
        """The room's bucket, for what outgrows an item."""
        self._bucket = PrivateBucket(self, self.room, stage=self.platform.stage, key=self.platform.foundation.key, expires=expires)
        return self._bucket

    def http(  # each is one thing an entry point may be given
        self,
        entry: str,
        *,
        routes: Sequence[str],
        reads: RoomTable | None = None,
        writes: RoomTable | None = None,
        keys: bool = False,
        bucket: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Function:
        """An HTTP entry point behind these routes. With `keys` it may check API keys; `bucket` is "read" or "read and write"."""
        function = Function(self, entry, stage=self.platform.stage, key=self.platform.foundation.key, environment=dict(environment or {}))
        self.give(function, reads=reads, writes=writes, bucket=bucket)
        if keys:
            self.let_check_keys(function)
        Routes(self, entry, api_id=self.platform.foundation.api.id, function=function, routes=routes)
        return function

    def consumer(  # noqa: PLR0913  # as above
        self,
        entry: str,
        *,
        hears: Sequence[type[PlatformEvent]] = (),
        pattern: Mapping[str, Any] | None = None,
        bus: str = "",
        writes: RoomTable,
        bucket: str = "",
        tries: int = 5,
        gathers: cdk.Duration | None = None,
        at_once: int | None = None,
        environment: Mapping[str, str] | None = None,
        may: Sequence[Permission] = (),
    ) -> Consumer:
        """A consumer of these platform events, or of a pattern of its own, on the shared bus or the one named."""
        foundation = self.platform.foundation
        consumer = Consumer(
            self,
            entry,
            stage=self.platform.stage,
            key=foundation.key,
            alarms=foundation.alarms,
            bus=bus or self.platform.bus.name,
            pattern={"detail-type": [event.type_name() for event in hears]} if hears else pattern,
            environment={"QUARANTINE_QUEUE": self.platform.quarantine_url, **(environment or {})},
            tries=tries,
            gathers=gathers,
            at_once=at_once,
        )
        self.consumers.append(entry)
        consumer.function.allow(["sqs:SendMessage"], self.platform.quarantine_arn)
        consumer.function.allow_objects([COLLECT], foundation.claims, "claims/")
        self.give(consumer.function, writes=writes, bucket=bucket)
        for permission in may:
            consumer.function.allow(list(permission.actions), *permission.resources)
        return consumer

    def give(self, function: Function, *, reads: RoomTable | None = None, writes: RoomTable | None = None, bucket: str = "") -> None:
        """Tell a function where the room keeps its things, and let it do with them what it is for."""
        if table := writes or reads:
            function.add_environment("TABLE", table.table.table_name)
            function.allow(list(READS), table.table.table_arn, f"{table.table.table_arn}/index/gsi1")
        if writes:
            function.allow(list(WRITES), writes.table.table_arn)
            claims = self.platform.foundation.claims
            function.add_environment("CLAIMS", claims.bucket_name)
            function.allow_objects([LEAVE], claims, "claims/")
        if bucket and self._bucket:
            function.add_environment("BUCKET", self._bucket.bucket_name)
            function.allow_objects([COLLECT, LEAVE] if "write" in bucket else [COLLECT], self._bucket)

    def let_check_keys(self, function: Function) -> None:
        """The one table that others know by name (design law 1): the keys."""
        name = table_name(self.platform.stage, "departments")
        function.add_environment("KEYS_TABLE", name)
        function.allow(["dynamodb:GetItem", "dynamodb:Query"], self.format_arn(service="dynamodb", resource="table", resource_name=name))
        self.let_read_pepper(function)

    def let_read_pepper(self, function: Function) -> None:
        """What keys are hashed with, and webhooks signed."""
        function.add_environment("PEPPER_SECRET", self.platform.foundation.pepper_name)
        function.allow(["secretsmanager:GetSecretValue"], self.platform.foundation.pepper.secret_arn)
