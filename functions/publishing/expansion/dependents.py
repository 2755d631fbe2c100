"""From an item to those that show it: the walk of `expand` backwards, by the same rules (contract 1.9)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from functions.publishing.expansion import paths, rules, standing
from functions.publishing.expansion.expand import DEEPEST
from functions.publishing.expansion.graph import Candidate, Graph, Links, Store
from functions.publishing.expansion.paths import Places

BATCH = 100
"""Items that are read at once, and answered at once."""
WAYS = 50
"""Ways of one length from an item to what changed that are gone on with: more are many items that all link to each other."""


@dataclass(frozen=True)
class Item:
    """An item as it stands, or as it stood once: its editions and its link set."""

    content_id: str
    editions: Sequence[Candidate]
    link_set: Links

    def holds(self, edition: Candidate) -> Links:
        """The links that it has as this edition."""
        return standing.held(self.link_set, edition.links)


@dataclass(frozen=True)
class _Way:
    """A way from an item to what changed: the type of its first link, where this stands on the rules' paths, and the rest."""

    item: Item
    link_type: str = ""
    places: Places | None = None
    rest: _Way | None = None

    @property
    def goal(self) -> Item:
        """What changed, as it stands or stood."""
        return self.rest.goal if self.rest else self.item

    @property
    def before(self) -> Mapping[str, Places] | None:
        """The types of links that may have gone before. None for all, before there is any link."""
        return None if self.places is None else paths.before(self.places)

    @property
    def is_whole(self) -> bool:
        """Whether an item's expansion may begin so: with a single link of any type, or at the start of a path."""
        return self.rest is not None and (self.rest.rest is None or bool(paths.starts(self.places or frozenset())))

    def passes(self, content_id: str) -> bool:
        return self.item.content_id == content_id or (self.rest is not None and self.rest.passes(content_id))

    def may_follow(self, source: str, link_type: str) -> bool:
        """Whether a link of this type may lead from there to here: it is on a path, and does not run in a circle."""
        return (self.before is None or link_type in self.before) and not self.passes(source)


def dependents(changed: Iterable[Item], graph: Graph, store: Store) -> Iterator[tuple[str, ...]]:
    """The content ids of all items whose links, expanded, hold one of the changed; an item's translations hold itself.

    They come in batches, each item once, and nothing is read before its batch is asked for. An item that changed may be given as it
    stands and as it stood: who shows it and who showed it is found in one walk, which reads each of them once.
    """
    yield from batched(once(_Walk(graph, store, Counter()).from_changed(changed)), BATCH, strict=False)


def once(content_ids: Iterable[str]) -> Iterator[str]:
    """Each of them once, in the order in which they come first."""
    seen = set[str]()
    for content_id in content_ids:
        if content_id not in seen:
            seen.add(content_id)
            yield content_id


type _Step = tuple[str, str, Sequence[_Way]]
"""One link further back: its source, its type, and the ways that it leads to."""


@dataclass
class _Walk:
    graph: Graph
    store: Store
    counted: Counter[tuple[int, str, Places | None, int]]

    def from_changed(self, changed: Iterable[Item]) -> Iterator[str]:
        for some in batched(changed, BATCH, strict=False):
            ways = [_Way(item) for item in some]
            yield from (way.item.content_id for way in ways if standing.translations(way.item.editions, self.store))
            yield from self._back(ways, DEEPEST)

    def _back(self, ways: Sequence[_Way], room: int) -> Iterator[str]:
        if not ways or not room:
            return
        for steps in batched(self._steps(ways), BATCH, strict=False):
            items = self._items({source for source, _, _ in steps})
            longer = [_longer(items[source], link_type, way) for source, link_type, further in steps for way in further]
            yield from (way.item.content_id for way in longer if way.is_whole and self._stands(way))
            yield from self._back([way for way in longer if self._goes_on(way, room)], room - 1)

    def _items(self, content_ids: Collection[str]) -> dict[str, Item]:
        editions = self.graph.editions(content_ids, self.store, None)
        link_sets = self.graph.link_sets(content_ids)
        return {one: Item(one, editions.get(one, ()), link_sets.get(one, {})) for one in content_ids}

    def _steps(self, ways: Sequence[_Way]) -> Iterator[_Step]:
        by_goal = defaultdict(list)
        for way in ways:
            by_goal[way.item.content_id].append(way)
        befores = [way.before for way in ways]
        wanted = None if None in befores else {link_type for before in befores if before for link_type in before}
        for link in self.graph.links_to(by_goal.keys(), wanted):
            if further := [way for way in by_goal[link.target] if way.may_follow(link.source, link.link_type)]:
                yield link.source, link.link_type, further
        for way in ways:
            turned = _turned_round(way.item)
            yield from ((source, link_type, [way]) for link_type, source in turned if way.may_follow(source, link_type))

    def _goes_on(self, way: _Way, room: int) -> bool:
        if not way.before:
            return False
        # What changed counts apart as it stands and as it stood, so that neither takes the other's ways.
        place = (id(way.goal), way.item.content_id, way.places, room)
        self.counted[place] += 1
        return self.counted[place] <= WAYS

    def _stands(self, way: _Way) -> bool:
        """Whether the item shows its way to what changed, in some locale."""
        return any(_stands_in(root, way, self.store) for root in standing.in_each_locale(way.item.editions, self.store).values())


def _longer(item: Item, link_type: str, way: _Way) -> _Way:
    places = paths.anywhere(link_type) if way.before is None else way.before[link_type]
    return _Way(item, link_type, places, way)


def _turned_round(item: Item) -> Iterable[tuple[str, str]]:
    """The links that others may have because this item links to them: their type and their source."""
    declared = [item.link_set, *(edition.links for edition in item.editions)]
    return {
        (rules.TURNED[direct], source) for links in declared for direct in rules.TURNED.keys() & links.keys() for source in links[direct]
    }


def _stands_in(root: Candidate, way: _Way, store: Store) -> bool:
    """Whether each link of a way stands, and shows its target, on this edition of the item it begins with."""
    content_id, holds = root.content_id, way.item.holds(root)
    while way.rest:
        goal = way.rest.item
        edition = standing.target(goal.editions, store, root.locale, way.link_type)
        if edition is None or not standing.stands(content_id, holds, way.link_type, goal.content_id, goal.holds(edition)):
            return False
        content_id, holds, way = goal.content_id, goal.holds(edition), way.rest
    return True
