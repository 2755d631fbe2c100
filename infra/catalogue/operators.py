"""One condition of an EventBridge pattern: what it asks of a value, and how it is said in words.

The operators are those of AWS's guide ("Comparison operators for use in event patterns in Amazon EventBridge"). A condition that
EventBridge would refuse when the rule is made raises InvalidPattern here, and so never passes for one that merely does not hold.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import pairwise
from typing import TypeIs

type Scalar = str | int | float | bool | None

LONGEST_SHOWN = 60

_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "=": (operator.eq, "equal to"),
    "<": (operator.lt, "below"),
    "<=": (operator.le, "at most"),
    ">": (operator.gt, "above"),
    ">=": (operator.ge, "at least"),
}
_OPENING, _CLOSING = (">", ">="), ("<", "<=")
_WILDCARD_PARTS = re.compile(r"\\[*\\]|\*|[^\\*]+")


class InvalidPattern(ValueError):
    """EventBridge would refuse this pattern; the text names the field and says why."""


@dataclass(frozen=True)
class Condition:
    """What one member of a field's list asks. `presence` is set where it asks of the field alone, whatever its value."""

    words: str
    holds: Callable[[Scalar], bool]
    presence: bool | None = None


def condition(written: object) -> Condition:
    """Read one member of the list of a field. Raises InvalidPattern."""
    if isinstance(written, list):
        raise InvalidPattern("a value is a text, a number, true, false or null, or an operator in an object; a list is not")
    if not isinstance(written, dict):
        return _exactly(written)
    if len(written) != 1:
        raise InvalidPattern("an operator stands alone in its object")
    [(name, operand)] = written.items()
    if name not in _OPERATORS:
        raise InvalidPattern(f"{name} is no operator: there are {', '.join(sorted(_OPERATORS))}")
    return _OPERATORS[name](operand)


def shown(value: object) -> str:
    """A value as messages show it: JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def either(words: Sequence[str]) -> str:
    """Several things of which one is enough, as a sentence has them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _same(value: Scalar, wanted: object) -> bool:
    """Equal as JSON has it: no text is a number, and true is not 1. EventBridge compares numbers by value, as 3 and 3.0."""
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _exactly(wanted: object) -> Condition:
    return Condition(shown(wanted), lambda value: _same(value, wanted))


def _spelled_exactly(operand: object) -> Condition:
    return _exactly(_text("exactly", operand))


def _prefix(operand: object) -> Condition:
    return _affix("prefix", "a text that begins with", operand, lambda pattern: f"{pattern}.*")


def _suffix(operand: object) -> Condition:
    return _affix("suffix", "a text that ends with", operand, lambda pattern: f".*{pattern}")


def _affix(name: str, words: str, operand: object, place: Callable[[str], str]) -> Condition:
    if isinstance(operand, dict):
        if list(operand) != ["equals-ignore-case"]:
            raise InvalidPattern(f"{name} takes a text, or equals-ignore-case with one")
        affix = _text("equals-ignore-case", operand["equals-ignore-case"])
        return _text_like(f"{words} {shown(affix)} in any case", place(_any_case(affix)))
    affix = _text(name, operand)
    return _text_like(f"{words} {shown(affix)}", place(re.escape(affix)))


def _equals_ignore_case(operand: object) -> Condition:
    wanted = _text("equals-ignore-case", operand)
    return _text_like(f"{shown(wanted)} in any case", _any_case(wanted))


def _any_case(text: str) -> str:
    """Each letter in either of its cases, which is what EventBridge takes: ß and SS, but not ss."""
    return "".join(f"(?:{re.escape(letter.lower())}|{re.escape(letter.upper())})" for letter in text)


def _wildcard(operand: object) -> Condition:
    text = _text("wildcard", operand)
    parts = _WILDCARD_PARTS.findall(text)
    if "".join(parts) != text:
        raise InvalidPattern("wildcard: a backslash stands before * or another backslash")
    if any(pair == ("*", "*") for pair in pairwise(parts)):
        raise InvalidPattern("wildcard: two * may not follow each other")
    pattern = "".join(".*" if part == "*" else re.escape(re.sub(r"\\(.)", r"\1", part)) for part in parts)
    return _text_like(f"a text like {shown(text)}", pattern)


def _text_like(words: str, pattern: str) -> Condition:
    compiled = re.compile(pattern, re.DOTALL)
    return Condition(words, lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None)


def _numeric(operand: object) -> Condition:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise InvalidPattern("numeric takes a comparison and a number, or a lower and then an upper limit")
    pairs = [_comparison(operand[place], operand[place + 1]) for place in range(0, len(operand), 2)]
    if len(pairs) == 2:
        (low, bottom), (high, top) = pairs
        if low not in _OPENING or high not in _CLOSING or bottom >= top:
            raise InvalidPattern("numeric: a range has its lower limit first, with > or >=, then its upper one, with < or <=")
    words = " and ".join(f"{_COMPARISONS[sign][1]} {shown(limit)}" for sign, limit in pairs)

    def holds(value: Scalar) -> bool:
        return _is_number(value) and all(_COMPARISONS[sign][0](value, limit) for sign, limit in pairs)

    return Condition(f"a number {words}", holds)


def _comparison(sign: object, limit: object) -> tuple[str, float]:
    if not isinstance(sign, str) or sign not in _COMPARISONS:
        raise InvalidPattern(f"numeric: {shown(sign)} is no comparison: there are {', '.join(_COMPARISONS)}")
    if not _is_number(limit):
        raise InvalidPattern(f"numeric: {shown(limit)} is no number")
    return sign, limit


def _exists(operand: object) -> Condition:
    if not isinstance(operand, bool):
        raise InvalidPattern("exists takes true or false")
    return Condition("any value" if operand else "no such field", lambda _: False, presence=operand)


def _cidr(operand: object) -> Condition:
    block = _text("cidr", operand)
    address, slash, bits = block.partition("/")
    if not slash or not bits.isdecimal() or _address(address) is None:
        raise InvalidPattern(f"cidr: {shown(block)} is no block of addresses")
    try:
        network = ip_network(f"{_address(address)}/{bits}", strict=False)
    except ValueError as wrong:
        raise InvalidPattern(f"cidr: {wrong}") from None
    if network.prefixlen == network.max_prefixlen:
        raise InvalidPattern("cidr: a block of one address is written as that address")

    def holds(value: Scalar) -> bool:
        found = _address(value) if isinstance(value, str) else None
        return found is not None and found.version == network.version and found in network

    return Condition(f"an address in {block}", holds)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with the numbers of version 4 read as decimal whatever zeros lead them."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+){3}", text):
        text = ".".join(part.lstrip("0") or "0" for part in text.split("."))
    elif not re.fullmatch(r"[0-9a-fA-F]*:[0-9a-fA-F:]*", text):
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None


def _anything_but(operand: object) -> Condition:
    if isinstance(operand, dict):
        refused = _nested(operand)
    else:
        values = operand if isinstance(operand, list) else [operand]
        kinds = {"number" if _is_number(value) else type(value).__name__ for value in values}
        if kinds not in ({"str"}, {"number"}):
            raise InvalidPattern("anything-but takes texts or numbers, not both, and neither true, false nor null")
        refused = [_exactly(value) for value in values]
    return Condition(
        f"anything but {either([each.words for each in refused])}", lambda value: not any(each.holds(value) for each in refused)
    )


def _nested(operand: dict[str, object]) -> list[Condition]:
    """The operator that anything-but turns round: one of four, with one text or several."""
    if len(operand) != 1 or next(iter(operand)) not in _TURNED_ROUND:
        raise InvalidPattern(f"anything-but takes one of {', '.join(_TURNED_ROUND)}")
    [(name, inner)] = operand.items()
    texts = inner if isinstance(inner, list) else [inner]
    if not texts or not all(isinstance(text, str) for text in texts) or (name in ("prefix", "suffix") and "" in texts):
        raise InvalidPattern(f"anything-but: {name} takes a text or several, and none that is empty")
    return [_OPERATORS[name](text) for text in texts]


def _is_number(value: object) -> TypeIs[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(name: str, operand: object) -> str:
    if not isinstance(operand, str):
        raise InvalidPattern(f"{name} takes a text")
    return operand


_TURNED_ROUND = ("prefix", "suffix", "equals-ignore-case", "wildcard")
_OPERATORS: dict[str, Callable[[object], Condition]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _equals_ignore_case,
    "exactly": _spelled_exactly,
    "exists": _exists,
    "numeric": _numeric,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
