"""What every room's stack is made of: a table, HTTP entry points, consumers, and what each may touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from infra.constructs.api import Routes
from infra.constructs.bucket import PrivateBucket
from infra.constructs.bus import Bus, pattern_of
from infra.constructs.consumer import Consumer
from infra.constructs.function import TABLE_READS, TABLE_WRITES, Function
from infra.constructs.queue import DeadLetterQueue
from infra.constructs.table import RoomTable, table_name
from infra.stacks.foundation import Foundation, environment
from infra.stages import Stage
from schemas.declaration import Department
from schemas.platform import PlatformEvent


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
    """One room's stack. Each function gets the room's table in `TABLE` and no more than it is given here."""

    def __init__(self, platform: Platform, room: str) -> None:
        super().__init__(
            platform.app, room.replace("_", "-"), stack_name=f"{platform.stage.prefix}-{room}".replace("_", "-"), env=environment(platform.stage)
        )
        self.platform = platform
        self.room = room
        self.consumers: list[str] = []
        self._bucket: PrivateBucket | None = None

    def room_table(self, *, speaks_for: Sequence[str] = (), indexed: Sequence[str] = ()) -> RoomTable:
        """The room's table. Its relay speaks for the room's own source, and for `speaks_for`."""
        foundation = self.platform.foundation
        own = f"uk.gov.commonweal.{self.room.replace('_', '-')}"
        return RoomTable(
            self,
            self.room,
            stage=self.platform.stage,
            key=foundation.key,
            alarms=foundation.alarms,
            bus=self.platform.bus,
            sources=[own, *speaks_for],
            indexed=indexed,
        )

    def room_bucket(self) -> PrivateBucket:
        """The room's bucket, for what outgrows an item."""
        self._bucket = PrivateBucket(self, self.room.replace("_", "-"), stage=self.platform.stage, key=self.platform.foundation.key)
        return self._bucket

    def http(  # noqa: PLR0913  # each is one thing an entry point may be given
        self,
        entry: str,
        *,
        routes: Sequence[str],
        reads: RoomTable | None = None,
        writes: RoomTable | None = None,
        keys: bool = False,
        bucket: str = "",
        environment: Mapping[str, str] | None = None,
        may: Sequence[Permission] = (),
    ) -> Function:
        """An HTTP entry point behind these routes. With `keys` it may check API keys; `bucket` is "read" or "read and write"."""
        function = Function(
            self,
            entry,
            stage=self.platform.stage,
            key=self.platform.foundation.key,
            environment={**self.room_environment(reads or writes), **(environment or {})},
        )
        self.give(function, reads=reads, writes=writes, bucket=bucket, may=may)
        if keys:
            self.let_check_keys(function)
        Routes(self, "".join(part.title() for part in entry.split(".")[1].split("_")), api_id=self.platform.foundation.api.id, function=function, routes=routes)
        return function

    def consumer(  # noqa: PLR0913  # as above
        self,
        entry: str,
        *,
        hears: Sequence[type[PlatformEvent]] = (),
        pattern: Mapping[str, Any] | None = None,
        reads: RoomTable | None = None,
        writes: RoomTable | None = None,
        bucket: str = "",
        tries: int = 5,
        gathers: cdk.Duration | None = None,
        at_once: int | None = None,
        environment: Mapping[str, str] | None = None,
        may: Sequence[Permission] = (),
    ) -> Consumer:
        """A consumer of these platform events (or of a pattern of its own), which may come `tries` times; `at_once` bounds how many batches are worked on."""
        foundation = self.platform.foundation
        consumer = Consumer(
            self,
            entry,
            stage=self.platform.stage,
            key=foundation.key,
            alarms=foundation.alarms,
            bus=self.platform.bus,
            pattern=pattern_of([event.type_name() for event in hears]) if hears else pattern,
            environment={**self.room_environment(reads or writes), "QUARANTINE_QUEUE": self.platform.quarantine_url, **(environment or {})},
            tries=tries,
            gathers=gathers,
            at_once=at_once,
        )
        consumer.function.allow(["sqs:SendMessage"], self.platform.quarantine_arn)
        self.consumers.append(entry)
        self.give(consumer.function, reads=reads, writes=writes, bucket=bucket, may=may)
        return consumer

    def dead_letters(self, identity: str, name: str) -> DeadLetterQueue:
        """A dead-letter queue of the room, with its alarm."""
        foundation = self.platform.foundation
        return DeadLetterQueue(self, identity, name=f"{self.platform.stage.prefix}-{name}", key=foundation.key, alarms=foundation.alarms)

    def room_environment(self, table: RoomTable | None) -> dict[str, str]:
        """What every function of the room is told."""
        environment = {"CLAIMS": self.platform.foundation.claims.bucket_name}
        if table:
            environment["TABLE"] = table.table.table_name
        if self._bucket:
            environment["BUCKET"] = self._bucket.bucket_name
        return environment

    def give(
        self,
        function: Function,
        *,
        reads: RoomTable | None = None,
        writes: RoomTable | None = None,
        bucket: str = "",
        may: Sequence[Permission] = (),
    ) -> None:
        """Let a function do what it is for, and no more."""
        for table in {table for table in (reads, writes) if table}:
            function.allow(list(TABLE_READS), table.table.table_arn, f"{table.table.table_arn}/index/gsi1")
        if writes:
            function.allow(list(TABLE_WRITES), writes.table.table_arn)
        # A claim check may be left by whoever writes events, and collected by whoever hears them.
        function.allow_objects(self.platform.foundation.claims, "claims/", write=writes is not None)
        if bucket and self._bucket:
            function.allow_objects(self._bucket, write="write" in bucket)
        for permission in may:
            function.allow(list(permission.actions), *permission.resources)
        function.may_decrypt(encrypt=writes is not None)

    def let_check_keys(self, function: Function) -> None:
        """The one table that others know by name (design law 1): the keys."""
        name = table_name(self.platform.stage, "departments")
        pepper = self.platform.foundation.pepper
        function.add_environment("KEYS_TABLE", name)
        function.add_environment("PEPPER_SECRET", self.platform.foundation.pepper_name)
        function.allow(["dynamodb:GetItem", "dynamodb:Query"], self.format_arn(service="dynamodb", resource="table", resource_name=name))
        function.allow(["secretsmanager:GetSecretValue"], pepper.secret_arn)
