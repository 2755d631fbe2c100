"""CKAN's `q` as conditions on columns: words that must all be there, or, where it is not plain, a query of PostgreSQL's `to_tsquery`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from functions.data_access.ckan.failures import invalid_fields
from functions.data_access.queries.query import Condition, Either, Every, Operator, Where

MOST_WORDS, DEEPEST = 20, 20

_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"\s*(?:([()&|!])|('(?:[^']|'')*'|[^\s()&|!:']+)(?::[*A-Da-d]+)?)")


def words_of(text: str) -> list[str]:
    """The words of a search, small letters; refuses too many."""
    found = _WORD.findall(text.lower())
    if len(found) > MOST_WORDS:
        raise invalid_fields({"q": f"more than {MOST_WORDS} words"})
    return found


def holding(text: str, names: Sequence[str]) -> Where:
    """That every word stands in one of the columns."""
    return Every(tuple(_one(word, names) for word in words_of(text)))


def asked(text: str, names: Sequence[str]) -> Where:
    """What a `to_tsquery` asks for: words with `&`, `|`, `!` and parentheses between."""
    words_of(text)
    reader = _Reader(text, names)
    found = reader.either(0)
    if reader.left:
        raise _unreadable(text)
    return found


class _Reader:
    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._text = text
        self._names = names
        self._tokens = list[str]()
        at, end = 0, len(text.rstrip())
        while at < end:
            token = _TOKEN.match(text, at)
            if token is None or token.end() == at:
                raise _unreadable(text)
            self._tokens.append(token[1] or token[2])
            at = token.end()

    @property
    def left(self) -> bool:
        return bool(self._tokens)

    def either(self, depth: int) -> Where:
        parts = [self._every(depth)]
        while self._next("|"):
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, depth: int) -> Where:
        parts = [self._part(depth)]
        while self._next("&"):
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _part(self, depth: int) -> Where:
        if not self._tokens or depth > DEEPEST:
            raise _unreadable(self._text)
        if self._next("!"):
            return _not(self._part(depth + 1))
        if self._next("("):
            found = self.either(depth + 1)
            if not self._next(")"):
                raise _unreadable(self._text)
            return found
        word = self._tokens.pop(0)
        if word in {")", "&", "|"}:
            raise _unreadable(self._text)
        return holding(word, self._names)

    def _next(self, mark: str) -> bool:
        if not self._tokens or self._tokens[0] != mark:
            return False
        self._tokens.pop(0)
        return True


def _one(word: str, names: Sequence[str]) -> Where:
    return Either(tuple(Condition(name, Operator.CONTAINS, word) for name in names))


def _not(where: Where) -> Where:
    """What holds where the other does not. A column without a value holds no word."""
    match where:
        case Every(parts):
            return Either(tuple(_not(part) for part in parts))
        case Either(parts):
            return Every(tuple(_not(part) for part in parts))
        case Condition(column, Operator.CONTAINS, value):
            return Either((Condition(column, Operator.NOTCONTAINS, value), Condition(column, Operator.ISNULL)))
    raise AssertionError(where)


def _unreadable(text: str) -> Exception:
    return invalid_fields({"query": f'syntax error in tsquery: "{text[:100]}"'})
