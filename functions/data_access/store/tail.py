"""The tail of a log: the entries that are not in a segment yet, an item each, beside the head that orders them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from functions.common.failures import Transient
from functions.common.table import ConditionFailed, Item, Key, Put, Said, absent
from functions.data_access.registers import Head, Logged, Origin
from functions.data_access.store import heads, segments
from functions.data_access.store.segments import Line
from functions.data_access.store.table import at, partition, place, table

PARTITION = 256
"""Entries to a partition."""
ATTEMPTS = 6
"""How often a cut that met an append is tried again."""


def put(register: str, logged: Logged, emits: Sequence[Said]) -> Put:
    """Write an entry at its place, where nothing may stand, and say what it means."""
    origin = logged.origin
    row: Item = {
        "key": logged.key,
        "timestamp": logged.timestamp,
        "item": logged.canonical,
        "event_id": origin.event_id,
        "event_source": origin.event_source,
        "correlation_id": origin.correlation_id,
        "version": origin.version,
    }
    return Put(at(_slot(register, logged.number)) | row, expect=absent(), emits=emits)


def read(register: str, after: int, upto: int) -> Iterator[Logged]:
    """The entries `after` + 1 to `upto`, as far as they stand in the tail without a gap. One query for each partition."""
    number = after + 1
    while number <= upto:
        pk, _ = _slot(register, number)
        until = min(upto, ((number - 1) // PARTITION + 1) * PARTITION)
        # A query answers with a megabyte at the most: it may take several to the end of a partition.
        rows = table.query(pk, after=place(number - 2), limit=until - number + 1, consistent=True).items
        for row in rows:
            if row["sk"] != place(number - 1):
                return
            yield _logged(number, row)
            number += 1
        if not rows:
            return


def cut_tail(register: str) -> int:
    """Move what is in the tail into a segment, and answer how many entries are in segments now.

    Appends go on meanwhile. What a crash leaves behind, entries both in a segment and in the tail, the next cut removes.
    """
    missed, wanted = 0, None
    while missed < ATTEMPTS:
        _sweep(register)
        head = heads.head(register)
        if head is None:
            return 0
        wanted = head.size if wanted is None else wanted
        if head.segmented >= wanted:
            return head.segmented
        try:
            _cut(register, head)
        except (ConditionFailed, Transient):
            missed += 1  # an append or another cut was at the head in the same moment
    raise Transient(f"others kept writing to the head of {register}")


def _cut(register: str, head: Head) -> None:
    found = list(_affordable(read(register, head.segmented, min(head.size, head.segmented + segments.MOST_LINES))))
    if not found:
        raise Transient(f"the tail of {register} was cut by another")
    staged = segments.stage_lines(
        register, (Line(one.key, one.canonical, one.timestamp, segments.written_origin(one.origin)) for one in found)
    )
    for file in staged.files:
        segments.keep(register, file)
    added = segments.index_items(register, head.segmented + 1, staged.files, unswept=True)
    table.transact(heads.move_segmented(register, head, found[-1].number), *added)


def _affordable(found: Iterator[Logged]) -> Iterator[Logged]:
    """As many as one file of a segment takes, so that a cut needs little memory."""
    size = 0
    for one in found:
        yield one
        size += len(one.canonical)
        if size >= segments.MOST_BYTES // 2:
            return


def _sweep(register: str) -> None:
    newest = segments.newest_item(register)
    if not newest or not newest.get("unswept"):
        return
    last = newest["first"] + sum(count for _, count, _ in newest["files"]) - 1
    table.delete_many([_slot(register, number) for number in range(newest["first"], last + 1)])
    table.update(newest["pk"], newest["sk"], remove=("unswept",))


def _slot(register: str, number: int) -> Key:
    return partition(register, "tail", f"{(number - 1) // PARTITION:08}"), place(number - 1)


def _logged(number: int, row: Item) -> Logged:
    origin = Origin(row["event_id"], row["event_source"], row["correlation_id"], row["version"])
    return Logged(number, row["key"], row["timestamp"], row["item"], sha256(row["item"].encode()).digest(), origin)
