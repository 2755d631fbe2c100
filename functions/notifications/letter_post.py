"""How a letter goes by post: sheets of paper, and when it is likely to arrive (contract 1.4, 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from functions.common import clock
from functions.notifications.notification import Notification, Postage
from schemas.envelope import instant

_LAST_PRINTED = time(17, 30)
"""What comes later, London time, is printed a working day later."""
_DELIVERED = time(16)
_DAYS: dict[Postage, int] = {"first": 1, "second": 2, "economy": 7, "europe": 5, "rest-of-world": 7}
"""Working days between posting and delivery, as the postal services aim for."""
_SUNDAY = 6
_SATURDAY = 5


def sheets(pages: int) -> int:
    """Sheets of paper: both sides are printed."""
    return -(-pages // 2)


def estimated_delivery(letter: Notification) -> str:
    """When it is likely to arrive: printed on a working day, posted on the next, delivered from Monday to Saturday."""
    asked = clock.in_london(datetime.fromisoformat(letter.created_at))
    printed = _working(asked.date() if asked.time() < _LAST_PRINTED else asked.date() + timedelta(days=1))
    arrives = _working(printed + timedelta(days=1))
    for _ in range(_DAYS[letter.postage or "second"]):
        arrives = _delivering(arrives + timedelta(days=1))
    delivered = datetime.combine(arrives, _DELIVERED, UTC)
    return instant(delivered.replace(tzinfo=clock.in_london(delivered).tzinfo))


def _working(day: date) -> date:
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day


def _delivering(day: date) -> date:
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day
