"""What services' callbacks are told, and how it fares: each telling is kept for thirty days, so that it can be looked at and told again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from functions.common import clock
from functions.common.table import ConditionFailed, Item, absent
from functions.notifications.store.table import DAY_OF, attr, expiry, named, table
from schemas.platform import CallbackFailed

DAYS = 30
PATIENCE = timedelta(hours=24)
"""How long a receiver may be away."""

Kind = Literal["delivery", "inbound", "complaint", "returned-letter"]
State = Literal["waiting", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing that one callback is told. Who it is about stays with the notification or the text it names."""

    service_id: str
    callback: str
    id: str
    """The same however often it is told: the receiver knows a second telling by it."""
    kind: Kind
    event_at: str
    """When what it tells of happened."""
    since: str
    """From when on it was last tried to be told."""
    about: Mapping[str, str] = field(default_factory=dict)
    state: State = "waiting"
    tries: int = 0
    reason: str | None = None
    told_at: str | None = None


def note(telling: Telling) -> Telling:
    """Keep what is to be told; answers with how it stands, for it may have been noted before."""
    item = {**named(_key(telling)), **asdict(telling), "expires_at": expiry(DAYS)}
    try:
        table.put(item, expect=absent())
    except ConditionFailed as stands:
        return _telling(stands.item)
    return telling


def find(service_id: str, callback: str, event_at: str, telling_id: str) -> Telling | None:
    """A telling of this service's callback, or None."""
    item = table.get(_partition(service_id, callback, event_at[DAY_OF]), f"{event_at}#{telling_id}", consistent=True)
    return _telling(item) if item else None


def record_told(telling: Telling) -> None:
    """The receiver has taken it."""
    _change(telling, {"state": "delivered", "told_at": clock.stamp(), "reason": None})


def record_refused(telling: Telling, reason: str) -> None:
    """The receiver will never take it, or was away for too long: that is seen in the list, and said."""
    said = CallbackFailed(
        service_id=UUID(telling.service_id),
        callback=telling.callback,
        delivery_id=UUID(telling.id),
        kind=telling.kind,
        reason=reason,
    )
    _change(telling, {"state": "failed", "reason": reason}, said)


def record_missed(telling: Telling, reason: str) -> bool:
    """It was not taken this time. Whether it is told again: after `PATIENCE` it has failed."""
    if clock.now() - datetime.fromisoformat(telling.since) > PATIENCE:
        record_refused(telling, f"given up: {reason}")
        return False
    _change(telling, {"reason": reason})
    return True


def tellings(service_id: str, callback: str, day: str, after: str | None, limit: int) -> tuple[list[Telling], str | None]:
    """Up to `limit` of what a callback was to be told of a day, in the order in which it happened, and where to go on."""
    page = table.query(_partition(service_id, callback, day), after=after, limit=limit, consistent=True)
    return [_telling(item) for item in page.items], page.after


def tell_again(telling: Telling) -> Telling:
    """It waits to be told again, from now on."""
    again = replace(telling, state="waiting", since=clock.stamp(), reason=None)
    table.update(*_key(telling), set={"state": "waiting", "since": again.since, "expires_at": expiry(DAYS)}, expect=attr("pk").exists())
    return again


def keep_token(service_id: str, callback: str, sealed: bytes) -> None:
    """Keep the bearer token of a callback, sealed."""
    table.put({**named(_token_key(service_id, callback)), "sealed": sealed})


def forget_token(service_id: str, callback: str) -> None:
    """The callback is told without a token from now on."""
    table.delete(*_token_key(service_id, callback))


def token(service_id: str, callback: str) -> bytes | None:
    """The bearer token of a callback, sealed, or None."""
    item = table.get(*_token_key(service_id, callback))
    return bytes(item["sealed"]) if item else None


def _change(telling: Telling, changes: Mapping[str, Any], *said: CallbackFailed) -> None:
    try:
        # Whoever was faster may have had it told: that stands.
        waits = attr("state").eq("waiting") & attr("tries").eq(telling.tries)
        table.update(*_key(telling), set={**changes, "tries": telling.tries + 1}, expect=waits, emits=said)
    except ConditionFailed:
        return


def _telling(item: Item) -> Telling:
    return Telling(**{name: item[name] for name in Telling.__slots__ if name in item})


def _key(telling: Telling) -> tuple[str, str]:
    day = telling.event_at[DAY_OF]
    return _partition(telling.service_id, telling.callback, day), f"{telling.event_at}#{telling.id}"


def _partition(service_id: str, callback: str, day: str) -> str:
    return f"callback#{service_id}#{callback}#{day}"


def _token_key(service_id: str, callback: str) -> tuple[str, str]:
    return f"secret#{service_id}#{callback}", "token"
