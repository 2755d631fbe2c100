"""Whether an event matches the pattern of an EventBridge rule, and if not, which condition failed and why.

A pattern is the object of a rule's `EventPattern`, an event what EventBridge hands to a target: `source`, `detail-type`, `detail` and the
rest. It says what AWS's guide says of patterns: a field's list holds values and operators of which one must hold, fields stand beside each
other because all must, `$or` lists objects of which one must, and the fields of one object in a list must be found in one member of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from infra.catalogue.operators import Condition, InvalidPattern, Scalar, condition, either, shown

__all__ = ["InvalidPattern", "asks_for", "delivered", "matches", "why_not"]

OR = "$or"
TYPE = "detail-type"
MOST_SHOWN = 5

type Tree = dict[str, Tree | list[Condition]]
"""What one alternative of a pattern asks: conditions by field, as deep as the pattern goes. No `$or` is left in it."""


def matches(pattern: Mapping[str, object], event: Mapping[str, object]) -> bool:
    """Whether EventBridge would send this event to the rule's targets. Raises InvalidPattern where it would refuse the rule."""
    return not why_not(pattern, event)


def why_not(pattern: Mapping[str, object], event: Mapping[str, object]) -> list[str]:
    """Every condition that fails, each as `<field> is <what it is>, not <what is wanted>`; nothing where the event matches.

    Where `$or` gives several ways to match, each way says what it lacks. Raises InvalidPattern.
    """
    ways = [list(_unmet(way, event, "")) for way in _compiled(json.dumps(pattern))]
    if not all(ways):
        return []
    if len(ways) == 1:
        return ways[0]
    shared = [reason for reason in ways[0] if all(reason in way for way in ways)]
    # A way that lacks nothing of its own would match if what all lack were there.
    apart = [[reason for reason in way if reason not in shared] for way in ways]
    if not all(apart):
        return shared
    return [*shared, *(f"{_nth(place)} of {len(ways)} ways: {'; '.join(way)}" for place, way in enumerate(apart, 1))]


def asks_for(pattern: Mapping[str, object], type_: str) -> bool:
    """Whether a pattern has a condition on the type of an event, in one of its ways to match, and this type fulfils it."""
    return any(not list(_unmet({TYPE: way[TYPE]}, {TYPE: type_}, "")) for way in _compiled(json.dumps(pattern)) if TYPE in way)


def delivered(event: Mapping[str, object], account: str, region: str) -> dict[str, object]:
    """A CloudEvent as EventBridge hands it to the targets of a rule."""
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "source": event.get("source"),
        "detail-type": event.get("type"),
        "account": account,
        "region": region,
        "time": event.get("time"),
        "resources": [],
        "detail": dict(event),
    }


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[Tree, ...]:
    return tuple(_ways(json.loads(pattern), ""))


def _ways(pattern: object, place: str) -> list[Tree]:
    """Every way to match an object of the pattern, each without `$or`.

    Of two conditions on one field, one inside `$or` and one beside it, the later replaces the earlier, as in EventBridge.
    """
    if not isinstance(pattern, dict) or not pattern:
        raise InvalidPattern(f"{place or 'the pattern'}: is an object with at least one field")
    ways: list[Tree] = [{}]
    for name, asked in pattern.items():
        where = f"{place}.{name}" if place else name
        if name == OR:
            choices = [way for branch in _branches(asked, where) for way in _ways(branch, where)]
        elif isinstance(asked, list):
            choices = [_under(name, _conditions(asked, where))]
        else:
            choices = [_under(name, way) for way in _ways(asked, where)]
        ways = [_both(before, choice, where) for before in ways for choice in choices]
    return ways


def _branches(asked: object, where: str) -> list[object]:
    if not isinstance(asked, list) or len(asked) < 2:
        raise InvalidPattern(f"{where}: is a list of at least two objects")
    return asked


def _conditions(asked: list[object], where: str) -> list[Condition]:
    if not asked:
        raise InvalidPattern(f"{where}: is a list with at least one value")
    try:
        return [condition(written) for written in asked]
    except InvalidPattern as wrong:
        raise InvalidPattern(f"{where}: {wrong}") from None


def _under(name: str, asked: Tree | list[Condition]) -> Tree:
    """What is asked of a field; a name with dots leads inwards."""
    head, _, rest = name.partition(".")
    return {head: _under(rest, asked) if rest else asked}


def _both(first: Tree, second: Tree, where: str) -> Tree:
    """One tree that asks what both ask."""
    merged = dict(first)
    for name, asked in second.items():
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(asked, dict):
            merged[name] = _both(before, asked, where)
        elif before is not None and (isinstance(before, dict) or isinstance(asked, dict)):
            raise InvalidPattern(f"{where}: {name} is asked both for a value and for fields inside it, which no event has")
        else:
            merged[name] = asked
    return merged


def _unmet(way: Tree, found: Mapping[str, object], place: str) -> Iterator[str]:
    for name, asked in way.items():
        where = f"{place}.{name}" if place else name
        value = found.get(name)
        if isinstance(asked, list):
            # An empty object or list offers no value, and counts as a field that is not there.
            yield from _unanswered(asked, list(_scalars(value)) if name in found else [], where)
        else:
            yield from _nearest(asked, value, where)


def _unanswered(asked: Sequence[Condition], values: Sequence[Scalar], where: str) -> Iterator[str]:
    if any(each.presence is bool(values) for each in asked if each.presence is not None):
        return
    if any(each.holds(value) for each in asked for value in values):
        return
    wanted = either([each.words for each in asked])
    if not values:
        yield f"{where} is not there, and is to be {wanted}"
    elif wanted == "no such field":
        yield f"{where} is there ({shown(values[0])}), and is not to be"
    else:
        more = ", …" if len(values) > MOST_SHOWN else ""
        yield f"{where} is {', '.join(map(shown, values[:MOST_SHOWN]))}{more}, not {wanted}"


def _nearest(asked: Tree, value: object, where: str) -> Iterator[str]:
    """What is lacking inside a field: of a list's members, in the one that lacks least."""
    # Where there is no object the fields inside it are still asked for, and `exists: false` holds of them.
    members = list(_objects(value)) or [{}]
    lacking = [list(_unmet(asked, member, where)) for member in members]
    fewest = min(lacking, key=len)
    if not fewest:
        return
    if len(members) > 1:
        yield f"{where} has no member of which all is true; the nearest: {'; '.join(fewest)}"
    else:
        yield from fewest


def _scalars(value: object) -> Iterator[Scalar]:
    """Each value that a field offers: itself, or those in its lists."""
    if isinstance(value, list):
        for member in value:
            yield from _scalars(member)
    elif value is None or isinstance(value, str | int | float | bool):
        yield value


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        for member in value:
            yield from _objects(member)
    elif isinstance(value, Mapping):
        yield value


def _nth(place: int) -> str:
    return {1: "The first", 2: "The second", 3: "The third"}.get(place, f"Number {place}")
