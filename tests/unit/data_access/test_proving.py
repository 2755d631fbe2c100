from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.data_access.catalogue.proving import Span, steps
from functions.data_access.merkle import EMPTY, Tree
from schemas.proof import leaf_hash


def tree(size: int) -> tuple[Tree, list[bytes]]:
    leaves = [leaf_hash(sha256(bytes([number % 256, number >> 8])).digest()) for number in range(size)]
    frontier, kept = EMPTY, dict[tuple[int, int], bytes]()
    for leaf in leaves:
        frontier, left = frontier.append(leaf)
        kept |= {(one.level, one.index): one.hashes for one in left}
    return Tree(frontier, lambda level, index: kept[level, index]), leaves


def test_each_step_says_which_entries_it_joins() -> None:
    log, leaves = tree(7)
    taken = steps(leaves[4], 5, 7, log.inclusion(4, 7))
    assert [(step.beside, step.before, step.covers) for step in taken] == [
        (Span(6, 6), False, Span(5, 6)),
        (Span(7, 7), False, Span(5, 7)),
        (Span(1, 4), True, Span(1, 7)),
    ]
    assert taken[-1].computed == log.root(7)


@given(st.integers(1, 600).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_the_steps_lead_from_any_entry_to_the_root_and_cover_every_entry_once(place: tuple[int, int]) -> None:
    number, size = place
    log, leaves = tree(size)
    taken = steps(leaves[number - 1], number, size, log.inclusion(number - 1, size))
    joined = [number, *(entry for step in taken for entry in range(step.beside.first, step.beside.last + 1))]
    assert sorted(joined) == list(range(1, size + 1))
    assert (taken[-1].computed if taken else leaves[0]) == log.root(size)
    for step in taken:
        assert step.before == (step.beside.last < number)
        assert step.covers.first <= min(number, step.beside.first) <= max(number, step.beside.last) <= step.covers.last


def test_the_hash_of_a_step_is_that_of_the_entries_that_it_covers() -> None:
    log, leaves = tree(300)
    for step in steps(leaves[200], 201, 300, log.inclusion(200, 300)):
        if step.covers.first == 1:
            assert step.computed == log.root(step.covers.last)


def test_a_path_of_another_length_is_refused() -> None:
    log, leaves = tree(5)
    with pytest.raises(ValueError, match="zip"):
        steps(leaves[0], 1, 5, log.inclusion(0, 5)[:-1])
