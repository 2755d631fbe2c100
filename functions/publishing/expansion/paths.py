"""The rules' paths, read once, and the moves along them: the same forwards and backwards (contract 1.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from functions.publishing.expansion.rules import PATHS, REVERSES


class Place(NamedTuple):
    """A step of a path, and the type of the link that is followed there."""

    path: int
    step: int
    link_type: str


type Places = frozenset[Place]
type Move = tuple[Place, Place]


def _moves(path: int, notation: str) -> Iterable[Move]:
    steps = notation.split(".")
    places = [Place(path, step, name.removesuffix("*")) for step, name in enumerate(steps)]
    yield from pairwise(places)
    yield from ((place, place) for place, name in zip(places, steps, strict=True) if name.endswith("*"))


_MOVES = [move for path, notation in enumerate(PATHS) for move in _moves(path, notation)]
_PLACES = frozenset(place for move in _MOVES for place in move)

FOLLOWED = frozenset(end.link_type for _, end in _MOVES).union(*REVERSES.values())
"""Types of links that others see beside the item that has them: followed below the first level, or turned round."""


def anywhere(link_type: str) -> Places:
    """Every place at which links of this type are followed."""
    return frozenset(place for place in _PLACES if place.link_type == link_type)


def starts(places: Places) -> Places:
    """Those of the places that are the first of their path."""
    return frozenset(place for place in places if place.step == 0)


@cache
def after(places: Places) -> Mapping[str, Places]:
    """The types of links that may follow, and where each leads."""
    return _by_type(end for start, end in _MOVES if start in places)


@cache
def before(places: Places) -> Mapping[str, Places]:
    """The types of links that may have gone before, and where each was followed."""
    return _by_type(start for start, end in _MOVES if end in places)


def _by_type(places: Iterable[Place]) -> Mapping[str, Places]:
    grouped = defaultdict(set)
    for place in places:
        grouped[place.link_type].add(place)
    return {link_type: frozenset(group) for link_type, group in grouped.items()}
