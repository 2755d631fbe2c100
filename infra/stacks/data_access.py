"""Data access: registers that anybody may read, with proofs that nothing in them was changed."""

from __future__ import annotations

from infra.stacks.capability import Capability, Platform
from schemas.platform import RecordSubmitted

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
        self.room_bucket()
        self.http("data_access.api", routes=["ANY /registers", "ANY /registers/{proxy+}"], reads=table, bucket="read")
        self.http("data_access.actions", routes=ACTIONS, writes=table, keys=True, bucket="read and write")
        # Two at once: more would only meet at the head of a register, which lets one through.
        self.consumer("data_access.append", hears=[RecordSubmitted], writes=table, bucket="read and write", at_once=2)
