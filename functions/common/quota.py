"""How much an outside developer may ask for: so many requests an hour for each holder of keys, fewer with DEMO_KEY from each address.

The windows are those of `functions/common/windows.py`. Their counters are items of the keys table (`quota#<holder>`), from where they are
shown to their holder: in that table they are the only items that another room writes. A running process takes from a counter in blocks, as
`limits.py` does, of at most a hundredth of what is left, and so writes for a fraction of the requests; what a process holds and does not
use before its window ends counts as used. A refused request is not counted as a request, and costs nothing: until it can be otherwise, the
process knows the answer.

Bursts (in a second, in 15 seconds) are held within each running process alone: they keep one caller from taking a whole process, and
promise nothing over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from functions.common import clock, developer_keys, visitors
from functions.common.failures import Refusal, Transient
from functions.common.table import ConditionFailed, Table
from functions.common.windows import SECOND, Counter, Window

if TYPE_CHECKING:
    from functions.common.auth import Caller

type Request = Mapping[str, Any]
"""An HTTP API event (payload 2.0)."""

PER_HOUR = 1_000
"""Requests of one holder, whose keys share them: a second key, or a rotated one, brings no more."""
SHOWN = 35
"""Days for which a holder is shown how much was asked."""
DEMO = (Window("demo-hour", 30, 3_600), Window("demo-day", 50, 86_400))
PER_KEY = (Window("second", 20, 1), Window("15-seconds", 150, 15))
PER_ADDRESS = (Window("second", 50, 1), Window("15-seconds", 250, 15))
ATTEMPTS = 5
MOST_KEPT = 10_000
"""Counters that one process holds at once, of each kind."""
LARGEST_NOTE = 64
"""Refusals that are written down at once, at the most: the first by itself, then each time twice as many."""

_table = Table("KEYS_TABLE")


@dataclass(frozen=True)
class Standing:
    """How it stands with a window: how many are left, and in how many seconds there are more."""

    window: Window
    left: int
    resets: int


@dataclass(frozen=True)
class Admitted:
    """A request may go on: the name it was counted under, who asks, what the answer tells of the limit, the request without its key."""

    holder: str
    headers: dict[str, str]
    request: dict[str, Any]
    caller: Caller | None = None


@dataclass(frozen=True)
class Day:
    """What one holder asked for in a day of UTC."""

    date: str
    requests: int
    refusals: int


def admit(request: Request) -> Admitted:
    """Let a request for data go on that has a key, or DEMO_KEY. Raises Refusal 403 or 429 with the contract's codes (3)."""
    address, site = visitors.address(request), developer_keys.site(request)
    _burst(f"address#{address}", PER_ADDRESS, site)
    given = developer_keys.given(request)
    if not given:
        raise developer_keys.missing(site)
    passed = developer_keys.without(request)
    if given == developer_keys.DEMO_KEY:
        name = f"demo#{visitors.pseudonym(address, 'demo')}"
        return Admitted("demo", _headers(take(name, DEMO, site), DEMO), passed)
    found = developer_keys.holder(given, site)
    _burst(f"key#{found.caller.key_id}", PER_KEY, site)
    windows = (hour(found.per_hour),)
    return Admitted(found.name, _headers(take(found.name, windows, site), (*windows, *PER_KEY)), passed, found.caller)


def admit_anyone(request: Request) -> Admitted:
    """Let a request go on that needs no key, unless it is one of a burst from its address. Raises Refusal 429."""
    _burst(f"address#{visitors.address(request)}", PER_ADDRESS, developer_keys.site(request))
    return Admitted("anyone", {}, dict(request))


def hour(per_hour: int | None = None) -> Window:
    """The window that a holder's requests are counted in."""
    return Window("hour", PER_HOUR if per_hour is None else per_hour, 3_600, kept=SHOWN * 86_400)


def take(name: str, windows: tuple[Window, ...], site: str) -> Standing:
    """Count one request in each window; answers with that of which least is left. Raises Refusal 429, nothing being counted; Transient."""
    now = _now()
    taken: list[_Lease] = []
    standings = []
    for window in windows:
        lease = _lease(name, window, now)
        if not _take(name, window, lease, now):
            for other in taken:
                other.left += 1  # it goes back to the block that this process holds
            _note_refusal(name, window, lease, now)
            _refuse(Standing(window, 0, -(-(lease.closed_until - now) // SECOND)), windows, site)
        taken.append(lease)
        left = lease.left + window.left(lease.previous, lease.seen, now)
        standings.append(Standing(window, left, window.seconds - now // SECOND % window.seconds))
    return min(standings, key=lambda standing: standing.left)


def standing(name: str, window: Window) -> Standing:
    """How it stands with a holder's window now, as the counters say. One read; nothing is counted."""
    now = _now()
    previous, current = _counted(name, window, now)
    left = window.left(previous, current, now)
    return Standing(window, left, window.wait(previous, current, now) or window.seconds - now // SECOND % window.seconds)


def days(name: str) -> list[Day]:
    """What a holder asked for on each day that anything was, the latest first. Blocks that are held count as asked for."""
    found: dict[str, list[int]] = {}
    for item in _table.every(_partition(name), prefix="hour#"):
        day = found.setdefault(item["sk"].removeprefix("hour#")[:10], [0, 0])
        day[0] += item.get("taken", 0)
        day[1] += item.get("refused", 0)
    return [Day(date, requests, refusals) for date, (requests, refusals) in sorted(found.items(), reverse=True)]


def forget() -> None:
    """Drop every block and every count, as a new process begins."""
    _leases.clear()
    _bursts.clear()


@dataclass
class _Lease:
    """What a process knows of a counter in one window, how many of it are its own to spend, and until when there is none."""

    number: int
    previous: int
    seen: int
    size: int = 0
    left: int = 0
    closed_until: int = 0
    refused: int = 0
    note: int = 1


_leases: dict[tuple[str, str], _Lease] = {}
_bursts: dict[tuple[str, str], Counter] = {}


def _take(name: str, window: Window, lease: _Lease, now: int) -> bool:
    if now < lease.closed_until:
        return False
    if lease.left:
        lease.left -= 1
        return True
    wanted = 2 * lease.size or 1
    for _ in range(ATTEMPTS):
        room = window.left(lease.previous, lease.seen, now)
        granted = min(wanted, room // 100 or 1, room)
        if not granted:
            # Whatever others do, it is not sooner: until then nothing need be asked or written.
            lease.closed_until = now + window.wait(lease.previous, lease.seen, now) * SECOND
            return False
        try:
            lease.seen = _write(name, window, lease, now, granted)
        except ConditionFailed as failed:
            lease.seen = int(failed.item.get("taken", 0))
            wanted = 1  # which fails again only where there is none
        else:
            lease.size, lease.left = granted, granted - 1
            return True
    raise Transient("the limit is changed too fast by others")


def _write(name: str, window: Window, lease: _Lease, now: int, granted: int) -> int:
    from boto3.dynamodb.conditions import Attr  # local: a request that spends from a block writes nothing

    most = window.limit - window.carried(lease.previous, now) - granted
    number = Attr("taken")
    # An addition that the SDK repeats after a lost answer may count twice: the limit then holds a block early, never late.
    item = _table.update(
        _partition(name),
        _place(window, now),
        set={"expires_at": _expires(window, now)},
        add={"taken": granted},
        expect=number.not_exists() | number.lte(most),
    )
    return int(item["taken"])


def _note_refusal(name: str, window: Window, lease: _Lease, now: int) -> None:
    """Count a refusal for whoever holds the key to see: many at once where there are many."""
    lease.refused += 1
    if window.kept and lease.refused >= lease.note:
        _table.update(_partition(name), _place(window, now), set={"expires_at": _expires(window, now)}, add={"refused": lease.refused})
        lease.refused, lease.note = 0, min(2 * lease.note, LARGEST_NOTE)


def _lease(name: str, window: Window, now: int) -> _Lease:
    """The block that this process holds, begun again with each window."""
    key = (name, window.name)
    lease = _leases.get(key)
    if lease and lease.number == window.number(now):
        return lease
    if len(_leases) >= MOST_KEPT:
        del _leases[next(iter(_leases))]
    _leases[key] = _Lease(window.number(now), *_counted(name, window, now))
    return _leases[key]


def _counted(name: str, window: Window, now: int) -> tuple[int, int]:
    """The last window's counter, and this one's."""
    newest = _table.query(_partition(name), prefix=f"{window.name}#", limit=2, descending=True, consistent=True).items
    counts = {item["sk"]: int(item.get("taken", 0)) for item in newest}
    return counts.get(_place(window, now - window.span), 0), counts.get(_place(window, now), 0)


def _burst(name: str, windows: tuple[Window, ...], site: str) -> None:
    now = _now()
    counters = [(window, _burst_counter(name, window).at(window.number(now))) for window in windows]
    for window, counter in counters:
        if not window.left(counter.previous, counter.current, now):
            _refuse(Standing(window, 0, window.wait(counter.previous, counter.current, now)), windows, site)
    for _, counter in counters:
        counter.current += 1


def _burst_counter(name: str, window: Window) -> Counter:
    key = (name, window.name)
    counter = _bursts.pop(key, None) or Counter()
    if len(_bursts) >= MOST_KEPT:
        del _bursts[next(iter(_bursts))]
    _bursts[key] = counter  # the last asked for is the last forgotten
    return counter


def _refuse(standing: Standing, windows: tuple[Window, ...], site: str) -> NoReturn:
    message = f"You have exceeded your rate limit. Try again later or contact us at {site}{developer_keys.SIGN_UP} for assistance"
    headers = {**_headers(standing, windows), "Retry-After": str(standing.resets)}
    raise Refusal(429, message, code="OVER_RATE_LIMIT", headers=headers)


def _headers(standing: Standing, windows: tuple[Window, ...]) -> dict[str, str]:
    """As api.data.gov tells it, and in the fields of draft-ietf-httpapi-ratelimit-headers-11, which say when there is more."""
    return {
        "X-RateLimit-Limit": str(standing.window.limit),
        "X-RateLimit-Remaining": str(standing.left),
        "RateLimit-Policy": ", ".join(f'"{window.name}";q={window.limit};w={window.seconds}' for window in windows),
        "RateLimit": f'"{standing.window.name}";r={standing.left};t={standing.resets}',
    }


def _partition(name: str) -> str:
    return f"quota#{name}"


def _place(window: Window, now: int) -> str:
    return f"{window.name}#{datetime.fromtimestamp(window.begins(now), UTC):%Y-%m-%dT%H:%M}"


def _expires(window: Window, now: int) -> int:
    return window.begins(now) + 2 * window.seconds + window.kept


def _now() -> int:
    return int(clock.now().timestamp() * SECOND)
