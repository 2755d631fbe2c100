"""Remember which events were handled, so that the second delivery of one changes nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Protocol

from commonweal_events.failures import Busy

DAY = 86_400


class Claim(Protocol):
    """The right to do one piece of work, for as long as it was asked for."""

    def done(self) -> None:
        """The work is done, and never to be done again."""

    def release(self) -> None:
        """The work failed: the next delivery may try."""


class Memory(Protocol):
    """A claim comes before the work, and is either done or released after it."""

    def claim(self, key: str, seconds: float) -> Claim | None:
        """Claim it for so long; None where it was done. Raises Busy while another delivery is at it."""


class TableMemory:
    """Keeps it in a DynamoDB table with the keys `pk` and `sk`: the one `MEMORY_TABLE` names, unless told.

    What was done is remembered for `days`, which is longer than any queue keeps a message. Where a function ended between its work and
    `done`, the work is done a second time.
    """

    def __init__(self, table: str = "", *, days: int = 30, client: Any = None, clock: Callable[[], float] = time.time) -> None:
        self._named = table
        self._kept = days * DAY
        self._client = client
        self._clock = clock

    def claim(self, key: str, seconds: float) -> Claim | None:
        """Claim it, in one conditional write. Raises Busy while another claim holds."""
        dynamodb, now, token = self._dynamodb(), int(self._clock()), os.urandom(16).hex()
        item = {
            **_key(key),
            "claim": {"S": token},
            # Rounded up: no claim ends before the function that has it.
            "claimed_until": {"N": str(now + int(seconds) + 1)},
            "expires_at": {"N": str(now + self._kept)},
        }
        try:
            dynamodb.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR (attribute_not_exists(done) AND claimed_until <= :now)",
                ExpressionAttributeValues={":now": {"N": str(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as taken:
            there = taken.response.get("Item", {})
            if "done" in there:
                return None
            # boto3 tries again where an answer was lost, and then finds what it wrote itself.
            if there.get("claim") != item["claim"]:
                raise Busy(key) from None
        return TableClaim(dynamodb, self._table, key, token)

    @property
    def _table(self) -> str:
        # Asked for when the first message comes, so that importing a handler needs no settings.
        return self._named or os.environ["MEMORY_TABLE"]

    def _dynamodb(self) -> Any:
        if self._client is None:
            import boto3  # local: made when the first message comes

            self._client = boto3.client("dynamodb")
        return self._client


class TableClaim:
    """A claim on an item: what another has claimed since, it leaves alone."""

    def __init__(self, dynamodb: Any, table: str, key: str, token: str) -> None:
        self._dynamodb = dynamodb
        self._whose = {"TableName": table, "Key": _key(key), "ConditionExpression": "claim = :token"}
        self._token = {":token": {"S": token}}

    def done(self) -> None:
        """Write down that it is done."""
        self._dynamodb.update_item(
            **self._whose, UpdateExpression="SET done = :yes", ExpressionAttributeValues={**self._token, ":yes": {"BOOL": True}}
        )

    def release(self) -> None:
        """Give it back."""
        self._dynamodb.delete_item(**self._whose, ExpressionAttributeValues=self._token)


def _key(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"event#{key}"}, "sk": {"S": "handled"}}
