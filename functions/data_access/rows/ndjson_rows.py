"""Rows of newline-delimited JSON: an object a line. Numbers are taken as they are written, however large or exact."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from functions.data_access.rows.raw import Fault, RawRow, Value


def read(lines: Iterable[str], fields: Sequence[str], lists: Sequence[str] = ()) -> Iterator[RawRow | Fault]:
    """The rows of a file, numbered as its lines are, for a dataset with these `fields`, of which `lists` hold several values."""
    known = frozenset(fields)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _row(number, line, known, fields, frozenset(lists))


def _row(number: int, line: str, known: frozenset[str], fields: Sequence[str], lists: frozenset[str]) -> RawRow | Fault:
    try:
        document = json.loads(line, parse_int=str, parse_float=str, parse_constant=_refuse, object_pairs_hook=_members)
    except _Twice as twice:
        return Fault.of(number, str(twice), "", "the field is there more than once")
    except (ValueError, RecursionError):
        return Fault.of(number, "", line.strip(), "the line is not valid JSON")
    if not isinstance(document, dict):
        return Fault.of(number, "", line.strip(), "the line must be a JSON object")
    values: dict[str, Value] = {}
    for name, given in document.items():
        if name not in known:
            return Fault.of(number, name, "", f"the dataset has no such field: it has {', '.join(fields)}")
        try:
            value = _value(given, several=name in lists)
        except TypeError as refused:
            return Fault.of(number, name, "", str(refused))
        if value:
            values[name] = value
    return RawRow(number, values)


def _value(given: object, *, several: bool) -> Value:
    match given:
        case list() if several:
            return [text for part in given if (text := _text(part))]
        case list():
            raise TypeError("must be one value, not a list")
        case _:
            text = _text(given)
            return [text] if several and text else text


def _text(given: object) -> str:
    match given:
        case None:
            return ""
        case bool():
            return json.dumps(given)
        case str() if "\0" in given:
            raise TypeError("holds the character NUL")
        case str():
            return given
    raise TypeError("must be a text, a number, true, false or null, or a list of them")


class _Twice(Exception):
    """The name of a member that an object has twice."""


def _members(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return members


def _refuse(constant: str) -> object:
    raise ValueError(constant)
