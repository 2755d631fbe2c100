"""Who shows an item, now or before a write to it: those whose pages are to be made again because of that write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched, chain

from functions.publishing.expansion.changes import changes, links_change
from functions.publishing.expansion.dependents import BATCH, Item, dependents, once
from functions.publishing.expansion.graph import Candidate, Graph, Links
from functions.publishing.history import Event


def affected(content_id: str, written: Event, graph: Graph) -> Iterator[tuple[str, ...]]:
    """The content ids to be made again because of a write, in batches, each once."""
    yield from batched(once(_affected(content_id, written, graph)), BATCH, strict=False)


def _affected(content_id: str, written: Event, graph: Graph) -> Iterator[str]:
    stands = list(graph.editions([content_id], "live", None).get(content_id, ()))
    if written.links_before is not None:
        yield from _by_links(content_id, written.links_before, stands, graph)
        return
    now = next((one for one in stands if one.locale == written.locale), None)
    others = [one for one in stands if one.locale != written.locale]
    if others:
        yield content_id
    if not changes(written.live_before, now):
        return
    then = [*others, written.live_before] if written.live_before else others
    link_set = graph.link_sets([content_id]).get(content_id, {})
    both = [Item(content_id, stands, link_set), Item(content_id, then, link_set)]
    # Its own page is made by the write's own event.
    yield from (one for one in chain.from_iterable(dependents(both, graph, "live")) if one != content_id)


def _by_links(content_id: str, before: Links, stands: Sequence[Candidate], graph: Graph) -> Iterator[str]:
    now = graph.link_sets([content_id]).get(content_id, {})
    if stands:
        yield content_id
    if links_change(before, now):
        both = [Item(content_id, stands, now), Item(content_id, stands, before)]
        yield from chain.from_iterable(dependents(both, graph, "live"))
