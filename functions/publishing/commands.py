"""What may be done with content: save a draft, publish it, take it away, discard it; and, for events, save and publish at once.

Each command reads the document, decides, and makes one conditional write; where another writer came first it reads and decides again.
Acting is always the department of the current cause. Somebody else's document answers as if it were not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from functions.common import cause, clock
from functions.common.failures import Problem, Refusal, Stale
from functions.publishing import bodies, details, documents, routing, store
from functions.publishing.documents import Document, Edition, Fields, Moment
from functions.publishing.settling import settled
from functions.publishing.store import Change, IdTaken, PathTaken
from schemas.content.fields import LOCALES
from schemas.content.registry import accept
from schemas.platform import ContentPublished, ContentUnpublished, PlatformEvent

UPDATE_TYPES = frozenset({"major", "minor", "republish"})
_BLOCKED = "There is already a published document at this path: {holder}. This draft cannot be published while it is there."


def put(content_id: str, payload: Mapping[str, Any]) -> Fields:
    """Create or replace the draft edition. Raises Unacceptable, or Refusal 404, 409, 422."""
    sent = {name: value for name, value in payload.items() if name != "content_id"}
    edition = accept(sent)
    routing.check(edition.schema_name, edition.base_path, sent.get("routes", []), list(edition.redirects))
    fields = edition.model_dump(exclude={"details", "previous_version"}, exclude_none=True)
    whole = details.with_html(sent.get("details", {}))
    text = bodies.keep(json.dumps(whole, ensure_ascii=False))

    previous = None if edition.previous_version is None else int(edition.previous_version)

    def attempt(over: str | None) -> Fields:
        document = _mine(content_id, edition.locale) or Document(content_id, edition.locale, _department())
        if document.draft:
            _check_lock(document, previous)
        draft = documents.drafted(document, fields, text, _moment())
        try:
            store.save_draft(document, draft, over=over)
        except IdTaken:
            raise _not_found(content_id, edition.locale) from None
        except PathTaken as taken:
            _refuse_unless_live(taken, document)
            return attempt(taken.live)
        return _saved(document, draft, whole, over)

    return settled(lambda: attempt(None))


def publish(content_id: str, locale: str, update_type: str | None, previous_version: int | None) -> None:
    """Make the draft the live edition. Raises Refusal 404, 409, 422."""

    def attempt() -> None:
        document = _existing(content_id, locale)
        _check_lock(document, previous_version)
        if document.draft is None:
            raise _conflict("Cannot publish an already published edition.")
        _go_live(document, document.draft, _update_type(update_type or document.draft.fields.get("update_type")))

    settled(attempt)


def publish_now(content_id: str, payload: Mapping[str, Any], version: str) -> None:
    """Save and publish at once, unless the document has seen `version` or a newer one: then Stale. A draft in its way is replaced."""
    edition = accept(payload)
    routing.check(edition.schema_name, edition.base_path, payload["routes"], list(edition.redirects))
    fields = edition.model_dump(exclude={"details", "previous_version"}, exclude_none=True)
    text = bodies.keep(json.dumps(details.with_html(payload.get("details", {})), ensure_ascii=False))

    def attempt() -> None:
        document = _newer_than(version, content_id, edition.locale)
        draft = documents.drafted(document, fields, text, _moment())
        _go_live(document, draft, _update_type(edition.update_type), version)

    settled(attempt)


def unpublish(content_id: str, locale: str, order: Mapping[str, Any]) -> None:
    """Take the live edition away: withdrawal, gone, redirect or vanish. Raises Refusal 404, 409, 422."""
    discards, allows = order.get("discard_drafts") is True, order.get("allow_draft") is True
    if discards and allows:
        raise Refusal(
            422, "allow_draft and discard_drafts cannot be used together", code="conflicting_unpublishing_flags", field="allow_draft"
        )

    def attempt() -> None:
        document = _existing(content_id, locale)
        _check_lock(document, order.get("previous_version"))
        if document.draft and not discards and not allows:
            raise Refusal(422, "Cannot unpublish with a draft present", code="cannot_unpublish_with_draft", field="base")
        edition = document.draft if allows and document.draft else document.live
        if edition is None:
            raise _not_found(content_id, locale)
        _take_away(document, edition, order)

    settled(attempt)


def unpublish_now(content_id: str, base_path: str, locale: str, order: Mapping[str, Any], version: str) -> None:
    """Take away what an event published, unless the document has seen `version` or a newer one: then Stale."""

    def attempt() -> None:
        document = _newer_than(version, content_id, locale)
        if document.live:
            _take_away(document, document.live, order, version)
        else:
            _bury(document, base_path, version)

    settled(attempt)


def discard_draft(content_id: str, locale: str, previous_version: int | None) -> None:
    """Remove the draft. Raises Refusal 404, 409, 422."""

    def attempt() -> None:
        document = _existing(content_id, locale)
        _check_lock(document, previous_version)
        if document.draft is None:
            raise Refusal(422, "There is not a draft edition of this document to discard", code="no_draft_to_discard", field="base")
        store.discard_draft(document, document.draft)

    settled(attempt)


def show(content_id: str, locale: str, content_store: str | None) -> Fields:
    """The draft edition, else the live one, or the one asked for. Raises Refusal 404."""
    document = _existing(content_id, locale)
    choices = {"draft": document.draft, "live": document.live, None: document.draft or document.live}
    edition = choices.get(content_store)
    if edition is None:
        raise _not_found(content_id, locale)
    return documents.view(document, edition, json.loads(edition.details.read()))


def _go_live(document: Document, draft: Edition, update_type: str, version: str | None = None) -> None:
    moment = _moment()
    edition = documents.published(document, draft, update_type, moment)
    item = documents.content_item(document, edition, details.presented(json.loads(edition.details.read())))
    redirect = _redirect_from_old_path(document, edition, moment)
    emits: list[PlatformEvent] = [_published(document, edition)]
    if redirect:
        emits.append(_published(redirect[0], redirect[1]))
    change = Change(document, edition, item, emits, event_version=version, redirect=redirect)
    _make(change)


def _take_away(document: Document, edition: Edition, order: Mapping[str, Any], version: str | None = None) -> None:
    moment = _moment()
    unpublishing = _unpublishing(edition, order, moment)
    notice = details.presented(unpublishing)
    if unpublishing["type"] == "withdrawal":
        whole = details.presented(json.loads(edition.details.read()))
        item = documents.withdrawn(documents.content_item(document, edition, whole), notice)
    else:
        item = documents.taken_away(document, edition, notice, moment)
    event = ContentUnpublished.model_validate(
        {"content_id": document.content_id, "locale": document.locale, "base_path": edition.base_path, "type": unpublishing["type"]}
    )
    _make(Change(document, edition, item, [event], unpublishing, version))


def _bury(document: Document, base_path: str, version: str) -> None:
    try:
        store.bury(document, base_path, version)
    except IdTaken:
        raise _not_found(document.content_id, document.locale) from None
    except PathTaken as taken:
        raise _in_use(taken, document) from None


def _make(change: Change) -> None:
    try:
        store.go_live(change)
    except IdTaken:
        raise _not_found(change.document.content_id, change.document.locale) from None
    except PathTaken as taken:
        if taken.owner != change.document.owner or not taken.substitutable or taken.live == change.substitutes or not taken.live:
            raise _in_use(taken, change.document) from None
        _make(Change(**{**vars(change), "substitutes": taken.live}))


def _redirect_from_old_path(document: Document, edition: Edition, moment: Moment) -> tuple[Document, Edition, documents.Item] | None:
    """The document that leads from where the live edition was, when this one is elsewhere."""
    gone = document.unpublishing and document.unpublishing["type"] in documents.GONE_WITHOUT_TRACE
    if document.live is None or gone or document.live.base_path == edition.base_path:
        return None
    redirect = Document(str(uuid4()), document.locale, document.owner, lock_version=1)
    fields = {
        "base_path": document.live.base_path,
        "schema_name": "redirect",
        "document_type": "redirect",
        "publishing_app": edition.fields["publishing_app"],
        "locale": document.locale,
        "redirects": documents.redirects_of(document.live, edition.base_path),
    }
    draft = documents.drafted(redirect, fields, bodies.Kept("{}"), moment)
    leading = documents.published(redirect, draft, "major", moment)
    return redirect, leading, documents.content_item(redirect, leading, {})


def _unpublishing(edition: Edition, order: Mapping[str, Any], moment: Moment) -> Fields:
    kind = order.get("type")
    if kind not in {"withdrawal", "gone", "redirect", "vanish"}:
        raise Refusal(422, f"{kind} is not a valid unpublishing type", code="type_invalid", field="type")
    explanation, alternative = order.get("explanation"), order.get("alternative_path")
    if kind == "withdrawal" and not explanation:
        raise Refusal(422, "a withdrawal needs an explanation", code="explanation_missing_for_withdrawal", field="explanation")
    if alternative is not None and kind in {"gone", "redirect"}:
        routing.check_redirect(edition.base_path, alternative, field="alternative_path")
    rules = order.get("redirects") or (documents.redirects_of(edition, alternative) if alternative else [])
    if kind == "redirect":
        routing.check("redirect", edition.base_path, [], rules)
    return {
        "type": kind,
        "explanation": explanation,
        "alternative_path": alternative,
        "redirects": rules if kind == "redirect" else None,
        "unpublished_at": order.get("unpublished_at") or moment.at,
    }


def _saved(document: Document, draft: Edition, whole: Any, over: str | None) -> Fields:
    now = Document(
        document.content_id, document.locale, document.owner, document.lock_version + 1, draft, document.live, document.unpublishing
    )
    warnings = {"content_item_blocking_publish": _BLOCKED.format(holder=over.split("#")[0])} if over else {}
    return documents.view(now, draft, whole, warnings)


def _published(document: Document, edition: Edition) -> ContentPublished:
    fields = {name: edition.fields[name] for name in ("base_path", "schema_name", "document_type", "update_type")}
    title = edition.fields.get("title", "")
    return ContentPublished.model_validate(
        {**fields, "content_id": document.content_id, "locale": document.locale, "title": title, "user_facing_version": edition.number}
    )


def _mine(content_id: str, locale: str) -> Document | None:
    document = store.document(content_id, locale)
    if document and document.owner != _department():
        raise _not_found(content_id, locale)
    return document


def _existing(content_id: str, locale: str) -> Document:
    document = _mine(content_id, locale) if locale in LOCALES else None
    if document is None or not document.known:
        raise _not_found(content_id, locale)
    return document


def _newer_than(version: str, content_id: str, locale: str) -> Document:
    document = store.document(content_id, locale) or Document(content_id, locale, _department())
    if document.owner != _department():
        raise Refusal(422, "this path's document is another department's", code="base_path_already_in_use", field="base_path")
    if document.event_version and document.event_version >= version:
        raise Stale(f"the document has seen {document.event_version}")
    return document


def _check_lock(document: Document, previous_version: int | None) -> None:
    if previous_version is None or previous_version == document.lock_version:
        return
    raise Refusal(
        409,
        f"A lock-version conflict occurred. The `previous_version` you've sent ({previous_version}) is not the same as the current "
        f"lock version of the edition ({document.lock_version}).",
        code="conflict",
        problems=(Problem(("previous_version",), "conflict", "does not match"),),
    )


def _refuse_unless_live(taken: PathTaken, document: Document) -> None:
    if taken.owner != document.owner or taken.draft not in {None, document.name} or not taken.live:
        raise _in_use(taken, document)


def _in_use(taken: PathTaken, document: Document) -> Refusal:
    if taken.owner != document.owner:
        message = f"{taken.path} is already in use by another department"
    else:
        holder, _, locale = (taken.live or taken.draft or "").partition("#")
        message = f"base path={taken.path} conflicts with content_id={holder} and locale={locale}"
    return Refusal(422, message, code="base_path_already_in_use", field="base_path")


def _update_type(name: str | None) -> str:
    if name is None:
        raise Refusal(422, "update_type is required", code="update_type_missing", field="update_type")
    if name not in UPDATE_TYPES:
        raise Refusal(
            422, f"update_type {name} is not one of {', '.join(sorted(UPDATE_TYPES))}", code="update_type_invalid", field="update_type"
        )
    return name


def _not_found(content_id: str, locale: str) -> Refusal:
    return Refusal(404, f"Could not find a document with content_id={content_id} and locale={locale}", code="not_found")


def _conflict(message: str) -> Refusal:
    return Refusal(409, message, code="conflict")


def _department() -> str:
    department = cause.current().department
    if department is None:
        raise Refusal(403, "Content belongs to a department, and nobody is acting for one.", code="no_department")
    return department


def _moment() -> Moment:
    return Moment(f"{clock.stamp()[:19]}Z", cause.current().correlation)
