"""Remember which events were handled, so that the second delivery of one changes nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Protocol

from commonweal_events.failures import Busy

DAY = 86_400


class Memory(Protocol):
    """A claim comes before the work, and is either done or released after it."""

    def begin(self, key: str) -> bool:
        """Whether the work is to be done: no where it was done. Raises Busy while another delivery is at it."""

    def done(self, key: str) -> None:
        """The work is done, and never to be done again."""

    def release(self, key: str) -> None:
        """The work failed: the next delivery may try."""


class TableMemory:
    """Keeps it in a DynamoDB table with the keys `pk` and `sk`: the one `MEMORY_TABLE` names, unless told.

    `lease` is how many seconds a claim holds: no less than the function's timeout. What was done is remembered for `days`, which is longer
    than any queue keeps a message. Where a function ended between its work and `done`, the work is done a second time.
    """

    def __init__(
        self, table: str = "", *, lease: int = 900, days: int = 30, client: Any = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._named = table
        self._lease = lease
        self._kept = days * DAY
        self._client = client
        self._clock = clock

    def begin(self, key: str) -> bool:
        """Claim it, in one conditional write. Raises Busy while another claim holds."""
        dynamodb, now = self._dynamodb(), int(self._clock())
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item={**_key(key), "claimed_until": {"N": str(now + self._lease)}, "expires_at": {"N": str(now + self._kept)}},
                ConditionExpression="attribute_not_exists(pk) OR (attribute_not_exists(done) AND claimed_until <= :now)",
                ExpressionAttributeValues={":now": {"N": str(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as taken:
            if "done" in taken.response.get("Item", {}):
                return False
            raise Busy(key) from None
        return True

    def done(self, key: str) -> None:
        """Write down that it is done."""
        self._dynamodb().update_item(
            TableName=self._table, Key=_key(key), UpdateExpression="SET done = :yes", ExpressionAttributeValues={":yes": {"BOOL": True}}
        )

    def release(self, key: str) -> None:
        """Give the claim back."""
        self._dynamodb().delete_item(TableName=self._table, Key=_key(key), ConditionExpression="attribute_not_exists(done)")

    @property
    def _table(self) -> str:
        # Asked for when the first message comes, so that importing a handler needs no settings.
        return self._named or os.environ["MEMORY_TABLE"]

    def _dynamodb(self) -> Any:
        if self._client is None:
            import boto3  # local: made when the first message comes

            self._client = boto3.client("dynamodb")
        return self._client


def _key(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"event#{key}"}, "sk": {"S": "handled"}}
