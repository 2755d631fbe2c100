"""Drafts as readers will see them, for those who may: the draft at a path, else what is live there (contract 1.11, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from functions.common.failures import Refusal
from functions.publishing import documents, embedding, link_sets
from functions.publishing.documents import Document, Edition, Fields
from functions.publishing.expansion.expand import Expanded
from functions.publishing.store import documents as store
from functions.publishing.store import paths


@dataclass(frozen=True)
class Viewer:
    """Who looks: somebody of a department, as it says itself, or whoever has a share link, which shows what carries its id."""

    department: str
    user: str | None = None
    organisation: str | None = None
    bypass_id: str | None = None


def item(path: str, viewer: Viewer) -> Fields:
    """The content item of the draft store at a path. Raises Refusal 403 or 404."""
    found = _standing(path, viewer)
    if found is None:
        raise Refusal(404, "There is no content at this path.", code="not_found")
    document, edition = found
    links = link_sets.of_item(document.content_id, document.locale, "draft", viewer.department)
    _check_may_see(edition, links, viewer)
    # As it would stand if it were published: what took the live edition away does not hold for a draft.
    shown = replace(document, unpublishing=None) if edition is document.draft else document
    made = documents.content_item(shown, edition, embedding.presented(edition))
    return {**made.fields, "links": links}


def item_of_page(path: str, viewer: Viewer) -> Fields:
    """The content item whose page, or a part of whose page, a path is. Raises Refusal 403 or 404."""
    for above in _upwards(path):
        if _standing(above, viewer):
            return item(above, viewer)
    raise Refusal(404, "There is no page at this path.", code="not_found")


def bypass_id(content_id: str, locale: str, department: str) -> str | None:
    """The first id by which a department's draft may be shared. None where it has none, or there is no draft."""
    document = store.document(content_id, locale)
    if document is None or document.owner != department or document.draft is None:
        return None
    return next(iter(document.draft.fields.get("auth_bypass_ids", ())), None)


def _standing(path: str, viewer: Viewer) -> tuple[Document, Edition] | None:
    reservation = paths.reservation(path)
    if reservation is None or reservation["owner"] != viewer.department:
        return None
    for name, is_draft in ((reservation.get("draft"), True), (reservation.get("live"), False)):
        document = store.document(*name.split("#")) if name else None
        edition = document and (document.draft if is_draft else document.live)
        if document and isinstance(edition, Edition):
            return document, edition
    return None


def _check_may_see(edition: Edition, links: Expanded, viewer: Viewer) -> None:
    limit = edition.fields.get("access_limited")
    if limit and (viewer.user in limit.get("users", ()) or viewer.organisation in limit.get("organisations", ())):
        return
    if viewer.bypass_id and viewer.bypass_id in edition.fields.get("auth_bypass_ids", ()):
        return
    linked = (target for targets in links.values() for target in targets)
    if not limit and viewer.bypass_id and any(viewer.bypass_id in target.get("auth_bypass_ids", ()) for target in linked):
        return
    if limit or viewer.bypass_id:
        raise Refusal(403, "You do not have permission to see this draft.", code="access_forbidden")


def _upwards(path: str) -> Iterator[str]:
    yield path
    while above := path.rpartition("/")[0]:
        path = above
        yield path
