"""Lists of those who asked to be told, and how far requests for a whole list have come."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

from functions.common import clock, ids
from functions.common.log import count
from functions.common.table import ConditionFailed, Delete, Item, Put, Update, absent
from functions.notifications.notification import Subscriber
from functions.notifications.store.table import attr, expiry, named, table
from schemas.envelope import CloudEvent
from schemas.platform import Channel, SubscriberAdded, SubscriberRemoved

SHARDS = 4
"""Partitions of a list: each stays small enough to read quickly, and each is read in order."""
CURSOR = r"[0-3]:([0-9a-f-]{36})?"
"""Where a list goes on: in which shard, and after whom."""
TOMBSTONE_DAYS = 7
"""How long it is known that somebody was on a list, without their address."""


def subscribe(service_id: str, name: str, channel: Channel, address: str) -> tuple[Subscriber, bool]:
    """Put an address on a list. Answers with the subscriber, and whether it is new there."""
    subscriber = Subscriber(ids.new(), channel, address)
    said = SubscriberAdded(service_id=UUID(service_id), list=name, subscriber_id=UUID(subscriber.id), channel=channel)
    added_at = clock.stamp()
    try:
        table.transact(
            Put({**named(_subscription_key(service_id, name, address)), "subscriber_id": subscriber.id}, expect=absent()),
            Put({**named(_subscriber_key(service_id, name, subscriber.id)), **_kept(subscriber), "added_at": added_at}, emits=[said]),
        )
    except ConditionFailed as known:
        return replace(subscriber, id=known.item["subscriber_id"]), False
    return subscriber, True


def unsubscribe(service_id: str, name: str, subscriber_id: str) -> bool:
    """Take somebody off a list, their address with them. False where nobody of that id is on it."""
    pk, sk = _subscriber_key(service_id, name, subscriber_id)
    item = table.get(pk, sk, consistent=True)
    if item is None or "address" not in item:
        return False
    said = SubscriberRemoved(service_id=UUID(service_id), list=name, subscriber_id=UUID(subscriber_id))
    gone = {"expires_at": expiry(TOMBSTONE_DAYS)}
    try:
        table.transact(
            Update(pk, sk, gone, remove=["address"], expect=attr("address").exists(), emits=[said]),
            Delete(*_subscription_key(service_id, name, item["address"])),
        )
    except ConditionFailed:
        return False
    return True


def subscribers(service_id: str, name: str, after: str | None, limit: int) -> tuple[list[Subscriber], str | None]:
    """Up to `limit` of those on a list, and where to go on, if there is more. One shard after another, each by id."""
    shard, _, last = (after or "0:").partition(":")
    found: list[Subscriber] = []
    for number in range(int(shard), SHARDS):
        page = table.query(_shard_key(service_id, name, number), after=last or None, limit=limit - len(found), consistent=True)
        found += [Subscriber(item["sk"], item["channel"], item["address"]) for item in page.items if "address" in item]
        if page.after:
            return found, f"{number}:{page.after}"
        if len(found) >= limit and number + 1 < SHARDS:
            return found, f"{number + 1}:"
        last = ""
    return found, None


def go_on(request_id: str, after: str, continuation: CloudEvent, days: int) -> None:
    """A page of a list is done: say, once in so many days, that the request goes on after it."""
    try:
        item = {"pk": f"request#{request_id}", "sk": after, "expires_at": expiry(days)}
        table.put(item, expect=absent(), emits=[continuation])
    except ConditionFailed:
        count("AlreadyGoneOn")


def _kept(subscriber: Subscriber) -> Item:
    return {"channel": subscriber.channel, "address": subscriber.address}


def _shard_key(service_id: str, name: str, shard: int) -> str:
    return f"subscribers#{service_id}#{name}#{shard}"


def _subscriber_key(service_id: str, name: str, subscriber_id: str) -> tuple[str, str]:
    return _shard_key(service_id, name, int(subscriber_id[-1], 16) % SHARDS), subscriber_id


def _subscription_key(service_id: str, name: str, address: str) -> tuple[str, str]:
    return f"subscription#{service_id}#{name}#{hashlib.sha256(address.encode()).hexdigest()}", "subscription"
