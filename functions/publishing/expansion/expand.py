"""From an item to what its links show: a tree, one level after the other, each read at once (contract 1.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from functions.publishing.expansion import paths, rules, standing
from functions.publishing.expansion.graph import Candidate, Graph, Links, Store
from functions.publishing.expansion.paths import Places
from functions.publishing.expansion.standing import Shown

type Expanded = dict[str, list[Shown]]

DEEPEST = 10
"""Levels of links. GOV.UK's deepest trees have six."""
MOST_LINKS = 20_000
"""Links of one item that are looked at, the upper levels first: many items that all link to each other make a tree without end."""


@dataclass(frozen=True)
class Root:
    """The item whose links are expanded: the locale that is asked for, its editions in every locale, and its link set."""

    content_id: str
    locale: str
    editions: Sequence[Candidate]
    link_set: Links

    def holds(self, store: Store) -> Links:
        """The links that it has in its locale."""
        edition = standing.in_each_locale(self.editions, store).get(self.locale)
        return standing.held(self.link_set, edition.links if edition else {})


@dataclass
class _Node:
    """An item where it stands in the tree. The root has no edition, and no places on the rules' paths: from there all is followed."""

    content_id: str
    holds: Links
    above: frozenset[str]
    places: Places | None = None
    edition: Candidate | None = None
    below: dict[str, list[_Node]] = field(default_factory=dict)
    carried_back: Expanded = field(default_factory=dict)

    def onward(self, link_type: str) -> Places | None:
        """Where a link of this type leads. None where it is not followed."""
        if self.places is None:
            return paths.starts(paths.anywhere(link_type))
        return paths.after(self.places).get(link_type)

    @property
    def reverses(self) -> Iterable[str]:
        """The types of links turned round that are followed from here."""
        return rules.REVERSES if self.places is None else rules.REVERSES.keys() & paths.after(self.places).keys()


def expand(root: Root, graph: Graph, store: Store) -> Expanded:
    """The links of an item, expanded: their targets' fields, with the targets' links as far as the rules follow them."""
    top = _Node(root.content_id, root.holds(store), frozenset({root.content_id}))
    level, room = [top], MOST_LINKS
    for _ in range(DEEPEST):
        wanted = list(islice(_wanted(level, graph), room))
        level = list(_grow(wanted, root.locale, graph, store))
        room -= len(wanted)
        if not level:
            break
    for link_type in top.below.keys() - top.holds.keys():
        for child in top.below[link_type]:
            child.carried_back = _links_back(root, link_type, child, store)
    expanded = _links(top, store)
    translations = standing.translations(root.editions, store)
    if translations:
        expanded[rules.TRANSLATIONS] = [_link(edition, rules.TRANSLATIONS, store) for edition in translations]
    return expanded


type _Wanted = tuple[_Node, str, str]
"""An item in the tree, and a link that may lead further: its type and its target."""


def _wanted(level: Sequence[_Node], graph: Graph) -> Iterator[_Wanted]:
    turned = _turned_round(level, graph)
    for node in level:
        reverse = {link_type: turned[node.content_id, link_type] for link_type in node.reverses if (node.content_id, link_type) in turned}
        for link_type, targets in (reverse | dict(node.holds)).items():
            if node.onward(link_type) is not None:
                yield from ((node, link_type, target) for target in dict.fromkeys(targets) if target not in node.above)


def _turned_round(level: Sequence[_Node], graph: Graph) -> Mapping[tuple[str, str], list[str]]:
    """Who links here, by the target and the type of the link turned round."""
    directs = {direct for node in level for name in node.reverses for direct in rules.REVERSES[name]}
    found = defaultdict(list)
    if directs:
        for link in islice(graph.links_to({node.content_id for node in level}, directs), MOST_LINKS):
            found[link.target, rules.TURNED[link.link_type]].append(link.source)
    return found


def _grow(wanted: Sequence[_Wanted], locale: str, graph: Graph, store: Store) -> Iterator[_Node]:
    """The next level: those of the wanted that stand, put below the nodes that link to them."""
    targets = {target for _, _, target in wanted}
    if not targets:
        return
    editions = graph.editions(targets, store, {locale, standing.DEFAULT_LOCALE})
    link_sets = graph.link_sets(targets)
    for node, link_type, target in wanted:
        edition = standing.target(editions.get(target, ()), store, locale, link_type)
        if edition is None:
            continue
        holds = standing.held(link_sets.get(target, {}), edition.links)
        if standing.stands(node.content_id, node.holds, link_type, target, holds):
            child = _Node(target, holds, node.above | {target}, node.onward(link_type), edition)
            node.below.setdefault(link_type, []).append(child)
            yield child


def _links(node: _Node, store: Store) -> Expanded:
    below = {
        link_type: [_link(child.edition, link_type, store, _links(child, store)) for child in children if child.edition]
        for link_type, children in node.below.items()
    }
    return node.carried_back | below


def _link(edition: Candidate, link_type: str, store: Store, links: Expanded | None = None) -> Shown:
    fields = rules.fields(edition.document_type, link_type)
    if store == "live":
        fields = tuple(name for name in fields if name not in rules.DRAFT_ONLY)
    return {**standing.shown(edition, fields), "links": links or {}}


def _links_back(root: Root, link_type: str, child: _Node, store: Store) -> Expanded:
    """The direct links to the root by which a link turned round stands."""
    directs = [direct for direct in rules.REVERSES[link_type] if root.content_id in child.holds.get(direct, ())]
    editions = {direct: standing.target(root.editions, store, root.locale, direct) for direct in directs}
    return {direct: [_link(edition, direct, store)] for direct, edition in editions.items() if edition}
