"""Dates as people in the United Kingdom read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905  # a list of words reads best as words


def day(timestamp: str) -> str:
    """The day of an RFC 3339 timestamp in London, e.g. `28 December 2016`."""
    moment = _in_london(datetime.fromisoformat(timestamp))
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _in_london(moment: datetime) -> datetime:
    # Lambda carries no time zone database, and this rule is the whole of what it would be asked (SI 2002/262).
    moment = moment.astimezone(UTC)
    summer = _last_sunday(moment.year, 3) <= moment < _last_sunday(moment.year, 10)
    return moment + timedelta(hours=1) if summer else moment


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)
