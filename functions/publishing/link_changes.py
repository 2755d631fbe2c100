"""What was changed in a department's link sets: which links were added and removed, when and by whom (Publishing API, contract 1.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from functions.publishing.documents import Fields
from functions.publishing.expansion.graph import Candidate
from functions.publishing.expansion.standing import DEFAULT_LOCALE
from functions.publishing.ownership import department
from functions.publishing.store import link_changes as store
from functions.publishing.store.graph import StoredGraph
from functions.publishing.store.link_changes import LinkChange

MOST = 250
"""Changes that are told."""


def newest(link_types: Collection[str], sources: Collection[str], targets: Collection[str], users: Collection[str]) -> list[Fields]:
    """The newest changes to links of these types; where sources, targets or users are named, of and to and by these alone."""

    def wanted(one: LinkChange) -> bool:
        return all(not named or value in named for value, named in ((one.source, sources), (one.target, targets), (one.user, users)))

    found = list(islice(filter(wanted, store.newest(department(), link_types)), MOST))
    named = _named({content_id for one in found for content_id in (one.source, one.target)})
    return [
        {
            "source": named.get(one.source),
            "target": named.get(one.target),
            "link_type": one.link_type,
            "change": one.change,
            "user_uid": one.user,
            "created_at": one.at,
        }
        for one in found
    ]


def _named(content_ids: Collection[str]) -> dict[str, Fields]:
    """How each is called and where it stands, as the department may see it: its own drafts, else what is live."""
    editions = StoredGraph(department()).editions(sorted(content_ids), "draft", None)
    return {one: _shown(stands) for one, stands in editions.items()}


def _shown(stands: Iterable[Candidate]) -> Fields:
    newest = min(stands, key=lambda one: (one.locale != DEFAULT_LOCALE, one.locale, one.state != "draft"))
    return {"title": newest.fields.get("title"), "base_path": newest.fields.get("base_path"), "content_id": newest.content_id}
