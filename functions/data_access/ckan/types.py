"""Columns as PostgreSQL calls them, and their values: as an item of the log keeps them, and as CKAN shows them (contract 1.6, 1.8).

The log keeps every value as text; a number, a date or a boolean is text that its datatype allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

type Kept = str | list[str]

LARGEST = {"int4": 2**31 - 1, "int8": 2**63 - 1}

REPORTED = {
    "text": "text", "json": "json", "date": "date", "time": "time", "timestamp": "timestamp", "int": "int4", "int4": "int4",
    "integer": "int4", "int8": "int8", "bigint": "int8", "float": "float8", "float8": "float8", "numeric": "numeric", "bool": "bool",
    "boolean": "bool", "varchar": "text",
}  # fmt: skip
"""The types that may be asked for, and the name that PostgreSQL reports each by."""

DATATYPES = {
    "text": "string", "json": "string", "date": "date", "time": "string", "timestamp": "datetime", "int4": "integer", "int8": "integer",
    "float8": "number", "numeric": "number", "bool": "boolean",
}  # fmt: skip
"""The datatype of a register's field for each reported type."""

_LONG_NAMES = {"int4": "integer", "int8": "bigint", "float8": "double precision", "bool": "boolean"}
_TRUE, _FALSE = frozenset({"true", "t", "yes", "y", "on", "1"}), frozenset({"false", "f", "no", "n", "off", "0"})
_WHOLE = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_DIGITS = 400


class WrongValue(Exception):
    """A value is not of its column's type; the text is PostgreSQL's own."""


def reported(type_: str) -> str | None:
    """The name that a type is reported by, as `_text` for a list of texts. None where there is no such type."""
    base = REPORTED.get(type_.removeprefix("_").lower())
    return base and ("_" + base if type_.startswith("_") else base)


def field(name: str, type_: str) -> dict[str, object]:
    """A register's field for a column of a reported type."""
    return {"field": name, "datatype": DATATYPES[type_.removeprefix("_")], "cardinality": "n" if type_.startswith("_") else "1"}


def guessed(value: object) -> str:
    """The type of a column by its first value. Text stays text: a leading zero is somebody's, and nobody's to drop."""
    match value:
        case bool():
            return "bool"
        case int():
            return "int8" if abs(value) > LARGEST["int4"] else "int4"
        case float():
            return "numeric"
        case dict() | list():
            return "json"
    return "text"


def keep(type_: str, value: object) -> Kept | None:
    """A value from JSON as the log keeps it; None where there is none. Raises WrongValue."""
    if value is None:
        return None
    if type_.startswith("_"):
        return _array(type_.removeprefix("_"), value)
    return _KEEP[type_](value, type_)


def show(type_: str) -> Callable[[Any], object] | None:
    """What makes of a value in the replica the one that CKAN shows; None where they are the same."""
    return json.loads if type_.startswith("_") else _SHOW.get(type_)


def _array(type_: str, value: object) -> list[str]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise WrongValue(f'malformed array literal: "{_short(value)}"') from None
    if not isinstance(value, list):
        raise WrongValue(f'malformed array literal: "{_short(value)}"')
    found = [_KEEP[type_](part, type_) for part in value if part is not None]
    return [part if isinstance(part, str) else json.dumps(part) for part in found]


def _text(value: object, _: str) -> str:
    return value if isinstance(value, str) else _json(value, "")


def _json(value: object, _: str) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _integer(value: object, type_: str) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _bare(value, type_)
    if text is None:
        return None
    if not _WHOLE.fullmatch(text):
        raise _wrong(type_, value)
    if not -LARGEST[type_] - 1 <= int(text) <= LARGEST[type_]:
        raise WrongValue(f'value "{text}" is out of range for type {_LONG_NAMES[type_]}')
    return str(int(text))


def _number(value: object, type_: str) -> str | None:
    text = _bare(value, type_)
    if text is None:
        return None
    try:
        number = Decimal(text if len(text) <= _DIGITS else "")
    except InvalidOperation:
        raise _wrong(type_, value) from None
    if not number.is_finite() or "_" in text or abs(number.adjusted()) > 300:
        raise _wrong(type_, value)
    return json.dumps(float(number)) if "E" in str(number) else str(number)


def _boolean(value: object, type_: str) -> str | None:
    text = "true" if value is True else "false" if value is False else _bare(value, type_)
    if text is None:
        return None
    if text.lower() not in _TRUE | _FALSE:
        raise _wrong(type_, value)
    return "true" if text.lower() in _TRUE else "false"


def _date(value: object, type_: str) -> str | None:
    text = _bare(value, type_)
    return None if text is None else _read(type_, text, lambda: date.fromisoformat(text[:10] if len(text) > 10 else text).isoformat())


def _time(value: object, type_: str) -> str | None:
    text = _bare(value, type_)
    return None if text is None else _read(type_, text, lambda: time.fromisoformat(text).isoformat())


def _timestamp(value: object, type_: str) -> str | None:
    text = _bare(value, type_)
    return None if text is None else _read(type_, text, lambda: _moment(text))


def _moment(text: str) -> str:
    given = datetime.fromisoformat(text)
    at = given.astimezone(UTC) if given.tzinfo else given
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds" if at.microsecond else "seconds") + "Z"


def _read(type_: str, text: str, read: Callable[[], str]) -> str:
    try:
        return read()
    except (ValueError, OverflowError):
        if re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise WrongValue(f'date/time field value out of range: "{_short(text)}"') from None
        raise _wrong(type_, text) from None


def _bare(value: object, type_: str) -> str | None:
    """A value as text without white space around it; None for an empty one, which CKAN takes for nothing in what is not text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(type_, value)
    return (value if isinstance(value, str) else json.dumps(value)).strip() or None


def _wrong(type_: str, value: object) -> WrongValue:
    return WrongValue(f'invalid input syntax for type {_LONG_NAMES.get(type_, type_)}: "{_short(value)}"')


def _short(value: object) -> str:
    return (value if isinstance(value, str) else _json(value, ""))[:100]


_KEEP: Mapping[str, Callable[[Any, str], str | None]] = {
    "text": _text,
    "json": _json,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "int4": _integer,
    "int8": _integer,
    "float8": _number,
    "numeric": _number,
    "bool": _boolean,
}


def _show_number(value: Any) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _show_moment(value: Any) -> object:
    """A whole moment in UTC, to the millisecond and without saying so; a year, a month or a day alone as it is."""
    if not isinstance(value, str) or len(value) < 16:
        return value
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at).isoformat(timespec="milliseconds")


_SHOW: Mapping[str, Callable[[Any], object]] = {
    "bool": bool,
    "float8": _show_number,
    "json": json.loads,
    "numeric": _show_number,
    "timestamp": _show_moment,
}
