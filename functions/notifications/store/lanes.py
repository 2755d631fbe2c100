"""The lanes of a callback: what waits in one is told one after another, so that a receiver has a connection for each lane and no more.

Whoever tells has a turn, and the lane names it meanwhile. A turn that comes with news may have a lane that nobody has; one that follows
another may have it only while the lane names one of the two: so however many come with news, one at a time is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple
from zlib import crc32

from functions.common import clock, ids
from functions.common.failures import Busy, Stale
from functions.common.table import ConditionFailed, absent
from functions.notifications.store.table import attr, expiry, table

LANES = 4
"""Of each callback."""
LEASE = 90
"""Seconds for which a turn has its lane: longer than the function may run that has it."""
DAYS = 30


class Lane(NamedTuple):
    """One of a callback's lanes."""

    service_id: str
    callback: str
    number: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn at telling what waits in a lane, as a message in the queue names it."""

    department: str
    service_id: str
    callback: str
    number: int
    id: str
    follows: str | None = None
    """The turn that has put it off, where it was no news."""

    @property
    def lane(self) -> Lane:
        """The lane that it is at."""
        return Lane(self.service_id, self.callback, self.number)

    @property
    def next(self) -> Turn:
        """The turn that follows: the same one, should this turn come again."""
        return replace(self, id=ids.derived(self.id, "next"), follows=self.id)


def lane_of(service_id: str, callback: str, telling_id: str) -> Lane:
    """Where a telling waits."""
    return Lane(service_id, callback, crc32(telling_id.encode()) % LANES)


def take(turn: Turn) -> int:
    """Have the lane, alone. Answers with how often in a row its receiver was left alone.

    Raises Stale where it is another's turn, who sees to whatever waits; Busy where it may still be this one's, or that of the one before.
    """
    now = clock.epoch()
    free = attr("until").lt(now)
    expected = free & attr("keeper").is_in([turn.id, turn.follows]) if turn.follows else absent() | free
    try:
        kept = table.update(*_key(turn), set={"keeper": turn.id, "until": now + LEASE, "expires_at": expiry(DAYS)}, expect=expected)
    except ConditionFailed as found:
        if found.item.get("keeper") in (turn.id, turn.follows):
            raise Busy("whoever has the turn is still at it, or is gone and will be missed") from None
        raise Stale("it is another's turn, or the receiver is left alone") from None
    rests: int = kept.get("rests", 0)
    return rests


def leave(turn: Turn, to: Turn, *, rests: int, until: int = 0) -> bool:
    """Leave the lane to another turn: until some time to that one alone. False where it is somebody else's by now."""
    try:
        table.update(*_key(turn), set={"keeper": to.id, "until": until, "rests": rests}, expect=attr("keeper").eq(turn.id))
    except ConditionFailed:
        return False
    return True


def _key(turn: Turn) -> tuple[str, str]:
    return f"lane#{turn.service_id}#{turn.callback}#{turn.number}", "lane"
