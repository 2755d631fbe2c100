"""A DynamoDB table with an outbox: state and the events it means are one conditional write (law 2).

Every write carries a token of its own. Where the answer to a write is lost and the SDK's retry then fails its own condition,
the token in the item tells the winner that it won. A write with `emits` sets `outbox`; one without removes it, so that no event is said
twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from time import sleep
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from functions.common import claim_check, clients
from functions.common.cause import envelop
from functions.common.failures import Transient
from functions.common.settings import setting
from schemas.envelope import CloudEvent
from schemas.platform import PlatformEvent

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

type Item = dict[str, Any]
"""An item: strings, whole numbers, booleans, bytes, lists and maps of them. Documents stand in it as one JSON string."""

type Said = PlatformEvent | CloudEvent
type Key = tuple[str, str]

MOST_KEYS, MOST_WRITES = 100, 25
"""What BatchGetItem and BatchWriteItem take in one call."""
ATTEMPTS = 5


class ConditionFailed(Exception):
    """The write's condition did not hold; `item` is what stood there, empty where nothing did."""

    def __init__(self, item: Item, index: int = 0) -> None:
        super().__init__("a condition did not hold")
        self.item = item
        self.index = index


@dataclass(frozen=True)
class Page:
    """Some items of a query, and the sort key to go on `after`, if there is more."""

    items: list[Item]
    after: str | None


@dataclass(frozen=True)
class Put:
    """Write a whole item. `expect` is a condition on what stands there; `emits` what the change means."""

    item: Item
    expect: ConditionBase | None = None
    emits: Sequence[Said] = ()


@dataclass(frozen=True)
class Update:
    """Change attributes of an item, creating it unless `expect` forbids; one set to None goes, one set `once` stays as it was first set.

    `add` is for counters, which need a condition, or retries count twice; and for sets, which hold a member once however often it is added.
    """

    pk: str
    sk: str
    set: Mapping[str, Any] = field(default_factory=dict)
    remove: Iterable[str] = ()
    add: Mapping[str, int | frozenset[str]] = field(default_factory=dict)
    expect: ConditionBase | None = None
    emits: Sequence[Said] = ()
    once: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delete:
    """Remove an item."""

    pk: str
    sk: str
    expect: ConditionBase | None = None


@dataclass(frozen=True)
class Check:
    """In a transaction: this must hold of an item that is not written."""

    pk: str
    sk: str
    expect: ConditionBase


type Write = Put | Update | Delete | Check


def absent() -> ConditionBase:
    """There is no such item yet."""
    from boto3.dynamodb.conditions import Attr

    return Attr("pk").not_exists()


class Table:
    """One table, named by an environment variable. Keys are `pk` and `sk`."""

    def __init__(self, variable: str = "TABLE") -> None:
        self._variable = variable

    @property
    def name(self) -> str:
        """The table's name in this stage."""
        return setting(self._variable)

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Item | None:
        """One item, or None."""
        answer = clients.dynamodb().get_item(TableName=self.name, Key=_key(pk, sk), ConsistentRead=consistent)
        return _item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key], *, consistent: bool = False) -> dict[Key, Item]:
        """Many items by their (pk, sk), a hundred to a call; those that are not there are left out.

        Raises Transient when DynamoDB will not give them all.
        """
        found: dict[Key, Item] = {}
        for start in range(0, len(keys), MOST_KEYS):
            wanted = [_key(pk, sk) for pk, sk in keys[start : start + MOST_KEYS]]
            for attempt in range(ATTEMPTS):
                # A throttled or full answer (16 MB) names what is left.
                answer = clients.dynamodb().batch_get_item(RequestItems={self.name: {"Keys": wanted, "ConsistentRead": consistent}})
                items = [_item(item) for item in answer["Responses"].get(self.name, [])]
                found |= {(str(item["pk"]), str(item["sk"])): item for item in items}
                left = answer["UnprocessedKeys"].get(self.name)
                wanted = [dict(key) for key in left["Keys"]] if left else []
                if not wanted:
                    break
                sleep(0.05 * 2**attempt)
            else:
                raise Transient("the table did not give all the items asked for")
        return found

    def query(  # each is a part of the one question
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int | None = None,
        descending: bool = False,
        index: str | None = None,
        consistent: bool = False,
    ) -> Page:
        """Items of one partition in the order of their sort keys, from those beginning with `prefix`, past `after`, at most `limit`.

        On an index the partition and sort keys are `<index>pk` and `<index>sk`.
        """
        pk_name, sk_name = (f"{index}pk", f"{index}sk") if index else ("pk", "sk")
        names = {"#p": pk_name}
        values: dict[str, Any] = {":p": {"S": pk}}
        condition = "#p = :p"
        if after is not None:
            names["#s"] = sk_name
            values[":a"] = {"S": after}
            condition += " AND #s < :a" if descending else " AND #s > :a"
        elif prefix:
            names["#s"] = sk_name
            values[":x"] = {"S": prefix}
            condition += " AND begins_with(#s, :x)"
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not descending,
            "ConsistentRead": consistent,
        }
        if index:
            request["IndexName"] = index
        if limit:
            request["Limit"] = limit
        answer = clients.dynamodb().query(**request)
        items = [_item(item) for item in answer["Items"]]
        if after is not None and prefix:
            items = [item for item in items if str(item[sk_name]).startswith(prefix)]
        more = "LastEvaluatedKey" in answer and bool(items)
        return Page(items, str(items[-1][sk_name]) if more else None)

    def every(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        index: str | None = None,
        descending: bool = False,
        consistent: bool = False,
    ) -> Iterator[Item]:
        """All items of one partition whose sort keys begin with `prefix`, past `after`, in order; each page is read when it is needed."""
        while True:
            page = self.query(pk, prefix=prefix, after=after, index=index, descending=descending, consistent=consistent)
            yield from page.items
            after = page.after
            if after is None:
                return

    def put(self, item: Item, *, expect: ConditionBase | None = None, emits: Sequence[Said] = ()) -> None:
        """Write a whole item. Raises ConditionFailed with what stood there."""
        self._write(Put(item, expect, emits))

    def put_many(self, items: Sequence[Item]) -> None:
        """Write whole items that emit nothing, 25 to a call, whatever stands there. Raises Transient when DynamoDB will not take all."""
        self._write_many([{"PutRequest": {"Item": _marshal(item)}} for item in items])

    def delete_many(self, keys: Sequence[Key]) -> None:
        """Remove many items by their (pk, sk), 25 to a call, whether or not they are there. Raises Transient when DynamoDB will not."""
        self._write_many([{"DeleteRequest": {"Key": _key(pk, sk)}} for pk, sk in keys])

    def update(  # each is a part of the one change
        self,
        pk: str,
        sk: str,
        *,
        set: Mapping[str, Any] | None = None,  # noqa: A002  # the expression's own word
        remove: Iterable[str] = (),
        add: Mapping[str, int | frozenset[str]] | None = None,
        expect: ConditionBase | None = None,
        emits: Sequence[Said] = (),
        once: Mapping[str, Any] | None = None,
    ) -> Item:
        """Change attributes of an item; answers with the whole item as it is now. Raises ConditionFailed with what stood there."""
        return self._write(Update(pk, sk, set or {}, remove, add or {}, expect, emits, once or {}))

    def delete(self, pk: str, sk: str, *, expect: ConditionBase | None = None) -> None:
        """Remove an item. Raises ConditionFailed with what stood there."""
        self._write(Delete(pk, sk, expect))

    def transact(self, *writes: Write) -> None:
        """Do all of it or none. Raises ConditionFailed for the first condition that did not hold, Transient on a conflict.

        The events of the whole stand on one root item: give only one of the writes `emits`.
        """
        client = clients.dynamodb()
        token = _token()
        requests = [self._request(write, token) for write in writes]
        kinds = [_KIND[type(write)] for write in writes]
        try:
            # The SDK gives the call a ClientRequestToken, which makes a retry after a lost answer the same call for ten minutes.
            client.transact_write_items(TransactItems=[{kind: request} for kind, request in zip(kinds, requests, strict=True)])  # type: ignore[misc]  # the kind decides the shape
        except client.exceptions.TransactionCanceledException as canceled:
            reasons = canceled.response["CancellationReasons"]
            failed = {index: _item(reason.get("Item", {})) for index, reason in enumerate(reasons) if reason.get("Code") == _UNMET}
            if any(item.get("written") == token for item in failed.values()):
                return
            for index, item in failed.items():
                raise ConditionFailed(item, index) from None
            raise Transient("the transaction met another") from canceled

    def _write_many(self, requests: Sequence[Any]) -> None:
        for start in range(0, len(requests), MOST_WRITES):
            wanted = list(requests[start : start + MOST_WRITES])
            for attempt in range(ATTEMPTS):
                wanted = clients.dynamodb().batch_write_item(RequestItems={self.name: wanted})["UnprocessedItems"].get(self.name, [])
                if not wanted:
                    break
                sleep(0.05 * 2**attempt)
            else:
                raise Transient("the table did not take all the writes")

    def _write(self, write: Put | Update | Delete) -> Item:
        client = clients.dynamodb()
        token = _token()
        request = self._request(write, token)
        calls: dict[type, Any] = {Put: client.put_item, Update: client.update_item, Delete: client.delete_item}
        if isinstance(write, Update):
            request["ReturnValues"] = "ALL_NEW"
        try:
            answer = calls[type(write)](**request)
        except client.exceptions.ConditionalCheckFailedException as failed:
            # The modelled exception leaves the item out of its type, not out of the answer.
            refusal: dict[str, Any] = {**failed.response}
            found = _item(refusal.get("Item", {}))
            if found.get("written") == token:
                return found
            if isinstance(write, Delete) and not found:
                return found
            raise ConditionFailed(found) from None
        return _item(answer.get("Attributes", {}))

    def _request(self, write: Write, token: str) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self.name}
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        if isinstance(write, Put):
            # Over whatever stands there: an item that was read may bring the outbox of its last write with it.
            outbox = _outbox(write.emits) if write.emits else None
            request["Item"] = _marshal({**write.item, "outbox": outbox, "written": token})
        else:
            request["Key"] = _key(write.pk, write.sk)
        if isinstance(write, Update):
            request["UpdateExpression"] = _update_expression(write, token, names, values)
        if write.expect is not None:
            request["ConditionExpression"] = _condition(write.expect, names, values)
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if names:
            request["ExpressionAttributeNames"] = names
        if values:
            request["ExpressionAttributeValues"] = values
        return request


_UNMET = "ConditionalCheckFailed"
_KIND: dict[type, str] = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}


def _token() -> str:
    return uuid4().hex


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _outbox(emits: Sequence[Said]) -> str:
    envelopes = [claim_check.leave(said if isinstance(said, CloudEvent) else envelop(said)) for said in emits]
    return json.dumps([envelope.wire() for envelope in envelopes], separators=(",", ":"), ensure_ascii=False)


def _update_expression(write: Update, token: str, names: dict[str, str], values: dict[str, Any]) -> str:
    wanted = {**write.set, "outbox": _outbox(write.emits) if write.emits else None, "written": token}
    changes, firsts = _marshal(wanted), _marshal(write.once)
    # As in a whole item, None is no value: what is set to it goes.
    removed = [name for name in dict.fromkeys([*write.remove, *wanted]) if name not in changes]
    for number, name in enumerate([*changes, *firsts, *removed, *write.add]):
        names[f"#u{number}"] = name
    placeholders = {name: placeholder for placeholder, name in names.items()}
    for name, value in {**changes, **firsts}.items():
        values[f":{placeholders[name][1:]}"] = value
    for name, amount in _marshal(write.add).items():
        values[f":{placeholders[name][1:]}"] = amount
    sets = [f"{placeholders[name]} = :{placeholders[name][1:]}" for name in changes]
    sets += [f"{placeholders[name]} = if_not_exists({placeholders[name]}, :{placeholders[name][1:]})" for name in firsts]
    clauses = ["SET " + ", ".join(sets)]
    if removed:
        clauses.append("REMOVE " + ", ".join(placeholders[name] for name in removed))
    if write.add:
        clauses.append("ADD " + ", ".join(f"{placeholders[name]} :{placeholders[name][1:]}" for name in write.add))
    return " ".join(clauses)


def _condition(expect: ConditionBase, names: dict[str, str], values: dict[str, Any]) -> str:
    from boto3.dynamodb.conditions import ConditionExpressionBuilder

    built = ConditionExpressionBuilder().build_expression(expect)
    names.update(built.attribute_name_placeholders)
    values.update(_marshal(built.attribute_value_placeholders))
    return built.condition_expression


def _marshal(item: Mapping[str, Any]) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeSerializer

    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in item.items() if value is not None}


def _item(attributes: Mapping[str, Any]) -> Item:
    from boto3.dynamodb.types import TypeDeserializer

    deserializer = TypeDeserializer()
    return {name: _plain(deserializer.deserialize(value)) for name, value in attributes.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return bytes(value) if hasattr(value, "value") and isinstance(value.value, bytes) else value
