"""Whose links change when an item does: the inverse of expansion (contract 1.9)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.publishing.expansion import dependents as dependents_module
from functions.publishing.expansion import rules, standing
from functions.publishing.expansion.changes import changes, links_change
from functions.publishing.expansion.dependents import BATCH, Item, dependents
from functions.publishing.expansion.expand import DEEPEST
from functions.publishing.expansion.graph import Candidate, Links, State, Store
from functions.publishing.expansion.standing import Shown
from tests.unit.publishing.test_expansion import World

IDS = "abcde"
TYPES = sorted(
    {"organisations", *rules.TURNED, *rules.REVERSES, *(name.removesuffix("*") for path in rules.PATHS for name in path.split("."))}
)
EDITIONS: list[list[tuple[str, State, str]]] = [
    [("en", "published", "guide")],
    [("en", "draft", "guide")],
    [("en", "withdrawn", "guide")],
    [("en", "published", "guide"), ("cy", "published", "guide")],
    [("cy", "published", "guide")],
    [("en", "published", "guide"), ("en", "draft", "guide")],
    [("cy", "published", "guide"), ("en", "draft", "guide")],
    [("en", "withdrawn", "guide"), ("fr", "published", "guide")],
    [("en", "published", "gone")],
    [("en", "published", "guide"), ("en", "draft", "gone")],
    [],
]


type Edge = tuple[str, str, str]
ids = st.sampled_from(IDS)


@st.composite
def threads(draw: st.DrawFn) -> list[Edge]:
    """Links along one of the rules' paths, perhaps in circles. One that may be turned round is mostly laid from its other end."""
    edges = []
    here = draw(ids)
    for step in draw(st.sampled_from(rules.PATHS)).split("."):
        link_type = step.removesuffix("*")
        for _ in range(draw(st.integers(1, 4)) if step.endswith("*") else 1):
            there = draw(ids)
            direct = draw(st.sampled_from([*rules.REVERSES.get(link_type, ()), None]))
            edges.append((there, direct, here) if direct else (here, link_type, there))
            here = there
    return edges


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Items with editions of many kinds, and links between them in link sets and in editions. Nothing is known of item x."""
    edges = [edge for thread in draw(st.lists(threads(), max_size=4)) for edge in thread]
    edges += draw(st.lists(st.tuples(ids, st.sampled_from(TYPES), st.sampled_from(f"{IDS}x")), max_size=4))
    linked = defaultdict[tuple[str, int], dict[str, list[str]]](dict)
    for source, link_type, target in edges:
        linked[source, draw(st.integers(0, 2))].setdefault(link_type, []).append(target)
    world = World()
    for content_id in IDS:
        world.link(content_id, **linked[content_id, 0])
        for number, (locale, state, kind) in enumerate(draw(st.sampled_from(EDITIONS)), start=1):
            world.item(content_id, linked[content_id, number], locale=locale, state=state, kind=kind)
    return world


stores = st.sampled_from(get_args(Store.__value__))


@given(worlds(), stores)
@settings(max_examples=300, deadline=None)
def test_an_item_depends_on_just_the_items_that_its_links_hold(world: World, store: Store) -> None:
    held = {content_id: _held_by(world, content_id, store) for content_id in IDS}
    for changed in IDS:
        assert _found({changed}, world, store) == {content_id for content_id in IDS if changed in held[content_id]}


@given(worlds(), stores, st.sets(st.sampled_from(IDS)))
@settings(max_examples=50, deadline=None)
def test_an_item_depends_on_several_if_it_depends_on_one_of_them(world: World, store: Store, changed: set[str]) -> None:
    one_by_one = [_found({one}, world, store) for one in changed]
    assert _found(changed, world, store) == set().union(*one_by_one)


@given(worlds(), stores)
@settings(max_examples=200, deadline=None)
def test_no_item_stands_below_itself_but_where_a_link_is_carried_back(world: World, store: Store) -> None:
    for content_id in IDS:
        for root in standing.in_each_locale(world.candidates.get(content_id, []), store):
            expanded = world.expand(content_id, store=store, locale=root)
            expanded.pop("available_translations", None)
            for link in (link for turned in rules.REVERSES.keys() & expanded.keys() for link in expanded[turned]):
                link["links"] = {name: below for name, below in link["links"].items() if below[0]["content_id"] != content_id}
            assert not _repeats({"content_id": content_id, "links": expanded}, frozenset())


def _held_by(world: World, content_id: str, store: Store) -> set[str]:
    locales = standing.in_each_locale(world.candidates.get(content_id, []), store)
    return set().union(*(_ids({"links": world.expand(content_id, store=store, locale=locale)}) for locale in locales))


def _ids(item: Shown) -> set[str]:
    below = [link for links in item["links"].values() for link in links]
    return {link["content_id"] for link in below}.union(*map(_ids, below))


def _repeats(item: Shown, above: frozenset[str]) -> bool:
    here = above | {item["content_id"]}
    return item["content_id"] in above or any(_repeats(link, here) for links in item["links"].values() for link in links)


def _found(changed: Iterable[str], world: World, store: Store = "live") -> set[str]:
    return _all(dependents([_standing(world, one, store) for one in changed], world, store))


def _standing(world: World, content_id: str, store: Store = "live") -> Item:
    return Item(content_id, world.editions([content_id], store, None).get(content_id, ()), world.sets.get(content_id, {}))


def _all(batches: Iterable[tuple[str, ...]]) -> set[str]:
    flat = [content_id for batch in batches for content_id in batch]
    assert len(flat) == len(set(flat))
    return set(flat)


@pytest.fixture
def world() -> World:
    return World()


def test_a_chain_reaches_as_far_back_as_it_is_expanded(world: World) -> None:
    for number in range(DEEPEST + 5):
        world.item(str(number), {"parent": [str(number + 1)]})
    # Its own child shows it as a parent, and its parent as a child.
    changed = DEEPEST + 1
    assert _found({str(changed)}, world) == {str(number) for number in range(changed - DEEPEST, changed + 2)}


def test_an_item_with_children_of_its_own_choice_does_not_depend_on_those_that_call_it_parent(world: World) -> None:
    world.item("mother", {"children": ["chosen"]})
    world.item("chosen")
    world.item("child", {"parent": ["mother"]})
    assert _found({"child"}, world) == {"child"}
    assert _found({"chosen"}, world) == {"chosen", "mother"}


def test_items_that_all_link_to_each_other_are_walked_in_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependents_module, "WAYS", 2)
    everyone = [str(number) for number in range(20)]
    for content_id in everyone:
        world.item(content_id, {"parent_taxons": everyone})
    assert _found({"0"}, world) == set(everyone)
    assert len(world.asked) < 20 * DEEPEST * 2 * 20


def test_many_dependents_come_in_batches_and_are_read_as_they_are_asked_for(world: World) -> None:
    world.item("tax", kind="taxon")
    for number in range(10 * BATCH):
        world.item(f"page-{number}", {"taxons": ["tax"]})
    batches = dependents([_standing(world, "tax")], world, "live")
    assert len(next(batches)) == BATCH
    assert world.asked.count("editions") <= 3
    assert sum(map(len, batches)) == 9 * BATCH + 1


def test_what_is_no_longer_linked_to_is_found_with_what_is_linked_to_now(world: World) -> None:
    world.item("mother")
    world.item("aunt")
    world.item("office")
    before = world.item("child", {"parent": ["mother"], "organisations": ["office"]})
    world.item("child", {"parent": ["aunt"]})
    now, then = _standing(world, "child"), Item("child", [before], {})
    assert _all(dependents([now], world, "live")) == {"child", "aunt"}
    assert _all(dependents([then], world, "live")) == {"child", "mother"}
    assert _all(dependents([now, then], world, "live")) == {"child", "aunt", "mother"}


def test_what_showed_an_item_that_is_gone_is_found_by_how_it_stood(world: World) -> None:
    world.item("page", {"related": ["other"]})
    other = world.item("other")
    world.link("other", parent=["page"])
    world.candidates.pop("other")
    assert _found({"other"}, world) == set()
    assert _all(dependents([Item("other", [other], {})], world, "live")) == {"page", "other"}


def test_who_shows_an_item_and_who_showed_it_is_read_once(world: World) -> None:
    then = world.item("tax", kind="taxon", title="Before")
    for number in range(3 * BATCH):
        world.item(f"page-{number}", {"taxons": ["tax"]})
    now = world.item("tax", kind="taxon", title="After")

    def asked(*stood: Candidate) -> list[str]:
        world.asked.clear()
        assert len(_all(dependents([Item("tax", [one], {}) for one in stood], world, "live"))) == 3 * BATCH + 1
        return world.asked

    assert asked(now, then).count("links_to") == asked(now).count("links_to")


@given(worlds(), worlds(), st.sampled_from(IDS))
@settings(max_examples=100, deadline=None)
def test_one_walk_finds_what_two_would(world: World, other: World, changed: str) -> None:
    links: Links = other.sets.get(changed, {})
    then = Item(changed, other.editions([changed], "live", None).get(changed, ()), links)
    now = _standing(world, changed)
    one_by_one = _all(dependents([now], world, "live")) | _all(dependents([then], world, "live"))
    assert _all(dependents([now, then], world, "live")) == one_by_one


def edition(**changed: Any) -> Candidate:
    kind = changed.pop("kind", "guide")
    state = changed.pop("state", "published")
    sent = changed.pop("links", {})
    fields = {"title": "T", "document_type": kind, "base_path": "/t", "details": {"body": "B", "brand": "hmrc"}, **changed}
    return Candidate("a", "en", state, fields, sent)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (edition(), edition(title="New")),
        (edition(), edition(base_path="/new")),
        (edition(), edition(state="withdrawn")),
        (edition(), edition(kind="gone")),
        (edition(), None),
        (None, edition()),
        (edition(kind="organisation"), edition(kind="organisation", details={"brand": "new"})),
        (edition(kind="taxon"), edition(kind="taxon", details={})),
        (edition(kind="step_by_step_nav"), edition(kind="step_by_step_nav", auth_bypass_ids=["x"])),
        (edition(), edition(links={"parent": ["b"]})),
        (edition(), edition(links={"role_appointments": ["b"]})),
    ],
)
def test_a_change_of_what_links_show_is_one(before: Candidate | None, after: Candidate | None) -> None:
    assert changes(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (edition(), edition(details={"body": "New"})),
        (edition(), edition(description="New")),
        (edition(kind="organisation"), edition(kind="organisation", public_updated_at="2026", details={"body": "New", "brand": "hmrc"})),
        (edition(), edition(links={"organisations": ["b"], "parent": []})),
        (edition(kind="gone"), None),
    ],
)
def test_a_change_that_no_link_shows_is_none(before: Candidate | None, after: Candidate | None) -> None:
    assert not changes(before, after)


def test_the_order_of_links_that_others_show_is_seen() -> None:
    assert links_change({"parent_taxons": ["a", "b"]}, {"parent_taxons": ["b", "a"]})
    assert not links_change({"organisations": ["a", "b"]}, {"organisations": ["b", "a"]})
