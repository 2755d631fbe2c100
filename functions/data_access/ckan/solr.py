"""The part of Solr's query language that people ask catalogues with: words, phrases, fields, wildcards, ranges, AND, OR, NOT, + and -.

A query is read into a tree that says of one document how well it answers: nought, where it does not. Raises Unreadable, with what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

type Document = Mapping[str, Sequence[str]]
"""What may be searched of a thing: the values of each field."""

LONGEST, DEEPEST = 2_000, 20
"""Characters of a query, and its levels of parentheses."""

TEXT = "text"
"""The field that a word without one is looked for in."""
_WEIGHTS = {"name": 4.0, "title": 4.0, "tags": 2.0, TEXT: 1.0}
_WHOLE = frozenset({"name", "title", "notes", TEXT})
"""Fields that are read word by word; in any other a value is one word."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>[()+!]|&&|\|\||-(?=\S))
      | (?P<range>[\[{]\s*(?P<low>[^\s\]}]+)\s+TO\s+(?P<high>[^\s\]}]+)\s*[\]}])
      | "(?P<phrase>(?:\\.|[^"\\])*)"(?:~\d*)?
      | (?P<field>(?:\\.|[\w.*-])+):(?=\S)
      | (?P<word>(?:\\.|[^\s()"\[\]{}\\^])+)
    )(?:\^[\d.]+)?""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "-", "!": "-", "+": "+", "-": "-"}
_SAID = frozenset({"AND", "OR", "NOT"})


class Unreadable(Exception):
    """A query that cannot be read, and why."""


type Score = Callable[[Document], float]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    high: str = ""


@dataclass(frozen=True, slots=True)
class _Clause:
    must: bool | None
    """True where it must hold, False where it must not; None where it may."""
    score: Score
    bare: bool = False


@lru_cache(maxsize=256)
def read(text: str, fields: frozenset[str]) -> Score:
    """A query over documents that have these fields."""
    if len(text) > LONGEST:
        raise Unreadable(f"The query is longer than {LONGEST} characters")
    if text.strip() in ("", "*:*", "*"):
        return lambda _: 1.0
    reader = _Reader(_tokens(text), fields)
    score = reader.clauses(0)
    if reader.left:
        raise Unreadable(f'Cannot parse "{text[:100]}": a parenthesis closes that none opened')
    return score


def words(text: str) -> list[str]:
    """The words of a text as they are compared: small, and without the ending of a plural."""
    return [_stem(word) for word in _WORD.findall(text.lower())]


class _Reader:
    def __init__(self, tokens: list[_Token], fields: frozenset[str]) -> None:
        self._tokens = tokens
        self._fields = fields
        self._at = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._tokens)

    def clauses(self, depth: int, field: str = "") -> Score:
        """Clauses up to the parenthesis that closes them, or to the end."""
        if depth > DEEPEST:
            raise Unreadable(f"The query has more than {DEEPEST} levels of parentheses")
        found, marked = list[_Clause](), False
        while self.left and self._tokens[self._at].text != ")":
            operator = self._operator()
            if operator in ("AND", "OR"):
                if not found:
                    raise Unreadable(f"The query begins with {operator}")
                found[-1] = _joined(found[-1], operator)
                marked = True
            must = self._mark()
            clause = self._clause(depth, field)
            marked = marked or must is not None
            found.append(_Clause(_must(must, operator), clause.score, clause.bare))
        if not found:
            raise Unreadable("There is nothing in the query, or in parentheses of it")
        return _all(found) if marked else _enough(found)

    def _operator(self) -> str:
        token = self._tokens[self._at]
        if token.kind != "operator" or token.text not in ("AND", "OR"):
            return ""
        self._advance(token.text)
        return token.text

    def _mark(self) -> str | None:
        token = self._tokens[self._at]
        if token.kind != "operator" or token.text not in ("+", "-"):
            return None
        self._advance(token.text)
        return token.text

    def _advance(self, after: str) -> None:
        self._at += 1
        if not self.left or self._tokens[self._at].text == ")":
            raise Unreadable(f"Nothing follows {after}")

    def _clause(self, depth: int, field: str) -> _Clause:
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "field":
            if not self.left:
                raise Unreadable(f"Nothing follows {token.text}:")
            return self._clause(depth, self._field(token.text))
        if token.text == "(" and token.kind == "mark":
            inner = self.clauses(depth + 1, field)
            if not self.left:
                raise Unreadable("A parenthesis is not closed")
            self._at += 1
            return _Clause(None, inner)
        if token.kind == "range":
            return _Clause(None, _between(field or _nowhere(), token.text, token.high))
        if token.kind == "phrase":
            return _Clause(None, _phrase(field, token.text))
        if token.kind == "word":
            return _Clause(None, _word(field, token.text), bare=not field and bool(_WORD.search(token.text)))
        raise Unreadable(f'"{token.text}" is out of place')

    def _field(self, name: str) -> str:
        if name != "*" and name not in self._fields and not name.startswith("extras_"):
            raise Unreadable(f"undefined field {name[:50]}; there are {', '.join(sorted(self._fields))}")
        return name


def _tokens(text: str) -> list[_Token]:
    found, at, end = list[_Token](), 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None or token.end() == at:
            raise Unreadable(f'Cannot parse "{text[:100]}" from character {at + 1} on')
        at = token.end()
        kind = next(name for name in ("mark", "range", "phrase", "field", "word") if token[name] is not None)
        value = token["low"] if kind == "range" else _unescaped(token[kind]) if kind != "word" else token[kind]
        if operator := _OPERATORS.get(value) if kind == "mark" or value in _SAID else None:
            kind, value = "operator", operator
        found.append(_Token(kind, value, token["high"] or ""))
    return found


def _must(mark: str | None, operator: str) -> bool | None:
    if mark == "-":
        return False
    return True if mark == "+" or operator == "AND" else None if operator == "OR" else True


def _joined(before: _Clause, operator: str) -> _Clause:
    # As Lucene reads them, with AND meant where nothing is said: an OR lets go of what stands before it, an AND takes hold of it.
    must = before.must if before.must is False else operator == "AND" or None
    return _Clause(must, before.score, before.bare)


def _all(clauses: list[_Clause]) -> Score:
    musts = [clause.score for clause in clauses if clause.must]
    nots = [clause.score for clause in clauses if clause.must is False]
    mays = [clause.score for clause in clauses if clause.must is None]

    def score(document: Document) -> float:
        if any(refused(document) for refused in nots):
            return 0.0
        needed = [must(document) for must in musts]
        if not all(needed):
            return 0.0
        helping = sum(may(document) for may in mays)
        if mays and not needed and not helping:
            return 0.0
        return (sum(needed) + helping) or 1.0

    return score


def _enough(clauses: list[_Clause]) -> Score:
    """Of up to two words all, of up to five all but one, of more four in five: as CKAN asks Solr for. What is no bare word must hold."""
    bare = [clause.score for clause in clauses if clause.bare]
    others = [clause.score for clause in clauses if not clause.bare]
    needed = len(bare) if len(bare) <= 2 else len(bare) - 1 if len(bare) <= 5 else len(bare) * 4 // 5

    def score(document: Document) -> float:
        strict = [other(document) for other in others]
        found = [value for clause in bare if (value := clause(document))]
        return sum(strict) + sum(found) if all(strict) and len(found) >= needed else 0.0

    return score


def _word(field: str, text: str) -> Score:
    if field == "*":
        return lambda _: 1.0
    if "*" in text or "?" in text:
        return _matching(field, text)
    plain = _unescaped(text)
    return _phrase(field, plain.split("~", maxsplit=1)[0] or plain)


def _phrase(field: str, text: str) -> Score:
    wanted = words(text)
    if not wanted and (not field or field in _WHOLE):
        return lambda _: 1.0  # a dash between words asks for nothing
    if not field:
        return lambda document: max((weight * _said(document.get(name, ()), wanted) for name, weight in _WEIGHTS.items()), default=0.0)
    if field in _WHOLE:
        return lambda document: _said(document.get(field, ()), wanted)
    return lambda document: float(text.lower() in (value.lower() for value in document.get(field, ())))


def _said(values: Sequence[str], wanted: list[str]) -> float:
    """How much of the values is the words in a row: a match in a short text counts for more."""
    best = 0.0
    for value in values:
        there = _words_of(value)
        if wanted and any(there[at : at + len(wanted)] == tuple(wanted) for at in range(len(there) - len(wanted) + 1)):
            best = max(best, 1.0 + len(wanted) / len(there))
    return best


def _matching(field: str, pattern: str) -> Score:
    # Wildcards are compared with each word, or with the whole value of what is not read word by word.
    parts = [part if part in "*?" else re.escape(_unescaped(part)) for part in re.findall(r"\\.|[*?]|[^\\*?]+", pattern.lower())]
    form = re.compile("".join({"*": ".*", "?": "."}.get(part, part) for part in parts), re.DOTALL)
    names = (field,) if field else tuple(_WEIGHTS)

    def score(document: Document) -> float:
        values = (value.lower() for name in names for value in document.get(name, ()))
        return float(any(form.fullmatch(value) or any(form.fullmatch(word) for word in _WORD.findall(value)) for value in values))

    return score


def _between(field: str, low: str, high: str) -> Score:
    return lambda document: float(any((low == "*" or value >= low) and (high == "*" or value <= high) for value in document.get(field, ())))


def _nowhere() -> NoReturn:
    raise Unreadable("A range needs a field before it")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


@lru_cache(maxsize=4096)
def _words_of(value: str) -> tuple[str, ...]:
    return tuple(words(value))


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
