"""Data access: registers that anybody may read, with proofs that nothing in them was changed."""

from __future__ import annotations

import aws_cdk as cdk

from infra.constructs.bucket import PrivateBucket
from infra.constructs.bus import AWS_BUS
from infra.constructs.table import RoomTable
from infra.stacks.capability import Capability, Platform
from schemas.platform import EntriesAppended, RecordAppended, RecordSubmitted

REPLICAS = 4_000_000_000
"""Bytes of replicas that the builder of snapshots keeps: as much again is for the files it writes."""

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
        bucket = self.room_bucket(expires={"staged/": week, "uploads/": week, "refusals/": month}, versioned=True, announces=True)
        self.http("data_access.api", routes=["ANY /registers", "ANY /registers/{proxy+}"], reads=table, bucket="read")
        self.http("data_access.actions", routes=ACTIONS, writes=table, keys=True, bucket="read and write")
        # The pages of the catalogue: nobody needs a key for them.
        shown = self.http("data_access.pages", routes=["ANY /data", "ANY /data/{proxy+}"], reads=table, bucket="read")
        self.let_know_visitors(shown)
        # Two at once: more would only meet at the head of a register, which lets one through.
        self.consumer("data_access.append", hears=[RecordSubmitted], writes=table, bucket="read and write", at_once=2)
        self._load(table, bucket)
        self._snapshots(table)

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

    def _snapshots(self, table: RoomTable) -> None:
        """Files of every register as at an entry, to be downloaded whole."""
        # Entries gather for a minute, so that a register that many come to is looked at once. What a snapshot of ten million records
        # takes is measured by `make bench`.
        self.consumer(
            "data_access.snapshot",
            hears=[RecordAppended, EntriesAppended],
            every=cdk.Duration.minutes(5),
            writes=table,
            bucket="read and write",
            batch=1000,
            gathers=cdk.Duration.minutes(1),
            at_once=2,
            timeout=cdk.Duration.minutes(15),
            memory=3008,
            disk=cdk.Size.gibibytes(10),
            environment={"REPLICA_BYTES": str(REPLICAS)},
        )
