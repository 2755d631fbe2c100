"""Who asked, with the link in an email, not to be sent more."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from functions.common.table import ConditionFailed, Put, absent
from functions.notifications.store.table import DAY_OF, expiry, table
from schemas.platform import UnsubscribeRequested

CURSOR = r"[0-9a-f-]{36}"
"""Where a day goes on: after which notification."""
DAYS = 90
"""How long a service can fetch who asked (contract 4)."""


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Somebody asked not to be sent more like this notification. What is gone of it already is None."""

    notification_id: str
    requested_at: str
    email_address: str | None = None
    template_id: str | None = None
    reference: str | None = None


def record(service_id: str, asked: Unsubscribe) -> bool:
    """Keep that somebody asked, and say so, once. False where it was kept before."""
    once = {"pk": f"unsubscribed#{service_id}#{asked.notification_id}", "sk": "asked", "expires_at": expiry(DAYS)}
    listed = {"pk": _partition(service_id, asked.requested_at[DAY_OF]), "sk": asked.notification_id, "expires_at": expiry(DAYS)}
    said = UnsubscribeRequested(service_id=UUID(service_id), notification_id=UUID(asked.notification_id))
    try:
        table.transact(Put(once, expect=absent(), emits=[said]), Put({**listed, **asdict(asked)}))
    except ConditionFailed:
        return False
    return True


def of_day(service_id: str, day: str, after: str | None, limit: int) -> tuple[list[Unsubscribe], str | None]:
    """Up to `limit` of those who asked on a day, and where to go on."""
    page = table.query(_partition(service_id, day), after=after, limit=limit)
    return [Unsubscribe(**{name: item[name] for name in Unsubscribe.__slots__ if name in item}) for item in page.items], page.after


def _partition(service_id: str, day: str) -> str:
    return f"unsubscribed#{service_id}#{day}"
