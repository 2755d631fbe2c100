"""What the values of a register's fields may be: the datatypes of Open Registers, and `number`, `boolean` and `date` beside them.

A log keeps every value as text (data contract, 2.1); a datatype says which texts are values of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from typing import Literal
from urllib.parse import urlsplit

type Datatype = Literal[
    "boolean", "curie", "date", "datetime", "hash", "integer", "name", "number", "period", "point", "string", "text", "url"
]

LARGEST_INTEGER = 2**63 - 1
"""What SQLite, Parquet and every client's database hold alike."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_CURIE = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9_./-]*", re.ASCII)
_HASH = re.compile(r"sha-256:[0-9a-f]{64}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"(?P<month>[0-9]{4}(-(0[1-9]|1[0-2]))?)"
    r"|(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(T([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)
_DURATION = re.compile(r"P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?", re.ASCII)
_DEGREES = r"-?[0-9]{1,3}(\.[0-9]+)?"
_POINT = re.compile(rf"\[(?P<longitude>{_DEGREES}), ?(?P<latitude>{_DEGREES})\]", re.ASCII)


def problem(datatype: str, value: str) -> str | None:
    """What is wrong with a text as a value of a datatype, said so that it can be put right; None where nothing is."""
    holds, form = _FORMS.get(datatype, (None, ""))
    return None if holds is None or holds(value) else f"is not {form}"


def _integer(value: str) -> bool:
    return _INTEGER.fullmatch(value) is not None and -LARGEST_INTEGER <= int(value) <= LARGEST_INTEGER


def _number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None and isfinite(float(value))


def _day(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _datetime(value: str) -> bool:
    moment = _MOMENT.fullmatch(value)
    return moment is not None and (moment["day"] is None or _day(moment["day"]))


def _period(value: str) -> bool:
    begins, slash, ends = value.partition("/")
    if not slash:
        return _DURATION.fullmatch(value) is not None
    return (_datetime(begins) or bool(_DURATION.fullmatch(begins))) and (_datetime(ends) or bool(_DURATION.fullmatch(ends)))


def _point(value: str) -> bool:
    point = _POINT.fullmatch(value)
    return point is not None and abs(float(point["longitude"])) <= 180 and abs(float(point["latitude"])) <= 90


def _url(value: str) -> bool:
    if any(character <= " " for character in value):
        return False
    try:
        address = urlsplit(value)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname)


_FORMS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "boolean": (("true", "false").__contains__, "true or false"),
    "curie": (_CURIE.fullmatch, "the name of a register and a key in it, as country:GB"),
    "date": (_day, "a day as 2026-11-23"),
    "datetime": (_datetime, "a year, month, day or moment, as 2026, 2026-11, 2026-11-23 or 2026-11-23T09:30:00Z"),
    "hash": (_HASH.fullmatch, "a hash: sha-256: and 64 hexadecimal digits"),
    "integer": (_integer, "a whole number of at most 64 bits, without a plus or leading zeros"),
    "number": (_number, "a number, as 12.5 or -1e6"),
    "period": (_period, "a duration as P1Y6M, or two moments with a slash between"),
    "point": (_point, "a longitude and a latitude, as [-0.1276,51.5034]"),
    "url": (_url, "an address that begins with http:// or https://"),
}
