"""Which archive keeps which events: one class for each time that types ask for, and one for all the rest.

EventBridge takes patterns of so many characters and no more: a class that has more to say has several archives. What a type's envelope
says stands twice in an event, as EventBridge's `detail-type` and as the `type` of the CloudEvent inside, so that a pattern can ask two
things of it at once: to begin like this, and to be none of those.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.declaration import Department

LONGEST = 1_950
"""Characters of a pattern, of the 2,048 that EventBridge takes: every archive asks for one thing more."""

CARRIER, CARRIER_DAYS = "platform.ForwardRequested.v1", 30
"""The one type of event that holds another, and for how long it is kept at most: a dead-letter queue keeps for less long what could not be
handed on.
"""

type Pattern = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What one archive keeps, and for how many days; `name` tells it from the stage's first, which has none."""

    name: str
    days: int
    pattern: Pattern


def asked(departments: Iterable[Department]) -> dict[str, int]:
    """For how many days types are kept that say so themselves."""
    return {one.type_of(fact): emits.retention_days for one in departments for fact, emits in one.emits.items() if emits.retention_days}


def of_their_own(departments: Iterable[Department]) -> dict[str, int]:
    """For how many days types are kept for a time of their own: those, and the one that carries others, for no longer than any of them."""
    departments = list(departments)
    days = asked(departments)
    return {CARRIER: min([CARRIER_DAYS, *(days[type_] for type_ in _handed_on(departments) if type_ in days)]), **days}


def _handed_on(departments: Iterable[Department]) -> Iterator[str]:
    """The types that somebody may be handed: those that are shared, and those that their own department forwards."""
    for one in departments:
        forwarded = {reaction.when for reaction in one.reactions if reaction.forward}
        yield from (one.type_of(fact) for fact, emits in one.emits.items() if emits.shares or fact in forwarded)


def archives(asked: Mapping[str, int], otherwise: int) -> Iterator[Kept]:
    """The archives of a bus on which some types are kept for a time of their own, and all else for `otherwise` days."""
    for number, pattern in enumerate(_but(sorted(asked)), start=1):
        yield Kept("" if number == 1 else f"-{number}", otherwise, pattern)
    for days in sorted(set(asked.values())):
        types = sorted(type_ for type_, kept in asked.items() if kept == days)
        for number, some in enumerate(_filled(types, _just), start=1):
            yield Kept(f"-{days}-days{'' if number == 1 else f'-{number}'}", days, _just(some))


def _just(types: Sequence[str]) -> Pattern:
    return {"detail-type": list(types)}


def _but(types: Sequence[str]) -> Iterator[Pattern]:
    """Everything except these types; the first of the patterns is the one for types that begin like none of them."""
    if not types:
        yield {}
        return
    whole = {"detail-type": [{"anything-but": list(types)}]}
    if _fits(whole):
        yield whole
        return
    beginnings = _beginnings(types)
    yield {"detail-type": [{"anything-but": {"prefix": sorted(beginnings)}}]}
    yield from _within(beginnings)


def _within(beginnings: Mapping[str, Sequence[str]]) -> Iterator[Pattern]:
    """Everything that begins like this, except the types that stand there."""

    def but(some: Sequence[str]) -> Pattern:
        types = [type_ for beginning in some for type_ in beginnings[beginning]]
        return {"detail-type": [{"prefix": beginning} for beginning in some], "detail": {"type": [{"anything-but": types}]}}

    short = [beginning for beginning in sorted(beginnings) if _fits(but([beginning]))]
    for some in _filled(short, but):
        yield but(some)
    for beginning in sorted(beginnings.keys() - set(short)):
        deeper = _beginnings(beginnings[beginning])
        yield {"detail-type": [{"prefix": beginning}], "detail": {"type": [{"anything-but": {"prefix": sorted(deeper)}}]}}
        yield from _within(deeper)


def _beginnings(types: Sequence[str]) -> dict[str, list[str]]:
    """The types by how they begin: by the first character in which they differ. None of the beginnings begins with another.

    Raises ValueError where they cannot be told apart so.
    """
    first, last = min(types), max(types)
    length = 1 + next((place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    found: dict[str, list[str]] = {}
    for type_ in sorted(types):
        # `Opened.v1` is how `Opened.v10` begins: both are among what begins so.
        beginning = next((known for known in found if type_.startswith(known)), type_[:length])
        found.setdefault(beginning, []).append(type_)
    if len(found) == 1 and len(types) > 1:
        raise ValueError(
            f"{len(types)} types that begin with {types[0]} ask for a time of their own, more than an archive's pattern can tell"
        )
    return found


def _filled(names: Sequence[str], pattern: Callable[[Sequence[str]], Pattern]) -> Iterator[list[str]]:
    """The names in as few groups as their patterns allow, in their order."""
    group: list[str] = []
    for name in names:
        if group and not _fits(pattern([*group, name])):
            yield group
            group = []
        group.append(name)
    if group:
        yield group


def _fits(pattern: Pattern) -> bool:
    return len(json.dumps(pattern)) <= LONGEST
