"""How often something may happen: so many times a minute, so many times a day.

The counters are items of the room's table (`limit#<name>`). A running process takes from them in blocks and spends those by itself, so
that a request costs a fraction of a write. Its first block is one, and each is twice the last while they are used up, to a hundredth of
the limit: so a burst over many new processes is not refused for what they hold, and a process that ends strands no more than it used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.common import clock
from functions.common.failures import Transient
from functions.common.table import ConditionFailed, Table

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

MINUTE, DAY = 60, 86_400
LARGEST_BUCKET = 1_000
"""Tokens that a bucket holds at the most (notifications contract, 4)."""
LEASE = 10
"""Seconds after which what is left of a block of tokens is dropped: in any window at most this much more than the bucket gave is used."""
ATTEMPTS = 5
MOST_KEPT = 1_000
"""Blocks that one process holds at once."""

_SECOND = 1_000_000  # all times here are whole microseconds since 1970, as the table keeps them
_table = Table()


class Exceeded(Exception):
    """The limit, so many in a window of seconds, is used up; `retry_after` is in how many seconds there will be one more."""

    def __init__(self, limit: int, window: int, retry_after: int) -> None:
        super().__init__(f"the limit of {limit} in {window} seconds is used up")
        self.limit = limit
        self.window = window
        self.retry_after = retry_after


def headers(exceeded: Exceeded) -> dict[str, str]:
    """What a refused caller is told: `Retry-After`, and the fields of draft-ietf-httpapi-ratelimit-headers-11."""
    return {
        "Retry-After": str(exceeded.retry_after),
        "RateLimit-Policy": f'"default";q={exceeded.limit};w={exceeded.window}',
        "RateLimit": f'"default";r=0;t={exceeded.retry_after}',
    }


def take_token(name: str, *, per_minute: int) -> None:
    """Take one token from a bucket that gains `per_minute` in a minute (notifications contract, 4).

    Raises Exceeded; Transient where the bucket is changed too fast by others to take from it.
    """
    _take(name, Bucket(per_minute))


def take_daily(name: str, *, limit: int) -> None:
    """Count one more of at most `limit` in the present day, which begins at midnight UTC. Raises Exceeded, or Transient as above."""
    _take(name, Day(limit))


def give_back_daily(name: str) -> None:
    """What was taken last was not used: it goes back to the block that this process holds."""
    if lease := _leases.get((name, Day.attribute)):
        lease.left += 1


def forget() -> None:
    """Drop every block, as a new process begins."""
    _leases.clear()


@dataclass(frozen=True)
class Change:
    """What is written of a counter, and the condition: what is set, what is added, and what must stand there."""

    set: dict[str, int]
    add: dict[str, int]
    expect: ConditionBase


@dataclass(frozen=True)
class Bucket:
    """A token bucket as one number: the moment at which it will be full again (GCRA). It never goes back."""

    limit: int
    window = MINUTE
    attribute = "full_at"

    @property
    def interval(self) -> int:
        """How long one token takes. Rounded up: the rate is never above the limit."""
        return -(-MINUTE * _SECOND // self.limit)

    @property
    def depth(self) -> int:
        """How long a full bucket takes. Of its capacity a burst gets all but one: a bucket for 6 a minute holds 3 and gives 2."""
        return (min(-(-self.limit // 3) + 1, LARGEST_BUCKET) - 1) * self.interval

    def place(self, _: int) -> str:
        """The sort key of its item."""
        return "bucket"

    def grant(self, full_at: int, now: int, wanted: int) -> tuple[int, int]:
        """What the number becomes, and how many of the tokens wanted there are."""
        if self.limit < 1:
            return full_at, 0
        begins = max(full_at, now)
        granted = max(0, min(wanted, self.limit // 100 or 1, (now + self.depth - begins) // self.interval))
        return begins + granted * self.interval, granted

    def change(self, full_at: int, now: int, granted: int) -> Change:
        """How a grant is written: added where the bucket is not full, so that it does not matter who else took some meanwhile."""
        from boto3.dynamodb.conditions import Attr  # local: a request that spends from a block writes nothing

        number, cost = Attr(self.attribute), granted * self.interval
        expires = {"expires_at": now // _SECOND + 2 * MINUTE}
        if full_at <= now:
            return Change({**expires, self.attribute: now + cost}, {}, number.not_exists() | number.lte(now))
        return Change(expires, {self.attribute: cost}, number.between(now + 1, now + self.depth - cost))

    def wait(self, full_at: int, now: int) -> int:
        """The seconds until there is a token."""
        return _seconds(full_at + self.interval - self.depth - now) if self.limit > 0 else MINUTE

    def ends(self, now: int) -> int:
        """When what is left of a block granted now is dropped."""
        return now + LEASE * _SECOND


@dataclass(frozen=True)
class Day:
    """A day's allowance as one number: how many are taken."""

    limit: int
    window = DAY
    attribute = "taken"

    def place(self, now: int) -> str:
        """The sort key of the day's item."""
        return f"day#{datetime.fromtimestamp(now // _SECOND, UTC):%Y-%m-%d}"

    def grant(self, taken: int, _: int, wanted: int) -> tuple[int, int]:
        """What the number becomes, and how many there are: at most a hundredth of what is left, so that near the end nobody holds many."""
        left = max(0, self.limit - taken)
        granted = min(wanted, left // 100 or 1, left)
        return taken + granted, granted

    def change(self, _: int, now: int, granted: int) -> Change:
        """How a grant is written."""
        from boto3.dynamodb.conditions import Attr  # local: as above

        number = Attr(self.attribute)
        expect = number.not_exists() | number.lte(self.limit - granted)
        return Change({"expires_at": self.ends(now) // _SECOND + DAY}, {self.attribute: granted}, expect)

    def wait(self, _: int, now: int) -> int:
        """The seconds until midnight."""
        return _seconds(self.ends(now) - now)

    def ends(self, now: int) -> int:
        """The next midnight."""
        return (now // (DAY * _SECOND) + 1) * DAY * _SECOND


@dataclass
class _Lease:
    """A block of a limit: how many there were, how many are left, until when, and what the counter was when last seen."""

    limit: int
    size: int
    left: int
    ends: int
    seen: int


_leases: dict[tuple[str, str], _Lease] = {}


def _take(name: str, allowance: Bucket | Day) -> None:
    now = int(clock.now().timestamp() * _SECOND)
    lease = _lease(name, allowance, now)
    if lease.left:
        lease.left -= 1
        return
    wanted = 2 * lease.size or 1
    for _ in range(ATTEMPTS):
        _, granted = allowance.grant(lease.seen, now, wanted)
        if not granted:
            # The counter never goes back: until then nothing need be asked or written.
            raise Exceeded(allowance.limit, allowance.window, allowance.wait(lease.seen, now))
        change = allowance.change(lease.seen, now, granted)
        try:
            # An addition that the SDK repeats after a lost answer may count twice: the limit then holds a block early, never late.
            item = _table.update(f"limit#{name}", allowance.place(now), set=change.set, add=change.add, expect=change.expect)
        except ConditionFailed as failed:
            lease.seen = int(failed.item.get(allowance.attribute, 0))
            wanted = 1  # which fails again only where there is none
        else:
            lease.size, lease.left, lease.ends, lease.seen = granted, granted - 1, allowance.ends(now), int(item[allowance.attribute])
            return
    raise Transient("the limit is changed too fast by others")


def _lease(name: str, allowance: Bucket | Day, now: int) -> _Lease:
    """The block that this process holds, begun again where it is over or the limit is another."""
    key = (name, allowance.attribute)
    lease = _leases.get(key)
    is_over = lease is None or now >= lease.ends
    if lease and not is_over and lease.limit == allowance.limit:
        return lease
    if len(_leases) >= MOST_KEPT:
        del _leases[next(iter(_leases))]
    # Of a day that is over nothing is remembered; a bucket's number holds for ever.
    seen = lease.seen if lease and (isinstance(allowance, Bucket) or not is_over) else 0
    _leases[key] = _Lease(limit=allowance.limit, size=0, left=0, ends=allowance.ends(now), seen=seen)
    return _leases[key]


def _seconds(microseconds: int) -> int:
    return max(1, -(-microseconds // _SECOND))
