"""Changing what readers see: an edition goes live or is taken away, and what stood at its paths before makes room or is led on from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from functions.common import ids
from functions.common.failures import Refusal
from functions.publishing import bodies, details, documents, embedding, home_page, routing
from functions.publishing.documents import Document, Edition, Fields
from functions.publishing.history import Action, Event, Moment
from functions.publishing.ownership import in_use, not_found
from functions.publishing.store import documents as store
from functions.publishing.store import standing
from functions.publishing.store.documents import Change, Ended
from functions.publishing.store.table import IdTaken, PathTaken
from schemas.platform import ContentPublished, ContentUnpublished, PlatformEvent


def publish(
    document: Document, edition: Edition, action: Action, now: Moment, *, uses: Edition | None = None, version: str | None = None
) -> str:
    """Make this the live edition; `uses` is the draft that it ends. The write. Raises Overtaken, Refusal 404 or 422."""
    # Again: a draft may be older than the declaration that stands now.
    home_page.check(edition.base_path)
    item = documents.content_item(document, edition, embedding.presented(edition))
    event = Event(action, now, document.locale, live_before=standing.shown(document))
    published = [_published(document, edition, now)]
    _make(_moving(Change(document, edition, item, event, published, event_version=version, uses=uses), now))
    return now.write_id


def take_away(document: Document, edition: Edition, order: Mapping[str, Any], now: Moment, version: str | None = None) -> str:
    """Take an edition away, a draft of the document in any case. The write. Raises Overtaken, Refusal 404 or 422."""
    unpublishing = _unpublishing(edition, order, now)
    if edition is document.draft:
        home_page.check(edition.base_path)
        edition = documents.published(document, edition, edition.fields.get("update_type") or "minor", now)
    edition = documents.ended(edition)
    notice = details.presented(unpublishing)
    if unpublishing["type"] == "withdrawal":
        item = documents.withdrawn(documents.content_item(document, edition, embedding.presented(edition)), notice)
    else:
        item = documents.taken_away(document, edition, notice, now)
    event = Event("Unpublish", now, document.locale, dict(order), live_before=standing.shown(document))
    taken = [_unpublished(document, edition.base_path, unpublishing["type"], now.write_id)]
    _make(_moving(Change(document, edition, item, event, taken, unpublishing, version, uses=document.draft), now))
    return now.write_id


def bury(document: Document, base_path: str, version: str) -> None:
    """Leave a tombstone where nothing is live. Raises Overtaken, Refusal 404 or 422."""
    home_page.check(base_path)
    try:
        store.bury(document, base_path, version)
    except IdTaken:
        raise not_found(document.content_id, document.locale) from None
    except PathTaken as taken:
        raise in_use(taken, document.owner) from None


def _make(change: Change) -> None:
    document = change.document
    try:
        store.go_live(change)
    except IdTaken:
        raise not_found(document.content_id, document.locale) from None
    except PathTaken as taken:
        _make(_substituting(change, taken))


def _substituting(change: Change, taken: PathTaken) -> Change:
    """The change, with what is live at its path making room for it. Raises Refusal 422 where that does not (contract 1.8)."""
    document, app = change.document, change.edition.fields["publishing_app"]
    tried = change.substitutes.document.name if change.substitutes else None
    if (taken.owner, taken.app) != (document.owner, app) or taken.live in {None, tried, document.name}:
        raise in_use(taken, document.owner, app)
    holder = store.document(*str(taken.live).split("#"))
    if holder is None or not documents.makes_room(holder, holder.live, document, change.edition):
        raise in_use(taken, document.owner)
    now = change.event.moment
    its_own = replace(now, write_id=ids.derived(now.write_id, f"substitute {holder.name}"))
    shown = standing.shown(holder)
    event = Event("Substitute", its_own, holder.locale, live_before=shown)
    # Who showed it learns that it is no more; its path is not spoken of, for that is another's now.
    said = [_unpublished(holder, None, "vanish", its_own.write_id)] if shown else []
    return replace(change, substitutes=Ended(holder, event), emits=[*change.emits, *said])


def _moving(change: Change, now: Moment) -> Change:
    """The change, where its edition is elsewhere than the live one: a redirect leads there, unless there is nowhere to go."""
    document, edition, live = change.document, change.edition, change.document.live
    if live is None or live.base_path in {None, edition.base_path} or document.left_to_others:
        return change
    left = str(live.base_path)
    if edition.base_path and not (change.unpublishing and change.unpublishing["type"] == "vanish"):
        redirect = _redirect(document, live, edition, now)
        return replace(change, left=left, redirect=redirect, emits=[*change.emits, _published(redirect[0], redirect[1], now)])
    # Not as this write: it is followed by the page of the edition.
    said = _unpublished(document, left, "vanish", ids.derived(now.write_id, f"left {left}"))
    return replace(change, left=left, emits=[*change.emits, said])


def _redirect(document: Document, live: Edition, edition: Edition, now: Moment) -> tuple[Document, Edition, documents.Item]:
    """The document that leads from where the live edition was."""
    redirect = Document(str(uuid4()), document.locale, document.owner, lock_version=1)
    fields = {
        "base_path": live.base_path,
        "schema_name": "redirect",
        "document_type": "redirect",
        "publishing_app": edition.fields["publishing_app"],
        "locale": document.locale,
        "redirects": documents.redirects_of(live, str(edition.base_path)),
    }
    draft = documents.drafted(redirect, fields, bodies.Kept("{}"), now)
    leading = documents.published(redirect, draft, "major", now)
    return redirect, leading, documents.content_item(redirect, leading, {})


def _unpublishing(edition: Edition, order: Mapping[str, Any], now: Moment) -> Fields:
    kind = order.get("type")
    if kind not in {"withdrawal", "gone", "redirect", "vanish"}:
        raise Refusal(422, f"{kind} is not a valid unpublishing type", code="type_invalid", field="type")
    explanation, alternative = order.get("explanation"), order.get("alternative_path")
    if kind == "withdrawal" and not explanation:
        raise Refusal(422, "a withdrawal needs an explanation", code="explanation_missing_for_withdrawal", field="explanation")
    base_path = edition.base_path or ""
    if alternative is not None and kind in {"gone", "redirect"}:
        routing.check_redirect(base_path, alternative, field="alternative_path")
    rules = order.get("redirects") or (documents.redirects_of(edition, alternative) if alternative else [])
    if kind == "redirect":
        routing.check("redirect", base_path, [], rules)
    return {
        "type": kind,
        "explanation": explanation,
        "alternative_path": alternative,
        "redirects": rules if kind == "redirect" else None,
        "unpublished_at": documents.in_utc(order.get("unpublished_at") or now.at),
    }


def _published(document: Document, edition: Edition, now: Moment) -> PlatformEvent:
    fields = {name: edition.fields.get(name) for name in ("base_path", "schema_name", "document_type", "update_type")}
    about = {"content_id": document.content_id, "locale": document.locale, "title": edition.fields.get("title", "")}
    return ContentPublished.model_validate({**fields, **about, "user_facing_version": edition.number, "write_id": now.write_id})


def _unpublished(document: Document, path: str | None, way: str, write_id: str) -> PlatformEvent:
    said = {"content_id": document.content_id, "locale": document.locale, "base_path": path, "type": way, "write_id": write_id}
    return ContentUnpublished.model_validate(said)
