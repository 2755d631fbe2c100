"""Link sets: the links of a content id in all its editions and locales at once (Publishing API, contract 1.9)."""

from __future__ import annotations

from collections.abc import Sequence

from functions.common import clock
from functions.publishing.documents import Fields
from functions.publishing.expansion.expand import Expanded, Root, expand
from functions.publishing.expansion.graph import Links, Store
from functions.publishing.history import Event
from functions.publishing.ownership import check_lock, department, moment, not_found
from functions.publishing.settling import settled
from functions.publishing.store import links as store
from functions.publishing.store import standing
from functions.publishing.store.graph import StoredGraph
from functions.publishing.store.links import LinkSet
from functions.publishing.store.table import IdTaken


def patch(content_id: str, changed: Links, previous_version: int | None, user: str | None) -> tuple[Fields, str]:
    """Replace the links of these types; an empty list removes a type. The link set, and the write. Raises Refusal 404, 409, 413."""
    from functions.publishing import breaches  # local: pages are made without it

    def attempt() -> tuple[Fields, str]:
        before, owner = store.owned(content_id)
        if owner not in {None, department()}:
            raise not_found(content_id)
        check_lock(before.version, previous_version)
        links = {link_type: list(targets) for link_type, targets in {**before.links, **changed}.items() if targets}
        now = moment(user)
        event = Event("PatchLinkSet", now, payload={"links": dict(changed)}, links_before=before.links)
        try:
            return _view(store.change(before, links, department(), event)), now.write_id
        except IdTaken:
            raise not_found(content_id) from None

    done = settled(attempt)
    breaches.log(content_id, [link_type for link_type, targets in changed.items() if targets], department())
    return done


def show(content_id: str) -> Fields:
    """The link set; version 0 where there is a document and no link has been set. Raises Refusal 404."""
    if standing.owner(content_id) != department():
        raise not_found(content_id)
    return _view(store.link_set(content_id))


def of_many(content_ids: Sequence[str]) -> dict[str, Fields]:
    """The link sets of several content ids; those of other departments are as if nobody had written them."""
    owners = standing.owners(content_ids)
    found = store.link_sets([one for one in content_ids if owners.get(one) == department()])
    return {
        one: {"links": link_set.links, "version": link_set.version} for one in content_ids for link_set in [found.get(one, LinkSet(one))]
    }


def expanded(content_id: str, locale: str, *, with_drafts: bool) -> Fields:
    """The links of a content id as they are now, with their targets' fields. Raises Refusal 404."""
    if standing.owner(content_id) != department():
        raise not_found(content_id)
    world: Store = "draft" if with_drafts else "live"
    found = of_item(content_id, locale, world, department())
    version = store.link_set(content_id).version
    return {"content_id": content_id, "generated": clock.stamp(), "expanded_links": found, "version": version}


def of_item(content_id: str, locale: str, world: Store, viewer: str | None) -> Expanded:
    """The links of an item, expanded, as `viewer` may see them: drafts only of its own."""
    graph = StoredGraph(viewer)
    editions = graph.editions([content_id], world, None).get(content_id, ())
    return expand(Root(content_id, locale, editions, graph.link_sets([content_id])[content_id]), graph, world)


def _view(link_set: LinkSet) -> Fields:
    return {"content_id": link_set.content_id, "links": link_set.links, "version": link_set.version}
