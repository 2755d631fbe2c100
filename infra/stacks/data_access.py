"""Data access: registers that anybody may read, with proofs that nothing in them was changed."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk

from infra import declarations, removed
from infra.constructs.bucket import PrivateBucket
from infra.constructs.bus import AWS_BUS
from infra.constructs.function import Function
from infra.constructs.table import RoomTable
from infra.stacks.capability import Capability, Objects, Platform
from infra.stacks.lake import Lake
from infra.stacks.lake_tables import lay_tables
from infra.stacks.signing_key import SigningKey
from schemas.platform import EntriesAppended, RecordAppended, RecordSubmitted

LARGEST_REPLICA = 2_000_000
"""Entries of a register that a function still downloads within a call, about a gigabyte: larger ones are read in Athena."""
REPLICAS = 4_000_000_000
"""Bytes of replicas that a function keeps: for the builder of snapshots, as much again is for the files it writes."""

ACTIONS = (
    "ANY /api",
    "ANY /api/3",
    "ANY /api/action/{proxy+}",
    "ANY /api/3/action/{proxy+}",
    "GET /api/2/util/{proxy+}",
    "GET /api/util/{proxy+}",
    "GET /datastore/dump/{proxy+}",
)
"""Where CKAN's clients look for its Action API, and for the dump of a table."""


class DataAccess(Capability):
    """The registers' API, and the one way into them."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "data_access")
        table = self.room_table()
        # Segments are the only copy of what they hold. What nobody has taken yet, or asks about any more, expires.
        week, month = cdk.Duration.days(7), cdk.Duration.days(30)
        expires = {"staged/": week, "uploads/": week, "refusals/": month, "downloads/": cdk.Duration.days(1)}
        bucket = self.room_bucket(expires=expires, versioned=True, announces=True)
        self._registers(table)
        self._datasets(table, bucket)
        self._actions(table)
        self._pages(table)
        # Two at once: more would only meet at the head of a register, which lets one through.
        self.consumer("data_access.append", hears=[RecordSubmitted], writes=table, bucket="read and write", at_once=2)
        self._load(table, bucket)
        self._snapshots(table)
        self._audit(table)

    def _registers(self, table: RoomTable) -> None:
        """What anybody may read of registers, signed, and how those who keep one load it whole."""
        stage = self.platform.stage
        api = self._reader(
            "data_access.api",
            routes=["ANY /registers", "ANY /registers/{proxy+}"],
            reads=table,
            bucket={"": "read", "downloads/": "write"},
        )
        api.add_environment("LOG_ORIGIN", stage.zone.name if stage.zone else stage.prefix)
        SigningKey(self, "Checkpoints", stage=stage, name="checkpoints").let_sign(api, "SIGNING_KEY")
        loaded: Objects = {"staged/": "read and write", "registers/": "read and write"}
        self.http("data_access.load_rsf", routes=["ANY /registers/{name}/load-rsf"], writes=table, keys=True, bucket=loaded)

    def _datasets(self, table: RoomTable, bucket: PrivateBucket) -> None:
        """The records of registers, to be filtered, sorted and paged; in Athena, where a register outgrows a function."""
        stage = self.platform.stage
        datasets = self._reader("data_access.datasets", routes=["ANY /datasets", "ANY /datasets/{proxy+}"], reads=table, bucket="read")
        self.let_count(datasets)
        if stage.lake:
            lake = Lake(self, stage=stage, key=self.platform.foundation.key, bucket=bucket)
            lake.let_ask(datasets, above=LARGEST_REPLICA)
            # Those of departments that went are read on.
            gone, _ = removed.read(declarations.DEPARTMENTS)
            lay_tables(self.platform, lake, declarations.compile(self.platform.departments, gone=gone)["registers"])

    def _actions(self, table: RoomTable) -> None:
        """What CKAN's clients ask, read and write: the same rows, from the same replicas."""
        actions = self._reader(
            "data_access.actions",
            routes=ACTIONS,
            writes=table,
            bucket={"": "read", "staged/": "read and write", "registers/": "read and write", "downloads/": "read and write"},
        )
        self.let_check_keys(actions)

    def _pages(self, table: RoomTable) -> None:
        """The catalogue that people read: nobody needs a key for it."""
        shown = self._reader("data_access.pages", routes=["ANY /data", "ANY /data/{proxy+}"], reads=table, bucket="read")
        self.let_know_visitors(shown)
        if self.platform.stage.lake:
            shown.add_environment("LARGEST_REPLICA", str(LARGEST_REPLICA))

    def _reader(
        self, entry: str, *, routes: Sequence[str], bucket: Objects, reads: RoomTable | None = None, writes: RoomTable | None = None
    ) -> Function:
        """An entry point that reads from replicas of its own."""
        return self.http(
            entry,
            routes=routes,
            reads=reads,
            writes=writes,
            bucket=bucket,
            # A whole processor, which 1,769 MB come with: a page of records is made by that alone.
            memory=1769,
            disk=cdk.Size.gibibytes(5),
            environment={"REPLICA_BYTES": str(REPLICAS)},
        )

    def _snapshots(self, table: RoomTable) -> None:
        """Files of whole registers, made anew when entries have come."""
        # Entries gather, so that a register that many come to is looked at once.
        self.consumer(
            "data_access.snapshot",
            hears=[RecordAppended, EntriesAppended],
            every=cdk.Duration.minutes(5),
            writes=table,
            bucket="read and write",
            batch=1000,
            gathers=cdk.Duration.seconds(5),
            at_once=2,
            timeout=cdk.Duration.minutes(15),
            memory=3008,
            disk=cdk.Size.gibibytes(10),
            environment={"REPLICA_BYTES": str(REPLICAS)},
        )

    def _audit(self, table: RoomTable) -> None:
        """What recomputes a register from all that is stored of it."""
        foundation = self.platform.foundation
        minute = cdk.Duration.minutes(1)
        audit = Function(self, "data_access.audit", stage=self.platform.stage, key=foundation.key, timeout=minute, memory=1769)
        self.give(audit, reads=table, bucket={"registers/": "read"})
        audit.failures_are_heard("An operator calls it, and waits for its answer.")

    def _load(self, table: RoomTable, bucket: PrivateBucket) -> None:
        """Files that departments send: the address to send one to, and what loads it when it has come."""
        self.http(
            "data_access.uploads",
            routes=["POST /datasets/{dataset}/uploads", "ANY /datasets/{dataset}/uploads/{proxy+}"],
            writes=table,
            keys=True,
            # The function signs addresses: whoever holds one may do what it may.
            bucket={"uploads/": "write", "refusals/": "read"},
        )
        self.consumer(
            "data_access.load",
            bus=AWS_BUS,
            pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [bucket.literal_name]}, "object": {"key": [{"prefix": "uploads/"}]}},
            },
            writes=table,
            bucket={"uploads/": "read", "staged/": "read and write", "registers/": "read and write", "refusals/": "write"},
            batch=1,
            at_once=2,
            timeout=cdk.Duration.minutes(15),
            memory=3008,
            disk=cdk.Size.gibibytes(10),
        )
