"""What time it is, in one place, so that tests can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from schemas.envelope import instant

_SUMMER_TIME = timezone(timedelta(hours=1))


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def stamp() -> str:
    """This moment as RFC 3339 with microseconds, so that text order is time order."""
    return instant(now())


def epoch() -> int:
    """This moment in whole seconds since 1970, as DynamoDB's time to live counts."""
    return int(now().timestamp())


def in_london(moment: datetime) -> datetime:
    """A moment as clocks in London show it."""
    # Lambda carries no time zone database, and this rule is the whole of what it would be asked (SI 2002/262).
    moment = moment.astimezone(UTC)
    summer = _last_sunday(moment.year, 3) <= moment < _last_sunday(moment.year, 10)
    return moment.astimezone(_SUMMER_TIME) if summer else moment


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)
