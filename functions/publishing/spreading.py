"""Who shows an item, now or before a write to it: those whose pages are to be made again because of that write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import batched, chain

from functions.publishing.expansion.changes import changes, links_change
from functions.publishing.expansion.dependents import BATCH, dependents, once
from functions.publishing.expansion.graph import Before, Candidate, Graph, Links
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
    found = chain(*dependents([content_id], graph, "live"), *dependents([content_id], Before(graph, {content_id: then}, {}), "live"))
    # Its own page is made by the write's own event.
    yield from (one for one in found if one != content_id)


def _by_links(content_id: str, before: Links, stands: Iterable[Candidate], graph: Graph) -> Iterator[str]:
    now = graph.link_sets([content_id]).get(content_id, {})
    if stands:
        yield content_id
    if links_change(before, now):
        yield from chain(
            *dependents([content_id], graph, "live"), *dependents([content_id], Before(graph, {}, {content_id: before}), "live")
        )
