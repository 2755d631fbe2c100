"""Trino's way of saying it, as Athena speaks it, over the Parquet files of a snapshot."""

# ruff: noqa: S608  # as in `sql.py`
from __future__ import annotations

import re
import string

from functions.data_access.queries.columns import Column, Columns, Kind, Scalar
from functions.data_access.queries.patterns import MEMBERS
from functions.data_access.queries.query import Query
from functions.data_access.queries.sql import Dialect, Fragment, listed, quoted
from functions.data_access.queries.words import Phrase, phrases

_LOWERED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NO_WORD = r"[^\p{L}\p{N}]"


def glob_expression(pattern: str) -> str:
    """The regular expression of a GLOB pattern: `*`, `?`, `[abc]`, `[a-z]`, `[^a]` (as SQLite has them), everything else as it stands."""
    parts, rest = [], pattern
    while rest:
        taken = rest[0]
        if taken == "[" and (members := MEMBERS.match(rest)):
            parts.append(f"[{members[1]}{re.sub(r'([\\\[\]^&~|])', r'\\\1', members[2])}]")
            rest = rest[members.end() :]
            continue
        parts.append({"*": ".*", "?": "."}.get(taken) or re.sub(r"([\\.+*?()\[\]{}^$|])", r"\\\1", taken))
        rest = rest[1:]
    return rf"(?s)\A{''.join(parts)}\z"


def _folded(name: str) -> str:
    # Not lower(), which knows more letters than SQLite's LIKE does.
    return f"translate({name}, '{string.ascii_uppercase}', '{string.ascii_lowercase}')"


def _given(column: Column, value: Scalar) -> Scalar:
    kind = column.each if column.kind is Kind.LIST else column.kind
    return bool(value) if kind is Kind.BOOLEAN else value


def _searched(search: str, columns: Columns) -> Fragment:
    found = phrases(search)
    ways = " OR ".join(f"regexp_like({quoted(name)}, ?)" for name in columns.searched)
    expressions = [_expression(phrase) for phrase in found]
    text = " AND ".join([f"({ways})"] * len(found))
    return Fragment(text, tuple(expression for expression in expressions for _ in columns.searched))


def _expression(phrase: Phrase) -> str:
    words = f"{_NO_WORD}+".join(phrase.words)
    return rf"(?i)(\A|{_NO_WORD}){words}{'' if phrase.begins else rf'({_NO_WORD}|\z)'}"


def over(records: Fragment, history: Fragment) -> Dialect:
    """The dialect over these two tables: what is, and every version there was, with the entry that took its place in `_until`."""

    def source(query: Query, columns: Columns) -> Fragment:
        if query.as_at is None:
            return records
        stood = "_entry <= ? AND (_until > ? OR _until IS NULL)"
        text = f"(SELECT {listed(columns)} FROM {history.text} WHERE {stood})"
        return Fragment(text, (*history.parameters, query.as_at, query.as_at))

    return Dialect(
        source=source,
        folded=_folded,
        fold=lambda value: value.translate(_LOWERED),
        glob=lambda name, pattern: Fragment(f"regexp_like({name}, ?)", (glob_expression(pattern),)),
        holds=lambda name: f"json_array_contains({name}, ?)",
        given=_given,
        searched=_searched,
        page=lambda limit, offset: f"{f'OFFSET {offset} ' if offset else ''}LIMIT {limit}",
        seeks=False,
    )
