"""The lanes of a callback: what waits in one is told one after another, so that a receiver has a connection for each lane and no more.

Whoever tells has a turn, and the lane names it meanwhile. A turn that comes with news may have a lane that nobody has; one that `follows`
another may have it only while the lane names it: so however many come with news, one at a time is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple
from zlib import crc32

from functions.common import clock, ids
from functions.common.failures import Stale
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
    follows: bool = False
    """Whether another turn has put it off, and not news."""

    @property
    def lane(self) -> Lane:
        """The lane that it is at."""
        return Lane(self.service_id, self.callback, self.number)

    @property
    def next(self) -> Turn:
        """The turn that follows: the same one, should this turn come again."""
        return replace(self, id=ids.derived(self.id, "next"), follows=True)


def lane_of(service_id: str, callback: str, telling_id: str) -> Lane:
    """Where a telling waits."""
    return Lane(service_id, callback, crc32(telling_id.encode()) % LANES)


def take(turn: Turn) -> int:
    """Have the lane, alone. Answers with how often in a row its receiver was left alone; raises Stale where the lane is not this turn's."""
    now = clock.epoch()
    # By the next one, too: whoever had this turn may have named that and then not have sent it.
    named = attr("keeper").is_in([turn.id, turn.next.id])
    free = named if turn.follows else absent() | attr("until").lt(now) | named
    try:
        kept = table.update(*_key(turn), set={"keeper": turn.id, "until": now + LEASE, "expires_at": expiry(DAYS)}, expect=free)
    except ConditionFailed:
        raise Stale("the lane is another's, or its receiver is left alone") from None
    rests: int = kept.get("rests", 0)
    return rests


def leave(turn: Turn, to: Turn, *, rests: int, until: int = 0) -> bool:
    """Leave the lane to another turn, or to whoever comes, until some time to that turn alone. False where it is somebody else's by now."""
    try:
        table.update(*_key(turn), set={"keeper": to.id, "until": until, "rests": rests}, expect=attr("keeper").eq(turn.id))
    except ConditionFailed:
        return False
    return True


def _key(turn: Turn) -> tuple[str, str]:
    return f"lane#{turn.service_id}#{turn.callback}#{turn.number}", "lane"
