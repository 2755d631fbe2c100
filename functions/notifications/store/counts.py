"""How many notifications came to each status, by day: kept when the notifications themselves are gone, and naming nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from functions.common.table import ConditionFailed, Put, Update, absent
from functions.notifications.statuses import Status
from functions.notifications.store.table import expiry, table
from schemas.platform import NotificationStatusChanged

SHARDS = 8
"""Items for one count, so that changes of status that come together seldom meet at one."""
REMEMBERED = 400
"""Days for which it is known what was counted: longer than an archive keeps the event, so that a replay counts nothing twice."""


@dataclass(frozen=True)
class Count:
    """How many notifications of a kind came to each status on one day."""

    day: str
    channel: str
    key_type: str
    template_id: str | None
    statuses: dict[str, int]


def add(event_id: str, day: str, event: NotificationStatusChanged) -> bool:
    """Count one change of status. False where it is in the count already."""
    counted = {"pk": f"counted#{event_id}", "sk": "counted", "expires_at": expiry(REMEMBERED)}
    kind = f"{day}#{event.channel}#{event.key_type}#{event.template_id or ''}#{int(str(event.notification_id)[-1], 16) % SHARDS}"
    try:
        table.transact(Put(counted, expect=absent()), Update(f"counts#{event.service_id}", kind, add={event.status: 1}))
    except ConditionFailed:
        return False
    return True


def between(service_id: str, first: str, last: str) -> list[Count]:
    """The counts of a service from one day to another, both among them."""
    found: dict[tuple[str, str, str, str], Counter[str]] = {}
    for sk, statuses in _kept(service_id, first, last):
        day, channel, key_type, template_id, _ = sk.split("#")
        found.setdefault((day, channel, key_type, template_id), Counter()).update(statuses)
    return [Count(*kind[:3], kind[3] or None, dict(sorted(statuses.items()))) for kind, statuses in sorted(found.items())]


def _kept(service_id: str, first: str, last: str) -> Iterator[tuple[str, dict[str, int]]]:
    after: str | None = first
    while after is not None:
        page = table.query(f"counts#{service_id}", after=after)
        for item in page.items:
            if item["sk"][: len(last)] > last:
                return
            yield item["sk"], {status: item[status] for status in map(str, Status) if status in item}
        after = page.after
