"""Dates as people in the United Kingdom read them, in English and in Welsh, and as programs do."""

from __future__ import annotations

from datetime import UTC, datetime

from functions.common import clock

_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),  # noqa: SIM905  # a list of words reads best as words
    "cy": "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr".split(),  # noqa: SIM905  # as above
}
_AT = {"en": "at", "cy": "am"}


def day(timestamp: str, language: str = "en") -> str:
    """The day of an RFC 3339 timestamp in London, e.g. `28 December 2016`. A date without a time is that day everywhere."""
    moment = datetime.fromisoformat(timestamp)
    local = clock.in_london(moment) if moment.tzinfo else moment
    return f"{local.day} {_MONTHS[language][local.month - 1]} {local.year}"


def minute(timestamp: str, language: str = "en") -> str:
    """The same with the time of day, e.g. `7 December 2026 at 11:59pm`."""
    local = clock.in_london(datetime.fromisoformat(timestamp))
    shown = f"{local.hour % 12 or 12}:{local.minute:02}".removesuffix(":00")
    return f"{day(timestamp, language)} {_AT[language]} {shown}{'am' if local.hour < 12 else 'pm'}"


def utc(timestamp: str) -> str:
    """An RFC 3339 timestamp in UTC to the second, as feeds and sitemaps have it."""
    return datetime.fromisoformat(timestamp).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
