"""Data access: registers that anybody may read, with proofs that nothing in them was changed."""

from __future__ import annotations

import aws_cdk as cdk

from infra.stacks.capability import Capability, Platform
from schemas.platform import EntriesAppended, RecordAppended, RecordSubmitted

REPLICAS = 4_000_000_000
"""Bytes of replicas that the builder of snapshots keeps: as much again is for the files it writes."""


class DataAccess(Capability):
    """The registers' API, and the one way into them."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "data_access")
        table = self.room_table()
        self.room_bucket()
        self.http("data_access.api", routes=["ANY /registers", "ANY /registers/{proxy+}"], reads=table, bucket="read")
        # Two at once: more would only meet at the head of a register, which lets one through.
        self.consumer("data_access.append", hears=[RecordSubmitted], writes=table, bucket="read and write", at_once=2)
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
