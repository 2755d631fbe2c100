"""The mocked AWS that unit tests stand on."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.kms import models as kms
from moto.kms.utils import generate_private_key

REGION = "eu-west-2"
_transact, _query, _copy, _get_value = DynamoDBBackend.transact_write_items, Table.query, copy.deepcopy, ResponseSerializer.get_value


@contextmanager
def mocked_aws() -> Iterator[None]:
    """An empty account. What moto does again for every test, or every write, and need not, is done once: it took longer than most tests."""
    with (
        mock_aws(),
        patch.object(DynamoDBBackend, "transact_write_items", _transact_quickly),
        patch.object(Table, "query", _query_quickly),
        patch.object(ResponseSerializer, "get_value", _get_value_quickly),
        patch.object(kms, "generate_private_key", _private_key),
    ):
        # moto begins each mock with a new session; one that is kept reads AWS's service models once.
        boto3.DEFAULT_SESSION = _session()
        yield


@cache
def _session() -> boto3.Session:
    return boto3.Session("test", "test", region_name=REGION)


@cache
def _private_key(key_spec: str) -> Any:
    """A key pair for the mocked KMS, which makes a new one for every key."""
    return generate_private_key(key_spec)


def _transact_quickly(backend: DynamoDBBackend, writes: list[dict[str, Any]]) -> None:
    """Moto copies the whole table before a transaction, once for each of its writes; what these write is enough to go back to."""
    copies: dict[int, Table] = {}

    def copied(thing: Any, memo: dict[int, Any] | None = None) -> Any:
        if not isinstance(thing, Table):
            return _copy(thing, memo)
        if id(thing) not in copies:
            copies[id(thing)] = _before(thing, [write for one in writes for write in one.values()])
        return copies[id(thing)]

    with patch.object(copy, "deepcopy", copied):
        _transact(backend, writes)


def _before(table: Table, writes: list[dict[str, Any]]) -> Table:
    """A table as it is, of which these writes change nothing."""
    before = copy.copy(table)
    before.items = defaultdict(dict, {partition: dict(items) for partition, items in table.items.items()})
    if table.stream_shard:
        before.stream_shard = copy.copy(table.stream_shard)
        before.stream_shard.table, before.stream_shard.items = before, list(table.stream_shard.items)
    for write in writes:
        key = write.get("Key") or write.get("Item") or {}
        partition, place = (DynamoType(key[name]) for name in (table.hash_key_attr, table.range_key_attr))
        if write["TableName"] == table.name and place in table.items.get(partition, {}):
            before.items[partition] = {**before.items[partition], place: _copy(table.items[partition][place])}
    return before


def _query_quickly(table: Table, hash_key: Any, *conditions: Any, **more: Any) -> Any:
    """Moto sorts the whole table before it looks for one partition; of the table itself that partition alone is the same."""
    index_name = conditions[6]
    if index_name:
        return _query(table, hash_key, *conditions, **more)
    partition = {key: items for key in (hash_key,) if (items := table.items.get(key))}
    with patch.object(table, "items", partition):
        return _query(table, hash_key, *conditions, **more)


def _get_value_quickly(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
    """Moto looks for each member of an answer under a handful of names; DynamoDB's stand in a dictionary under their own, or not at all."""
    if type(value) is dict and serializer.operation_model.service_model.service_name in {"dynamodb", "dynamodbstreams"}:
        return value.get(key)
    return _get_value(serializer, value, key, shape)
