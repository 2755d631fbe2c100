"""Data access: registers that anybody may read, with proofs that nothing in them was changed."""

from __future__ import annotations

import aws_cdk as cdk

from infra import declarations
from infra.constructs.lake import Lake
from infra.stacks.capability import Capability, Platform
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
        bucket = self.room_bucket()
        self.http("data_access.api", routes=["ANY /registers", "ANY /registers/{proxy+}"], reads=table, bucket="read")
        # A whole processor, which 1,769 MB come with: a page of records is made by that alone.
        datasets = self.http(
            "data_access.datasets",
            routes=["ANY /datasets", "ANY /datasets/{proxy+}"],
            reads=table,
            bucket="read",
            memory=1769,
            disk=cdk.Size.gibibytes(5),
            environment={"REPLICA_BYTES": str(REPLICAS)},
        )
        self.let_count(datasets)
        self.http(
            "data_access.actions",
            routes=ACTIONS,
            writes=table,
            keys=True,
            bucket="read and write",
            memory=1769,
            disk=cdk.Size.gibibytes(5),
            environment={"REPLICA_BYTES": str(REPLICAS)},
        )
        if platform.stage.lake:
            registers = declarations.compile(platform.departments)["registers"]
            lake = Lake(self, stage=platform.stage, key=platform.foundation.key, bucket=bucket, registers=registers)
            lake.let_ask(datasets, above=LARGEST_REPLICA)
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
