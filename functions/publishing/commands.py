"""What may be done with content: save a draft, publish it, take it away, discard it; and, for events, save and publish at once.

Each command reads the document, decides, and makes one conditional write; where another writer came first it reads and decides again.
Each answers with the id of its write, under which its effects can be followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from functions.common.failures import Refusal, Stale
from functions.publishing import bodies, details, documents, embedding, going_live, home_page, routing
from functions.publishing.documents import Document, Fields
from functions.publishing.history import Event
from functions.publishing.ownership import check_lock, department, existing, mine, moment, not_found
from functions.publishing.room import Room, blocking
from functions.publishing.settling import settled
from functions.publishing.store import documents as store
from functions.publishing.store import standing
from functions.publishing.store.table import AliasTaken, IdTaken, PathTaken
from schemas.content.edition import Edition as Sent
from schemas.content.registry import accept

UPDATE_TYPES = frozenset({"major", "minor", "republish", "links", "content_block"})
"""How an edition may be published (contract 1.6)."""
LARGEST_DETAILS = 5_500_000
"""Bytes of details, since an edition is answered with whole: a function may answer with 6 MB."""


def put(content_id: str, payload: Mapping[str, Any], user: str | None = None) -> tuple[Fields, str]:
    """Create or replace the draft edition; the edition as the API shows it, and the write. Raises Unacceptable, Refusal 404, 409, 422."""
    sent = {name: value for name, value in payload.items() if name != "content_id"}
    edition = accept(sent)
    routing.check(edition.schema_name, edition.base_path, sent.get("routes", []), list(edition.redirects))
    home_page.check(edition.base_path)
    whole = details.with_html(sent.get("details", {}), edition.locale)
    fields, text = _fields(edition, sent.get("details"), whole), _kept(whole)
    previous = None if edition.previous_version is None else int(edition.previous_version)

    def attempt(room: Room = Room()) -> tuple[Fields, str]:  # noqa: B008  # it is never changed
        document = mine(content_id, edition.locale) or Document(content_id, edition.locale, department())
        if document.draft:
            check_lock(document.lock_version, previous)
        if fields.get("links") and not document.written and standing.owner(content_id) not in {None, document.owner}:
            # Asked before it is noted who may link to whom; where there are no links, the write itself asks.
            raise not_found(content_id, edition.locale)
        now = moment(user)
        draft = documents.drafted(document, fields, text, now)
        event = Event("PutContent", now, edition.locale, _summary(sent))
        try:
            store.save_draft(document, draft, event, over=room.over, instead_of=room.ends(now))
        except IdTaken:
            raise not_found(content_id, edition.locale) from None
        except AliasTaken:
            message = f"{edition.content_id_alias} is the alias of other content"
            raise Refusal(422, message, code="content_id_alias_already_in_use", field="content_id_alias") from None
        except PathTaken as taken:
            return attempt(room.with_more(taken, document, draft))
        saved = documents.saved(document, draft)
        return documents.view(saved, draft, whole, room.warnings(document, draft)), now.write_id

    return settled(attempt)


def publish(content_id: str, locale: str, update_type: str | None, previous_version: int | None, user: str | None = None) -> str:
    """Make the draft the live edition. Raises Refusal 404, 409, 422."""

    def attempt() -> str:
        document = existing(content_id, locale)
        if document.draft is None and document.unpublishing:
            raise not_found(content_id, locale)
        if document.draft is None:
            raise Refusal(409, "Cannot publish an already published edition.", code="conflict")
        chosen = _update_type(update_type or document.draft.fields.get("update_type"))
        check_lock(document.lock_version, previous_version)
        now = moment(user)
        edition = documents.published(document, document.draft, chosen, now)
        return going_live.publish(document, edition, "Publish", now, uses=document.draft)

    return settled(attempt)


def republish(content_id: str, locale: str, previous_version: int | None, user: str | None = None) -> str:
    """Send the live edition on its way once more; one that was taken away is back. A draft stays. Raises Refusal 404, 409, 422."""

    def attempt() -> str:
        document = existing(content_id, locale)
        if document.live is None:
            raise not_found(content_id, locale)
        check_lock(document.lock_version, previous_version)
        now = moment(user)
        return going_live.publish(document, documents.republished(document, document.live, now), "Republish", now)

    return settled(attempt)


def publish_now(content_id: str, payload: Mapping[str, Any], version: str) -> None:
    """Save and publish at once, unless the document has seen `version` or a newer one: then Stale. A draft in its way is replaced."""
    edition = accept(payload)
    routing.check(edition.schema_name, edition.base_path, payload["routes"], list(edition.redirects))
    whole = details.with_html(payload.get("details", {}), edition.locale)
    fields, text = _fields(edition, payload.get("details"), whole), _kept(whole)

    def attempt() -> None:
        document = _newer_than(version, content_id, edition.locale)
        now = moment()
        draft = documents.drafted(document, fields, text, now)
        live = documents.published(document, draft, _update_type(edition.update_type), now)
        going_live.publish(document, live, "Publish", now, uses=document.draft, version=version)

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
        edition = document.draft if allows else None if document.left_to_others else document.live
        if edition is None:
            raise not_found(content_id, locale)
        check_lock(document.lock_version, order.get("previous_version"))
        if document.draft and not discards and not allows:
            raise Refusal(422, "Cannot unpublish with a draft present", code="cannot_unpublish_with_draft", field="base")
        return going_live.take_away(document, edition, order, moment(user))

    return settled(attempt)


def unpublish_now(content_id: str, base_path: str, locale: str, order: Mapping[str, Any], version: str) -> None:
    """Take away what an event published, unless the document has seen `version` or a newer one: then Stale."""

    def attempt() -> None:
        document = _newer_than(version, content_id, locale)
        if document.live and not document.left_to_others:
            going_live.take_away(document, document.live, order, moment(), version)
        else:
            going_live.bury(document, base_path, version)

    settled(attempt)


def discard_draft(content_id: str, locale: str, previous_version: int | None, user: str | None = None) -> str:
    """Remove the draft. Raises Refusal 404, 409, 422."""

    def attempt() -> str:
        document = existing(content_id, locale)
        if document.draft is None:
            raise Refusal(422, "There is not a draft edition of this document to discard", code="no_draft_to_discard", field="base")
        check_lock(document.lock_version, previous_version)
        now = moment(user)
        store.discard_draft(document, document.draft, Event("DiscardDraft", now, locale))
        return now.write_id

    return settled(attempt)


def show(content_id: str, locale: str, content_store: str | None) -> Fields:
    """The draft edition, else the live one, or the one asked for. Raises Refusal 404."""
    document = existing(content_id, locale)
    live = None if document.left_to_others else document.live
    choices = {"draft": document.draft, "live": live, None: document.draft or document.live}
    edition = choices.get(content_store)
    if edition is None:
        raise not_found(content_id, locale)
    warnings = blocking(document, edition) if edition is document.draft else {}
    return documents.view(document, edition, json.loads(edition.details.read()), warnings)


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


def _fields(edition: Sent, sent_details: object, whole: object) -> Fields:
    """What was sent, without what stands elsewhere, and with links to the content blocks that its texts ask for. Raises Unacceptable."""
    sent = edition.model_dump(exclude={"details", "previous_version", "change_note"}, exclude_none=True)
    fields = embedding.with_links(sent, sent_details)
    note = documents.change_note(edition.model_dump(include={"update_type", "change_note"}), whole)
    return {**fields, "change_note": note} if note else fields


def _kept(whole: object) -> bodies.Kept:
    text = json.dumps(whole, ensure_ascii=False)
    if len(text.encode()) > LARGEST_DETAILS:
        message = f"The details are larger than {LARGEST_DETAILS:,} bytes with the HTML that is made of their Govspeak."
        raise Refusal(413, message, code="body_too_large", field="details")
    return bodies.keep(text)


def _summary(sent: Mapping[str, Any]) -> Fields:
    """What a history keeps of an edition that was sent: its text is kept with the edition itself."""
    return {name: value for name, value in sent.items() if name not in {"details", "auth_bypass_ids", "access_limited"}}
