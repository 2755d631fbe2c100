"""Registers in DynamoDB: the head that orders all appends, and numbered lists of entries, keys and trails in bounded partitions.

| pk                                       | sk         | what stands there                                                          |
|------------------------------------------|------------|----------------------------------------------------------------------------|
| `register#<name>`                        | `head`     | owner, size, the frontier's tiles, number of keys, time of the last entry  |
| `register#<name>#entries#<n // 256>`     | n          | the entry at place n (from 0), and the event it is owed to                 |
| `register#<name>#keys#<n // 256>`        | n          | the key that came n-th (from 0)                                            |
| `register#<name>#record#<key>`           | `record`   | the key's latest entry with its item: one read                             |
| `register#<name>#trail#<key>#<n // 256>` | n          | the key's n-th entry (from 0)                                              |
| `register#<name>#item#<hash>`            | `item`     | an item in its canonical form                                              |

A register's name is global, so its head names its owner and every append is conditional on it. The same condition, on the head's size, is
what orders appends: no two can follow the same entry.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from functions.common import clock
from functions.common.failures import Invalid, Stale, Transient
from functions.common.table import MOST_KEYS, ConditionFailed, Put, Table, absent
from functions.common.table import Item as Row
from functions.data_access import tiles
from functions.data_access.merkle import Frontier, Tree
from functions.data_access.registers import CheckedItem, Entry, Head, Origin, Record, timestamp
from schemas.platform import RecordAppended
from schemas.proof import printed

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

PARTITION = 256
"""Places to a partition of a numbered list."""

ATTEMPTS = 6
"""How often an append that lost to another is tried on the new head before its event goes back to the queue."""

table = Table()


def append(register: str, owner: str, key: str, item: CheckedItem, origin: Origin) -> None:
    """Append an entry, once for each event, and say so. One read and one transaction; once in 256 entries also a tile to S3.

    Raises Invalid when the register is another department's, Stale when the key has a newer version, Transient when others kept winning.
    """
    for attempt in range(ATTEMPTS):
        head, record = _head_and_record(register, key)
        if head and head.owner != owner:
            raise Invalid(f"{owner} has no register {register}", "register_name")
        if record and record.entry.origin.event_id == origin.event_id:
            return
        if record and record.entry.origin.version >= origin.version:
            raise Stale(f"entry {record.entry.number} of {register} is newer")
        try:
            _append_after(register, head or Head(owner), record, key, item, origin)
        except (ConditionFailed, Transient):
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  # jitter, not a secret
        else:
            return
    raise Transient(f"others kept appending to {register} first")


def head(register: str) -> Head | None:
    """Where a register stands, or None before its first entry. One read."""
    found = table.get(_pk(register), "head", consistent=True)
    return _head(found) if found else None


def record(register: str, key: str) -> Record | None:
    """The record of a key. One read."""
    found = table.get(_pk(register, "record", key), "record", consistent=True)
    return _record(found) if found else None


def entry(register: str, number: int) -> Entry | None:
    """An entry by its number. One read."""
    found = table.get(*_slot(_pk(register, "entries"), number - 1), consistent=True)
    return _entry(found) if found else None


def item(register: str, item_hash: str) -> str | None:
    """An item by its hash, in its canonical form. One read."""
    found = table.get(_pk(register, "item", item_hash), "item", consistent=True)
    return str(found["item"]) if found else None


def entries(register: str, start: int, count: int) -> Iterator[Entry]:
    """At most `count` entries from number `start` on."""
    return map(_entry, _slots(_pk(register, "entries"), start - 1, count))


def trail(register: str, key: str, start: int, count: int) -> Iterator[Entry]:
    """At most `count` entries of one key, oldest first, from place `start` (from 0) on."""
    return map(_entry, _slots(_pk(register, "trail", key), start, count))


def records(register: str, start: int, count: int) -> Iterator[Record]:
    """At most `count` records from place `start` (from 0) on, in the order in which their keys first came."""
    addresses = [(_pk(register, "record", str(row["key"])), "record") for row in _slots(_pk(register, "keys"), start, count)]
    for at in range(0, len(addresses), MOST_KEYS):
        batch = addresses[at : at + MOST_KEYS]
        found = table.get_many(batch, consistent=True)
        yield from (_record(found[address]) for address in batch)


def tree(register: str, at: Head) -> Tree:
    """The register's Merkle tree: the present root needs no read, a proof one for each full tile on its path."""
    return Tree(at.frontier, partial(tiles.fetch, register))


def _append_after(register: str, before: Head, previous: Record | None, key: str, item: CheckedItem, origin: Origin) -> None:
    # Clocks differ between machines; the log's own time does not go back.
    made = max(before.updated, timestamp(clock.now()))
    entry = Entry(before.size + 1, made, key, item.hash, origin)
    place, revisions = (previous.place, previous.revisions + 1) if previous else (before.records, 1)
    frontier, leaving = before.frontier.append(entry.leaf())
    for tile in leaving:
        tiles.keep(register, tile)
    after = Head(before.owner, frontier, max(before.records, place + 1), made)
    row, text = _entry_row(entry), item.canonical.decode()
    writes = [
        Put(_at(_pk(register), "head") | _head_row(after), expect=_stands_at(before)),
        # The outbox is the entry's, not the head's: what the relay reads from the stream stays small.
        Put(_at(*_slot(_pk(register, "entries"), before.size)) | row, expect=absent(), emits=[_appended(register, entry, after)]),
        Put(_at(*_slot(_pk(register, "trail", key), revisions - 1)) | row),
        Put(_at(_pk(register, "record", key), "record") | row | {"item": text, "place": place, "revisions": revisions}),
    ]
    if previous is None:
        writes.append(Put(_at(*_slot(_pk(register, "keys"), place)) | {"key": key}))
    if previous is None or previous.entry.item_hash != item.hash:
        writes.append(Put(_at(_pk(register, "item", item.hash), "item") | {"item": text}))
    table.transact(*writes)


def _appended(register: str, entry: Entry, after: Head) -> RecordAppended:
    return RecordAppended(
        register_name=register,
        key=entry.key,
        entry_number=entry.number,
        item_hash=entry.item_hash,
        total_entries=after.size,
        root_hash=printed(tree(register, after).root(after.size)),
    )


def _stands_at(before: Head) -> ConditionBase:
    from boto3.dynamodb.conditions import Attr

    return Attr("size").eq(before.size) & Attr("owner").eq(before.owner) if before.size else absent()


def _head_and_record(register: str, key: str) -> tuple[Head | None, Record | None]:
    head_key, record_key = (_pk(register), "head"), (_pk(register, "record", key), "record")
    found = table.get_many([head_key, record_key], consistent=True)
    return (
        _head(found[head_key]) if head_key in found else None,
        _record(found[record_key]) if record_key in found else None,
    )


def _slots(numbered: str, start: int, count: int) -> Iterator[Row]:
    """The rows of a numbered list from a place on: one query for each partition they stand in."""
    end = start + count
    while start < end:
        pk, _ = _slot(numbered, start)
        rows = table.query(pk, after=_place(start - 1), limit=min(end, (start // PARTITION + 1) * PARTITION) - start, consistent=True)
        yield from rows.items
        start += len(rows.items)
        if start % PARTITION or not rows.items:
            return


def _pk(register: str, *part: str) -> str:
    return "#".join(("register", register, *part))


def _slot(numbered: str, place: int) -> tuple[str, str]:
    return f"{numbered}#{place // PARTITION:08}", _place(place)


def _place(place: int) -> str:
    return f"{place:012}"


def _at(pk: str, sk: str) -> Row:
    return {"pk": pk, "sk": sk}


def _head_row(head: Head) -> Row:
    return {
        "owner": head.owner,
        "size": head.size,
        "tiles": list(head.frontier.tiles),
        "records": head.records,
        "updated": head.updated,
    }


def _head(row: Row) -> Head:
    return Head(row["owner"], Frontier(row["size"], tuple(row["tiles"])), row["records"], row["updated"])


def _entry_row(entry: Entry) -> Row:
    origin = entry.origin
    return {
        "number": entry.number,
        "timestamp": entry.timestamp,
        "key": entry.key,
        "item_hash": entry.item_hash,
        "event_id": origin.event_id,
        "event_source": origin.event_source,
        "correlation_id": origin.correlation_id,
        "version": origin.version,
    }


def _entry(row: Row) -> Entry:
    origin = Origin(row["event_id"], row["event_source"], row["correlation_id"], row["version"])
    return Entry(row["number"], row["timestamp"], row["key"], row["item_hash"], origin)


def _record(row: Row) -> Record:
    return Record(_entry(row), json.loads(row["item"]), row["place"], row["revisions"])
