"""What services' callbacks are told, and how it fares: each telling is kept for thirty days, so that it can be looked at and told again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from functions.common import clock
from functions.common.table import ConditionFailed, Delete, Item, Put, Update, Write, absent
from functions.notifications.store.lanes import Lane, lane_of
from functions.notifications.store.table import DAY_OF, attr, expiry, named, table, token_key
from schemas.envelope import instant
from schemas.messages import CallbackKind
from schemas.platform import CallbackFailed

DAYS = 30
PATIENCE = timedelta(hours=24)
"""How long a receiver may be away."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(hours=1)
"""Between two tries to tell the same."""
CURSOR = r"[0-9T:.+Z-]{20,40}#[0-9a-f-]{36}"
"""Where a day goes on: after what."""
PAGE = 25
"""Tellings that are read at once: no more than a receiver may take in a while."""

State = Literal["waiting", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing that one callback is told. Who it is about stays with the notification or the text it names."""

    service_id: str
    callback: str
    id: str
    """The same however often it is told: the receiver knows a second telling by it."""
    kind: CallbackKind
    event_at: str
    """When what it tells of happened."""
    since: str
    """From when on it was last tried to be told."""
    due: str = ""
    """When it is to be told, while it waits."""
    about: Mapping[str, str] = field(default_factory=dict)
    state: State = "waiting"
    tries: int = 0
    reason: str | None = None
    told_at: str | None = None


def note(telling: Telling) -> None:
    """Keep what is to be told; once, for it may have been noted before."""
    kept = {**named(_key(telling)), **asdict(telling), "expires_at": expiry(DAYS)}
    try:
        table.transact(Put(kept, expect=absent()), Put(_waiting(telling)))
    except ConditionFailed:
        return


def due(lane: Lane) -> Iterator[Telling]:
    """What is to be told in a lane by now, what waits longest first."""
    after = None
    while True:
        page = table.query(_lane(lane), after=after, limit=PAGE, consistent=True)
        for waiting in map(_telling, page.items):
            if waiting.due > clock.stamp():
                return
            yield waiting
        if (after := page.after) is None:
            return


def next_due(lane: Lane) -> datetime | None:
    """When there is something to be told in a lane, or was; None where nothing waits."""
    waiting = table.query(_lane(lane), limit=1, consistent=True).items
    return datetime.fromisoformat(waiting[0]["due"]) if waiting else None


def record_told(telling: Telling) -> None:
    """The receiver has taken it."""
    _change(telling, replace(telling, state="delivered", tries=telling.tries + 1, reason=None, told_at=clock.stamp()))


def record_refused(telling: Telling, reason: str) -> None:
    """The receiver will never take it."""
    give_up(telling, reason, tries=telling.tries + 1)


def record_missed(telling: Telling, reason: str) -> None:
    """It was not taken this time, and waits for as long again as it was tried for: after whatever else is due by then."""
    tried = clock.now() - datetime.fromisoformat(telling.since)
    again = clock.now() + min(max(tried, SHORTEST_PAUSE), LONGEST_PAUSE)
    _change(telling, replace(telling, tries=telling.tries + 1, reason=reason, due=instant(again)))


def give_up(telling: Telling, reason: str, tries: int | None = None) -> None:
    """It is told no more, as can be seen in the list, and is said."""
    said = CallbackFailed(
        service_id=UUID(telling.service_id),
        callback=telling.callback,
        delivery_id=UUID(telling.id),
        kind=telling.kind,
        reason=reason,
    )
    _change(telling, replace(telling, state="failed", tries=telling.tries if tries is None else tries, reason=reason), said)


def tellings(service_id: str, callback: str, day: str, after: str | None, limit: int) -> tuple[list[Telling], str | None]:
    """Up to `limit` of what a callback was to be told of a day, in the order in which it happened, and where to go on."""
    page = table.query(_partition(service_id, callback, day), after=after, limit=limit, consistent=True)
    return [_telling(item) for item in page.items], page.after


def tell_again(telling: Telling) -> None:
    """It waits to be told again, from now on."""
    now = clock.stamp()
    _change(telling, replace(telling, state="waiting", since=now, due=now, reason=None))


def keep_token(service_id: str, callback: str, url: str, sealed: bytes) -> None:
    """Keep the bearer token of a callback, sealed, for the address that it is told at now."""
    table.put({**named(token_key(service_id, callback)), "url": url, "sealed": sealed})


def forget_token(service_id: str, callback: str) -> None:
    """The callback is told without a token from now on."""
    table.delete(*token_key(service_id, callback))


def token(service_id: str, callback: str, url: str) -> bytes | None:
    """The bearer token of a callback, sealed, where it was set for this address, or None."""
    item = table.get(*token_key(service_id, callback))
    return bytes(item["sealed"]) if item and item.get("url") == url else None


def binding(service_id: str, callback: str) -> dict[str, str]:
    """The encryption context of a callback's bearer token: so that none is any other's."""
    return {"service": service_id, "callback": callback}


def signed_as(service_id: str, callback: str) -> str:
    """The name that the secret of a callback's signatures follows from."""
    return f"callback:{service_id}/{callback}"


def _change(telling: Telling, changed: Telling, *said: CallbackFailed) -> None:
    """Change how a telling stands and with it what waits, unless somebody has meanwhile: that stands."""
    as_read = attr("state").eq(telling.state) & attr("due").eq(telling.due)
    changes = {name: getattr(changed, name) for name in ("state", "since", "due", "tries", "reason", "told_at")}
    writes: list[Write] = [Update(*_key(telling), set={**changes, "expires_at": expiry(DAYS)}, expect=as_read, emits=said)]
    if telling.state == "waiting":
        writes.append(Delete(*_place(telling)))
    if changed.state == "waiting":
        writes.append(Put(_waiting(changed)))
    try:
        table.transact(*writes)
    except ConditionFailed:
        # It waits elsewhere, or no more: here it would be told for ever.
        table.delete(*_place(telling))


def _waiting(telling: Telling) -> Item:
    return {**named(_place(telling)), **asdict(telling), "expires_at": expiry(DAYS)}


def _place(telling: Telling) -> tuple[str, str]:
    """Where it waits: what is due first comes first."""
    return _lane(lane_of(telling.service_id, telling.callback, telling.id)), f"{telling.due}#{telling.id}"


def _lane(lane: Lane) -> str:
    return f"telling#{lane.service_id}#{lane.callback}#{lane.number}"


def _telling(item: Item) -> Telling:
    return Telling(**{name: item[name] for name in Telling.__slots__ if name in item})


def _key(telling: Telling) -> tuple[str, str]:
    day = telling.event_at[DAY_OF]
    return _partition(telling.service_id, telling.callback, day), f"{telling.event_at}#{telling.id}"


def _partition(service_id: str, callback: str, day: str) -> str:
    return f"callback#{service_id}#{callback}#{day}"
