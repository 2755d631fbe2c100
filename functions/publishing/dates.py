"""Dates as people in the United Kingdom read them."""

from __future__ import annotations

from datetime import datetime

from functions.common import clock

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905  # a list of words reads best as words


def day(timestamp: str) -> str:
    """The day of an RFC 3339 timestamp in London, e.g. `28 December 2016`."""
    moment = clock.in_london(datetime.fromisoformat(timestamp))
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
