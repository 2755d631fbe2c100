"""What every room's stack is made of: a table, HTTP entry points, consumers, and what each may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import aws_cdk as cdk
from constructs import Construct

from commonweal_constructs.table import READS, WRITES
from infra.constructs.api import Routes
from infra.constructs.bucket import Expiry, PrivateBucket
from infra.constructs.bus import Bus
from infra.constructs.consumer import TIMEOUT, Consumer
from infra.constructs.declarations import TIMEOUT as TIME_TO_DECLARE
from infra.constructs.declarations import Declarations
from infra.constructs.function import Function
from infra.constructs.table import RoomTable, table_name
from infra.stacks.foundation import Foundation, environment
from infra.stages import Stage
from schemas.declaration import REQUESTS, Department
from schemas.envelope import PLATFORM_SOURCES
from schemas.platform import PlatformEvent

COLLECT, LEAVE = "s3:GetObject", "s3:PutObject"
"""What may be done with objects. Claim checks are left by whoever says events, and collected by whoever hears them."""

SAID_BY_DEPARTMENTS: Mapping[str, Any] = {"source": [{"anything-but": {"prefix": PLATFORM_SOURCES}}]}
"""The pattern of what departments say themselves."""

type Access = Literal["read", "write", "read and write"]
_ACCESS: Mapping[Access, list[str]] = {"read": [COLLECT], "write": [LEAVE], "read and write": [COLLECT, LEAVE]}
type Objects = Access | Mapping[str, Access]
"""What may be done with the objects of the room's bucket, or that by the prefix of their keys."""


@dataclass
class Platform:
    """What the stacks share. `bus` and `quarantine` are the bus stack's, which comes first.

    `sources` is the hash of all that the templates are made from. `documentation` is where the pages go that are made from them.
    """

    app: Construct
    stage: Stage
    departments: Sequence[Department]
    foundation: Foundation
    sources: str = ""
    documentation: Path | None = field(init=False, default=None)
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

    def room_table(self, *, speaks_for: Iterable[str] = (), indexed: Sequence[str] = (), indexes: int = 1) -> RoomTable:
        """The room's table with its indexes. Its relay speaks for the room's own source, and for `speaks_for`."""
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
            indexes=indexes,
        )

    def room_bucket(self, *, expires: Expiry = None, versioned: bool | None = None, announces: bool = False) -> PrivateBucket:
        """The room's bucket, for what outgrows an item. `expires` is for all of its objects, or by the prefix of their keys."""
        foundation = self.platform.foundation
        self._bucket = PrivateBucket(
            self,
            self.room,
            stage=self.platform.stage,
            key=foundation.key,
            expires=expires,
            versioned=versioned,
            announces=announces,
        )
        return self._bucket

    def http(  # noqa: PLR0913  # each is one thing an entry point may be given
        self,
        entry: str,
        *,
        routes: Sequence[str],
        reads: RoomTable | None = None,
        writes: RoomTable | None = None,
        keys: bool = False,
        bucket: Objects | None = None,
        memory: int = 512,
        disk: cdk.Size | None = None,
        environment: Mapping[str, str] | None = None,
        shelf: str = "",
    ) -> Function:
        """An HTTP entry point behind these routes. With `keys` it may check API keys."""
        foundation = self.platform.foundation
        function = Function(
            self,
            entry,
            stage=self.platform.stage,
            key=foundation.key,
            environment=dict(environment or {}),
            memory=memory,
            disk=disk,
            shelf=shelf,
        )
        self.give(function, reads=reads, writes=writes, bucket=bucket)
        if keys:
            self.let_check_keys(function)
        Routes(self, entry, api_id=foundation.api.id, function=function, routes=routes)
        return function

    def consumer(  # noqa: PLR0913  # as above
        self,
        entry: str,
        *,
        hears: Sequence[type[PlatformEvent]] = (),
        pattern: Mapping[str, Any] | None = None,
        bus: str = "",
        writes: RoomTable | None = None,
        bucket: Objects | None = None,
        tries: int = 5,
        batch: int = 10,
        gathers: cdk.Duration | None = None,
        at_once: int | None = None,
        every: cdk.Duration | None = None,
        timeout: cdk.Duration = TIMEOUT,
        memory: int = 512,
        disk: cdk.Size | None = None,
        environment: Mapping[str, str] | None = None,
        may: Sequence[Permission] = (),
    ) -> Consumer:
        """A consumer of these platform events, or of a pattern of its own, on the shared bus or the one named.

        One that hears neither is woken by its schedule, or by what others send to its queue.
        """
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
            batch=batch,
            gathers=gathers,
            at_once=at_once,
            every=every,
            timeout=timeout,
            memory=memory,
            disk=disk,
        )
        self.consumers.append(entry)
        consumer.function.allow(["sqs:SendMessage"], self.platform.quarantine_arn)
        consumer.function.add_environment("CLAIMS", foundation.claims.bucket_name)
        consumer.function.allow_objects([COLLECT], foundation.claims, "claims/")
        self.give(consumer.function, writes=writes, bucket=bucket)
        if pattern == SAID_BY_DEPARTMENTS or any(f"{event.__name__}.v1" in REQUESTS for event in hears):
            self.let_know_suspended(consumer.function)
        for permission in may:
            consumer.function.allow(list(permission.actions), *permission.resources)
        return consumer

    def declarations(self, entry: str, *, writes: RoomTable, environment: Mapping[str, str] | None = None) -> Function:
        """A function that makes the room's table what the departments' files say, at each deployment."""
        function = Function(
            self,
            entry,
            stage=self.platform.stage,
            key=self.platform.foundation.key,
            environment=dict(environment or {}),
            timeout=TIME_TO_DECLARE,
        )
        self.give(function, writes=writes)
        Declarations(self, function)
        return function

    def give(
        self, function: Function, *, reads: RoomTable | None = None, writes: RoomTable | None = None, bucket: Objects | None = None
    ) -> None:
        """Tell a function where the room keeps its things, and let it do with them what it is for."""
        if table := writes or reads:
            function.add_environment("TABLE", table.table.table_name)
            function.allow(list(READS), *table.readable)
        if writes:
            function.allow(list(WRITES), writes.table.table_arn)
            claims = self.platform.foundation.claims
            function.add_environment("CLAIMS", claims.bucket_name)
            function.allow_objects([LEAVE], claims, "claims/")
        if bucket and self._bucket:
            function.add_environment("BUCKET", self._bucket.bucket_name)
            for prefix, access in ({"": bucket} if isinstance(bucket, str) else bucket).items():
                function.allow_objects(_ACCESS[access], self._bucket, prefix)

    def let_send(self, function: Function, to: Consumer, variable: str) -> None:
        """Let a function send to a consumer's queue, whose address the variable tells it."""
        function.add_environment(variable, to.queue.queue_url)
        function.allow(["sqs:SendMessage"], to.queue.queue_arn)

    def let_seal(self, function: Function) -> None:
        """Keep secrets as ciphertexts, each bound to its own context."""
        function.add_environment("SEALING_KEY", self.platform.foundation.key.key_arn)
        function.allow(["kms:Encrypt"], self.platform.foundation.key.key_arn)

    def let_unseal(self, function: Function) -> None:
        """Open them again, each with its own context."""
        function.allow(["kms:Decrypt"], self.platform.foundation.key.key_arn)

    def let_check_keys(self, function: Function) -> None:
        """The one table that others know by name (design law 1): the keys."""
        name = table_name(self.platform.stage, "departments")
        function.add_environment("KEYS_TABLE", name)
        function.allow(["dynamodb:GetItem", "dynamodb:Query"], self.format_arn(service="dynamodb", resource="table", resource_name=name))
        self.let_read_pepper(function)

    def let_know_suspended(self, function: Function) -> None:
        """Who acts on what departments say asks whether one is suspended: of the keys' table, the departments alone."""
        name = table_name(self.platform.stage, "departments")
        function.add_environment("DEPARTMENTS_TABLE", name)
        table = self.format_arn(service="dynamodb", resource="table", resource_name=name)
        departments: dict[str, dict[str, object]] = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["departments"]}}
        function.allow(["dynamodb:GetItem"], table, conditions=departments)

    def let_count(self, function: Function) -> None:
        """Count requests of holders of keys and of visitors: the only items of the keys' table that another room may write."""
        self.let_check_keys(function)
        keys = self.format_arn(service="dynamodb", resource="table", resource_name=table_name(self.platform.stage, "departments"))
        counters: dict[str, dict[str, object]] = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["quota#*"]}}
        function.allow(["dynamodb:UpdateItem"], keys, conditions=counters)
        self.let_know_visitors(function)

    def let_know_visitors(self, function: Function) -> None:
        """Tell a function that what reaches it comes through the edge, so that a visitor's address is what the edge says it is."""
        if self.platform.stage.zone:
            function.add_environment("BEHIND_EDGE", "1")

    def let_read_pepper(self, function: Function) -> None:
        """What keys are hashed with, and webhooks signed."""
        function.add_environment("PEPPER_SECRET", self.platform.foundation.pepper_name)
        function.allow(["secretsmanager:GetSecretValue"], self.platform.foundation.pepper.secret_arn)
