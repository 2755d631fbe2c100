"""The log of a register: append to it, one entry or millions, and read it on from a number."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from functions.common import clock
from functions.common.failures import Stale, Transient
from functions.common.table import ConditionFailed, Item, Key, Put
from functions.data_access import tiles
from functions.data_access.registers import CheckedItem, Head, Logged, Origin, Range, entry_leaf, timestamp
from functions.data_access.store import heads, segments, tail
from functions.data_access.store.heads import head
from functions.data_access.store.loading import load
from functions.data_access.store.table import at, partition, table
from functions.data_access.store.tail import cut_tail
from schemas.platform import RecordAppended
from schemas.proof import parsed, printed

__all__ = ["Head", "Logged", "Range", "append", "cut_tail", "head", "latest", "load", "since"]

ATTEMPTS = 6
"""How often an append that lost to another is tried on the new head before its event goes back to the queue."""

type Latest = Callable[[str, str], Origin | None]
"""What the newest entry of a key is owed to, given register and key."""


def append(register: str, owner: str, key: str, item: CheckedItem, origin: Origin, newest: Latest | None = None) -> None:
    """Append an entry, once for each event, and say so. One read and one transaction; once in 256 entries also a tile to S3.

    An event older than the newest bulk load asks `newest` (`latest`, unless the caller has something quicker) what the key stands at.
    Raises Invalid when the register is another department's, Stale when the key has a newer version, Transient when a load is under way
    or others kept winning.
    """
    for attempt in range(ATTEMPTS):
        found, written = _head_and_key(register, key)
        before = heads.parse(found) if found else Head(owner)
        heads.refuse_others(register, owner, found)
        if written.get("event_id") == origin.event_id:
            return
        _refuse_stale(register, key, before, written, origin, newest or latest)
        if before.leased_until >= clock.epoch():
            raise Transient(f"a load into {register} is under way")
        try:
            _append_after(register, before, key, item, origin)
        except (ConditionFailed, Transient):
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  # jitter, not a secret
        else:
            return
    raise Transient(f"others kept appending to {register} first")


def since(register: str, number: int, upto: int) -> Iterator[Logged]:
    """The entries `number` + 1 to `upto`, in order: from segments, then from the tail.

    Raises Transient when the log does not go so far, and segments.Damaged.
    """
    at_number, stuck = number, 0
    while at_number < upto:
        began = at_number
        for one in _segmented(register, at_number, upto):
            yield one
            at_number = one.number
        # An entry that is in the tail no more has been moved to a segment since the index was read: it is read again.
        for one in tail.read(register, at_number, upto):
            yield one
            at_number = one.number
        stuck = stuck + 1 if at_number == began else 0
        if stuck == ATTEMPTS:
            raise Transient(f"entry {at_number + 1} of {register} is not there")


def latest(register: str, key: str) -> Origin | None:
    """What the newest entry of a key is owed to, looked for in the whole log."""
    stands = head(register)
    found = None
    for one in since(register, 0, stands.size if stands else 0):
        if one.key == key:
            found = one.origin
    return found


def _segmented(register: str, after: int, upto: int) -> Iterator[Logged]:
    for segment in segments.index(register, after):
        if segment.first > upto:
            return
        yield from segments.numbered(segment, segments.read(register, segment.file), after, upto)


def _refuse_stale(register: str, key: str, before: Head, written: Item, origin: Origin, newest: Latest) -> None:
    if written.get("version", "") >= origin.version:
        raise Stale(f"entry {written['number']} of {register} is newer")
    if origin.version > before.loaded:
        return
    # A load writes no key items: this key may be among what it brought.
    loaded = newest(register, key)
    if loaded and loaded.version >= origin.version:
        raise Stale(f"a load has brought a newer {key} into {register}")


def _append_after(register: str, before: Head, key: str, item: CheckedItem, origin: Origin) -> None:
    # Clocks differ between machines; the log's own time does not go back.
    made, digest, number = max(before.updated, timestamp(clock.now())), parsed(item.hash), before.size + 1
    logged = Logged(number, key, made, item.canonical.decode(), digest, origin)
    frontier, leaving = before.frontier.append(entry_leaf(number, made, key, digest))
    for tile in leaving:
        tiles.keep(register, tile)
    said = RecordAppended(
        register_name=register,
        key=key,
        entry_number=number,
        item_hash=item.hash,
        total_entries=number,
        root_hash=printed(frontier.root()),
    )
    row = {"event_id": origin.event_id, "version": origin.version, "number": number}
    table.transact(
        heads.move(register, before, frontier, made),
        # The outbox is the entry's, not the head's: what the relay reads from the stream stays small.
        tail.put(register, logged, [said]),
        Put(at(_written(register, key)) | row),
    )


def _head_and_key(register: str, key: str) -> tuple[Item, Item]:
    wanted = heads.key(register), _written(register, key)
    found = table.get_many(wanted, consistent=True)
    return found.get(wanted[0], {}), found.get(wanted[1], {})


def _written(register: str, key: str) -> Key:
    return partition(register, "key", key), "key"
