"""What may be done with content: save a draft, publish it, take it away, discard it; and, for events, save and publish at once.

Each command reads the document, decides, and makes one conditional write; where another writer came first it reads and decides again.
Each answers with the id of its write, under which its effects can be followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from functions.common.failures import Refusal, Stale
from functions.publishing import bodies, details, documents, routing
from functions.publishing.documents import Document, Edition, Fields
from functions.publishing.history import Action, Event, Moment
from functions.publishing.ownership import check_lock, department, existing, in_use, mine, moment, not_found
from functions.publishing.settling import settled
from functions.publishing.store import documents as store
from functions.publishing.store import standing
from functions.publishing.store.documents import Change
from functions.publishing.store.table import IdTaken, PathTaken
from schemas.content.registry import accept
from schemas.platform import ContentPublished, ContentUnpublished, PlatformEvent

UPDATE_TYPES = frozenset({"major", "minor", "republish", "links", "content_block"})
"""How an edition may be published (contract 1.6)."""
_BLOCKED = "There is already a published document at this path: {holder}. This draft cannot be published while it is there."


def put(content_id: str, payload: Mapping[str, Any], user: str | None = None) -> tuple[Fields, str]:
    """Create or replace the draft edition; the edition as the API shows it, and the write. Raises Unacceptable, Refusal 404, 409, 422."""
    sent = {name: value for name, value in payload.items() if name != "content_id"}
    edition = accept(sent)
    routing.check(edition.schema_name, edition.base_path, sent.get("routes", []), list(edition.redirects))
    fields = edition.model_dump(exclude={"details", "previous_version"}, exclude_none=True)
    whole = details.with_html(sent.get("details", {}), edition.locale)
    text = bodies.keep(json.dumps(whole, ensure_ascii=False))
    previous = None if edition.previous_version is None else int(edition.previous_version)

    def attempt(over: str | None = None, instead_of: Document | None = None) -> tuple[Fields, str]:
        document = mine(content_id, edition.locale) or Document(content_id, edition.locale, department())
        if document.draft:
            check_lock(document.lock_version, previous)
        now = moment(user)
        draft = documents.drafted(document, fields, text, now)
        try:
            store.save_draft(document, draft, Event("PutContent", now, edition.locale, _summary(sent)), over=over, instead_of=instead_of)
        except IdTaken:
            raise not_found(content_id, edition.locale) from None
        except PathTaken as taken:
            if taken.owner != document.owner or taken.app != edition.publishing_app:
                raise in_use(taken, document.owner, edition.publishing_app) from None
            if taken.draft not in {None, document.name, instead_of.name if instead_of else None}:
                return attempt(over, _giving_way(taken, document, draft))
            if not taken.live or taken.live == over:
                raise in_use(taken, document.owner) from None
            return attempt(taken.live, instead_of)
        saved = replace(document, lock_version=document.lock_version + 1, draft=draft)
        warnings = {"content_item_blocking_publish": _BLOCKED.format(holder=over.split("#")[0])} if over else {}
        return documents.view(saved, draft, whole, warnings), now.write_id

    return settled(attempt)


def publish(content_id: str, locale: str, update_type: str | None, previous_version: int | None, user: str | None = None) -> str:
    """Make the draft the live edition. Raises Refusal 404, 409, 422."""

    def attempt() -> str:
        document = existing(content_id, locale)
        check_lock(document.lock_version, previous_version)
        if document.draft is None:
            raise Refusal(409, "Cannot publish an already published edition.", code="conflict")
        chosen = _update_type(update_type or document.draft.fields.get("update_type"))
        now = moment(user)
        return _go_live(document, documents.published(document, document.draft, chosen, now), "Publish", now)

    return settled(attempt)


def republish(content_id: str, locale: str, previous_version: int | None, user: str | None = None) -> str:
    """Send the live edition on its way once more; one that was taken away is back. Raises Refusal 404, 409, 422."""

    def attempt() -> str:
        document = existing(content_id, locale)
        check_lock(document.lock_version, previous_version)
        if document.live is None:
            raise not_found(content_id, locale)
        now = moment(user)
        return _go_live(document, documents.republished(document, document.live, now), "Republish", now)

    return settled(attempt)


def publish_now(content_id: str, payload: Mapping[str, Any], version: str) -> None:
    """Save and publish at once, unless the document has seen `version` or a newer one: then Stale. A draft in its way is replaced."""
    edition = accept(payload)
    routing.check(edition.schema_name, edition.base_path, payload["routes"], list(edition.redirects))
    fields = edition.model_dump(exclude={"details", "previous_version"}, exclude_none=True)
    text = bodies.keep(json.dumps(details.with_html(payload.get("details", {}), edition.locale), ensure_ascii=False))

    def attempt() -> None:
        document = _newer_than(version, content_id, edition.locale)
        now = moment()
        draft = documents.drafted(document, fields, text, now)
        _go_live(document, documents.published(document, draft, _update_type(edition.update_type), now), "Publish", now, version)

    settled(attempt)


def unpublish(content_id: str, locale: str, order: Mapping[str, Any], user: str | None = None) -> str:
    """Take the live edition away: withdrawal, gone, redirect or vanish. Raises Refusal 404, 409, 422."""
    discards, allows = order.get("discard_drafts") is True, order.get("allow_draft") is True
    if discards and allows:
        raise Refusal(
            422, "allow_draft and discard_drafts cannot be used together", code="conflicting_unpublishing_flags", field="allow_draft"
        )

    def attempt() -> str:
        document = existing(content_id, locale)
        check_lock(document.lock_version, order.get("previous_version"))
        if document.draft and not discards and not allows:
            raise Refusal(422, "Cannot unpublish with a draft present", code="cannot_unpublish_with_draft", field="base")
        edition = document.draft if allows and document.draft else document.live
        if edition is None:
            raise not_found(content_id, locale)
        return _take_away(document, edition, order, moment(user))

    return settled(attempt)


def unpublish_now(content_id: str, base_path: str, locale: str, order: Mapping[str, Any], version: str) -> None:
    """Take away what an event published, unless the document has seen `version` or a newer one: then Stale."""

    def attempt() -> None:
        document = _newer_than(version, content_id, locale)
        if document.live:
            _take_away(document, document.live, order, moment(), version)
        else:
            _bury(document, base_path, version)

    settled(attempt)


def discard_draft(content_id: str, locale: str, previous_version: int | None, user: str | None = None) -> str:
    """Remove the draft. Raises Refusal 404, 409, 422."""

    def attempt() -> str:
        document = existing(content_id, locale)
        check_lock(document.lock_version, previous_version)
        if document.draft is None:
            raise Refusal(422, "There is not a draft edition of this document to discard", code="no_draft_to_discard", field="base")
        now = moment(user)
        store.discard_draft(document, document.draft, Event("DiscardDraft", now, locale))
        return now.write_id

    return settled(attempt)


def show(content_id: str, locale: str, content_store: str | None) -> Fields:
    """The draft edition, else the live one, or the one asked for. Raises Refusal 404."""
    document = existing(content_id, locale)
    choices = {"draft": document.draft, "live": document.live, None: document.draft or document.live}
    edition = choices.get(content_store)
    if edition is None:
        raise not_found(content_id, locale)
    return documents.view(document, edition, json.loads(edition.details.read()))


def _go_live(document: Document, edition: Edition, action: Action, now: Moment, version: str | None = None) -> str:
    item = documents.content_item(document, edition, details.presented(json.loads(edition.details.read())))
    redirect = _redirect_from_old_path(document, edition, now)
    emits: list[PlatformEvent] = [_published(document, edition, now)]
    if redirect:
        emits.append(_published(redirect[0], redirect[1], now))
    event = Event(action, now, document.locale, live_before=standing.shown(document))
    _make(Change(document, edition, item, event, emits, event_version=version, redirect=redirect))
    return now.write_id


def _take_away(document: Document, edition: Edition, order: Mapping[str, Any], now: Moment, version: str | None = None) -> str:
    unpublishing = _unpublishing(edition, order, now)
    notice = details.presented(unpublishing)
    if unpublishing["type"] == "withdrawal":
        whole = details.presented(json.loads(edition.details.read()))
        item = documents.withdrawn(documents.content_item(document, edition, whole), notice)
    else:
        item = documents.taken_away(document, edition, notice, now)
    said = {"content_id": document.content_id, "locale": document.locale, "base_path": edition.base_path, "type": unpublishing["type"]}
    taken = ContentUnpublished.model_validate({**said, "write_id": now.write_id})
    event = Event("Unpublish", now, document.locale, dict(order), live_before=standing.shown(document))
    _make(Change(document, documents.ended(edition), item, event, [taken], unpublishing, version))
    return now.write_id


def _bury(document: Document, base_path: str, version: str) -> None:
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
        same_item = (taken.live or "").startswith(f"{document.content_id}#")
        gives_way = taken.substitutable or change.edition.gives_way or same_item
        tried = change.substitutes and change.substitutes.live
        if taken.owner != document.owner or taken.live in {None, tried, document.name} or not gives_way:
            raise in_use(taken, document.owner, change.edition.fields["publishing_app"]) from None
        _make(replace(change, substitutes=taken))


def _giving_way(taken: PathTaken, document: Document, draft: Edition) -> Document:
    """The document whose draft holds the path, where it gives way to this one (contract 1.8). Raises Refusal 422 where it does not."""
    content_id, _, locale = (taken.draft or "").partition("#")
    same_item = content_id == document.content_id
    gives_way = locale == document.locale and (taken.draft_substitutable or draft.gives_way)
    holder = store.document(content_id, locale) if same_item or gives_way else None
    if holder is None:
        raise in_use(taken, document.owner)
    return holder


def _redirect_from_old_path(document: Document, edition: Edition, now: Moment) -> tuple[Document, Edition, documents.Item] | None:
    """The document that leads from where the live edition was, when this one is elsewhere."""
    gone = document.unpublishing and document.unpublishing["type"] in documents.GONE_WITHOUT_TRACE
    if document.live is None or gone or None in (document.live.base_path, edition.base_path):
        return None
    if document.live.base_path == edition.base_path:
        return None
    redirect = Document(str(uuid4()), document.locale, document.owner, lock_version=1)
    fields = {
        "base_path": document.live.base_path,
        "schema_name": "redirect",
        "document_type": "redirect",
        "publishing_app": edition.fields["publishing_app"],
        "locale": document.locale,
        "redirects": documents.redirects_of(document.live, str(edition.base_path)),
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
        "unpublished_at": order.get("unpublished_at") or now.at,
    }


def _published(document: Document, edition: Edition, now: Moment) -> ContentPublished:
    fields = {name: edition.fields.get(name) for name in ("base_path", "schema_name", "document_type", "update_type")}
    about = {"content_id": document.content_id, "locale": document.locale, "title": edition.fields.get("title", "")}
    return ContentPublished.model_validate({**fields, **about, "user_facing_version": edition.number, "write_id": now.write_id})


def _newer_than(version: str, content_id: str, locale: str) -> Document:
    document = store.document(content_id, locale) or Document(content_id, locale, department())
    if document.owner != department():
        raise Refusal(422, "this path's document is another department's", code="base_path_already_in_use", field="base_path")
    if document.event_version and document.event_version >= version:
        raise Stale(f"the document has seen {document.event_version}")
    return document


def _update_type(name: str | None) -> str:
    if name is None:
        raise Refusal(422, "update_type is required", code="update_type_missing", field="update_type")
    if name not in UPDATE_TYPES:
        raise Refusal(
            422, f"update_type {name} is not one of {', '.join(sorted(UPDATE_TYPES))}", code="update_type_invalid", field="update_type"
        )
    return name


def _summary(sent: Mapping[str, Any]) -> Fields:
    """What a history keeps of an edition that was sent: its text is kept with the edition itself."""
    return {name: value for name, value in sent.items() if name not in {"details", "auth_bypass_ids", "access_limited"}}
