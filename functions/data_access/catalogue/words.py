"""How the names, times, sizes and kinds of values that programs use are said to people."""

from __future__ import annotations

import re
from datetime import date, datetime

from functions.common import clock

KINDS = {
    "boolean": "Yes or no",
    "curie": "Key of a record of another register",
    "date": "Date",
    "datetime": "Date or time",
    "hash": "Hash",
    "integer": "Whole number",
    "number": "Number",
    "period": "Period",
    "point": "Point (longitude and latitude)",
    "url": "Web address",
}
"""What each datatype is called; every other is text."""

FILES = {
    "records.csv": "CSV",
    "records.csv.gz": "CSV, compressed",
    "records.ndjson.gz": "JSON lines, compressed",
    "records.parquet": "Parquet",
    "history.parquet": "Parquet, with everything that records have been",
    "replica.sqlite": "SQLite, with the whole log",
}
"""What each file of a snapshot is called."""

FREQUENCIES = {
    "continuous": "As things happen",
    "hourly": "Every hour",
    "daily": "Every day",
    "weekly": "Every week",
    "monthly": "Every month",
    "quarterly": "Every three months",
    "annual": "Every year",
    "irregular": "From time to time",
    "never": "Not any more",
}

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*", re.ASCII)
_BETWEEN_WORDS = re.compile(r"[-_]|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LOWEST_THAT_COUNTS = 1_000


def label(name: str) -> str:
    """A field's name as people would write it: `floodAreaID` is `Flood area ID`. One that is no plain name stays as it is."""
    if not _PLAIN_NAME.fullmatch(name):
        return name
    words = [word if len(word) > 1 and word.isupper() else word.lower() for word in _BETWEEN_WORDS.split(name)]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def kind(datatype: str, *, many: bool) -> str:
    """What a field holds."""
    one = KINDS.get(datatype, "Text")
    return f"{one}, several" if many else one


def day_or_moment(value: str) -> str:
    """A date or time, as far as it goes: `1 April 1996 at 9:30am`, `1 April 1996`, `April 1996`; as it is, where it says less or more."""
    try:
        if _MONTH.fullmatch(value):
            return f"{date.fromisoformat(f'{value}-01'):%B %Y}"
        if _DAY.fullmatch(value):
            there = date.fromisoformat(value)
            return f"{there.day} {there:%B %Y}"
        # Without its zone nobody knows which hour it is in London.
        return moment(value) if datetime.fromisoformat(value).tzinfo else value
    except ValueError:
        return value


def moment(timestamp: str) -> str:
    """A time as clocks in London show it: `23 November 2026 at 9:30am`."""
    there = clock.in_london(datetime.fromisoformat(timestamp))
    return f"{there.day} {there:%B %Y} at {there.hour % 12 or 12}:{there:%M}{'am' if there.hour < 12 else 'pm'}"


def day(date: str) -> str:
    """A day: `23 November 2026`."""
    there = datetime.fromisoformat(date)
    return f"{there.day} {there:%B %Y}"


def size(count: int) -> str:
    """A number of bytes: `1.2 MB`."""
    if count < _LOWEST_THAT_COUNTS:
        return f"{count} byte{'' if count == 1 else 's'}"
    amount = float(count)
    for unit in ("KB", "MB", "GB"):
        amount /= 1_000
        # 999.95 would be printed as 1,000.0.
        if amount < _LOWEST_THAT_COUNTS - 0.05:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1_000:.1f} TB"


def amount(count: int, one: str, several: str = "") -> str:
    """So many of a thing: `1 record`, `1,204 records`."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"
