"""A value as a page shows it: text, and where it leads when it names a record or a web address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from functions.common import declarations
from functions.data_access.catalogue.words import day_or_moment
from functions.data_access.dictionary import Field

SHORT = 80
"""Characters of a value in a table of many."""
LONG = 2_000
"""Characters of a value that stands beside what it was before."""

_YES_OR_NO = {"true": "Yes", "false": "No"}


@dataclass(frozen=True, slots=True)
class Part:
    """One text, and the address that it leads to, if any, `outside` of this site; of a day or a moment the `time` as programs write it."""

    text: str
    href: str = ""
    outside: bool = False
    time: str = ""


def shown(field: Field, value: str | Sequence[str] | None, most: int = 0) -> list[Part]:
    """The parts of a value as the log has it: one, or one for each of a list; none for none. With `most`, of so many characters each."""
    texts = [] if value is None else [value] if isinstance(value, str) else value
    return [_part(field, text, most) for text in texts if text]


def record_address(register: str, key: str) -> str:
    """The page of a record."""
    return f"/data/{register}/records/{quote(key, safe='/')}"


def entry_address(register: str, number: int) -> str:
    """The page of an entry."""
    return f"/data/{register}/entries/{number}"


def _part(field: Field, text: str, most: int) -> Part:
    short = f"{text[:most].rstrip()}…" if most and len(text) > most else text
    if field.register:
        return Part(short, record_address(field.register, text))
    match field.datatype:
        case "boolean":
            return Part(_YES_OR_NO.get(text, short))
        case "curie":
            register, _, key = text.partition(":")
            return Part(short, record_address(register, key) if key and declarations.register(register) else "")
        case "date" | "datetime":
            said = day_or_moment(text)
            return Part(said, time=text) if said != text else Part(short)
        case "url":
            return Part(short, text, outside=True) if _is_address(text) else Part(short)
    return Part(short)


def _is_address(text: str) -> bool:
    """Whether it leads to the web: of what departments write, no other scheme becomes a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
