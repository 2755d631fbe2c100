"""Load staged segments into a register: all of them or none, and once for each event.

What goes before the one transaction at the end is settled by what is staged and by the head, which nobody else moves meanwhile: a load
that crashed anywhere is simply done again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from uuid import uuid4

from functions.common import clock
from functions.common.failures import Invalid, Transient
from functions.common.table import ConditionFailed, Put, absent
from functions.data_access import tiles
from functions.data_access.merkle import Frontier, Growing, Tile
from functions.data_access.registers import Head, Origin, Range, entry_leaf, timestamp
from functions.data_access.store import heads, segments
from functions.data_access.store.segments import Staged
from functions.data_access.store.table import at, partition, table
from functions.data_access.store.tail import cut_tail
from schemas.platform import EntriesAppended
from schemas.proof import printed

AT_ONCE = 10
"""Tiles on their way to S3 at a time: the connections that a client keeps."""


LEASE = 900
"""Seconds that a load may take: as long as a function lives."""


class WrongRoot(Invalid):
    """A root hash that must hold does not, `after` so many of the entries of a load."""

    def __init__(self, wanted: bytes, found: bytes, size: int, after: int) -> None:
        super().__init__(f"is {printed(wanted)} after {size} entries, and the register's is {printed(found)}", "root-hash")
        self.after = after


def load(  # each is a part of the one load
    register: str, owner: str, staged: Staged, origin: Origin, roots: Mapping[int, bytes] | None = None, seconds: int = LEASE
) -> Range:
    """Append everything that is staged, and say so; answers with the numbers of the entries, the same at each repetition.

    `roots` are root hashes that must hold after so many of the entries (0: before the first). `seconds` is how long the calling function
    may live: so long after a crash nobody appends. Raises WrongRoot, Invalid when the register is another department's, Transient while
    another load is under way.
    """
    if done := loaded(register, origin.event_id):
        return done
    with _leased(register, owner, seconds) as before:
        if done := loaded(register, origin.event_id):
            return done
        made = max(before.updated, timestamp(clock.now()))
        with _keeping(register) as keep:
            growing = Growing(before.frontier, keep)
            newest = _grow(growing, staged, made, roots or {})
        if not staged.lines:
            return Range(before.size + 1, before.size)
        return _commit(register, before, growing.frontier(), max(before.updated, newest), staged, origin, made)


def loaded(register: str, event_id: str) -> Range | None:
    """Which entries an earlier call for this event made."""
    found = table.get(partition(register, "load", event_id), "load", consistent=True)
    return Range(found["first"], found["last"]) if found else None


def _grow(growing: Growing, staged: Staged, made: str, roots: Mapping[int, bytes]) -> str:
    """Give the tree a leaf for each line, checking roots on the way; answers the latest time of all."""
    begun, newest = growing.size, ""
    _check_root(growing, begun, roots)
    for file in staged.files:
        segments.keep(staged.register, file)
        for line in segments.read_staged(staged.register, file):
            time = line.timestamp or made
            newest = max(newest, time)
            growing.append(entry_leaf(growing.size + 1, time, line.key, sha256(line.canonical.encode()).digest()))
            if growing.size - begun in roots:
                _check_root(growing, begun, roots)
    return newest


def _check_root(growing: Growing, begun: int, roots: Mapping[int, bytes]) -> None:
    after = growing.size - begun
    wanted = roots.get(after)
    if wanted is not None and wanted != (found := growing.frontier().root()):
        raise WrongRoot(wanted, found, growing.size, after)


def _commit(register: str, before: Head, frontier: Frontier, updated: str, staged: Staged, origin: Origin, made: str) -> Range:
    done = Range(before.size + 1, frontier.size)
    said = EntriesAppended(
        register_name=register, first=done.first, last=done.last, total_entries=frontier.size, root_hash=printed(frontier.root())
    )
    newest = max(before.loaded, origin.version)
    load_key = partition(register, "load", origin.event_id), "load"
    try:
        table.transact(
            heads.move_leased(register, before, frontier, updated, segmented=frontier.size, loaded=newest),
            *segments.index_items(register, done.first, staged.files, timestamp=made, origin=segments.written_origin(origin)),
            Put(at(load_key) | {"first": done.first, "last": done.last}, expect=absent(), emits=[said]),
        )
    except ConditionFailed:
        if other := loaded(register, origin.event_id):
            return other
        raise Transient(f"the lease on {register} ran out before the load was done") from None
    return done


@contextmanager
def _leased(register: str, owner: str, seconds: int) -> Iterator[Head]:
    """The head of the register, with nothing in its tail, for this load alone. It is given back at the end, however that comes."""
    borrower = uuid4().hex
    heads.lend(register, owner, borrower, seconds)
    try:
        cut_tail(register)
        head = heads.head(register)
        if head is None or head.lease != borrower:
            raise Transient(f"the lease on {register} ran out before the load began")
        yield head
    finally:
        heads.give_back(register, borrower)


@contextmanager
def _keeping(register: str) -> Iterator[Callable[[Tile], None]]:
    """What writes tiles, several at a time. None is on its way any more at the end: it might overtake one of whoever appends next."""
    from concurrent.futures import Future, ThreadPoolExecutor  # here: what appends one entry needs none of it

    under_way = deque["Future[None]"]()
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def keep(tile: Tile) -> None:
            if len(under_way) == 2 * AT_ONCE:
                under_way.popleft().result()
            under_way.append(pool.submit(tiles.keep, register, tile))

        yield keep
        for one in under_way:
            one.result()
