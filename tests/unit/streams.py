"""What the stream of a mocked table holds: what its relay would put on the bus."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import boto3

from functions.common import clients
from schemas.envelope import CloudEvent
from tests.unit.mocked import REGION


def records(table: str, after: str = "") -> list[dict[str, Any]]:
    """The records of a table's stream, from its beginning or after the one with this sequence number."""
    arn = clients.dynamodb().describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shard = _streams().describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    begins = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after} if after else {"ShardIteratorType": "TRIM_HORIZON"}
    iterator = _streams().get_shard_iterator(StreamArn=arn, ShardId=shard, **begins)["ShardIterator"]
    found: list[dict[str, Any]] = _streams().get_records(ShardIterator=iterator)["Records"]
    return found


def events(records: list[dict[str, Any]]) -> list[CloudEvent]:
    """The events in the outboxes of such records, in order."""
    images = [record["dynamodb"].get("NewImage", {}) for record in records]
    return [CloudEvent.model_validate(event) for image in images if "outbox" in image for event in json.loads(image["outbox"]["S"])]


@cache
def _streams() -> Any:
    """A client of the mocked AWS, which is kept: making one takes longer than most tests."""
    return boto3.client("dynamodbstreams", region_name=REGION)
