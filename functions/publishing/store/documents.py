"""Documents and their editions, and the paths that they hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.common import clock
from functions.common.failures import Refusal
from functions.common.table import Delete, Item, Put, Update, Write, absent
from functions.publishing import bodies
from functions.publishing.documents import GONE_WITHOUT_TRACE, SUBSTITUTABLE, Document, Edition, Fields
from functions.publishing.documents import Item as ContentItem
from functions.publishing.history import Event
from functions.publishing.store import contents, history, links, paths, standing
from functions.publishing.store.table import PathTaken, attr, claim_id, content_key, document_key, path_key, table, update, write
from schemas.platform import PlatformEvent

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

LARGEST_FIELDS = 200_000
"""Bytes of an edition's fields without its details; they stand in the item whatever their size."""


@dataclass(frozen=True)
class Change:
    """What becomes of a document's live edition: which it is now, what its path answers, and the events that this means."""

    document: Document
    edition: Edition
    item: ContentItem
    event: Event
    emits: Sequence[PlatformEvent]
    unpublishing: Fields | None = None
    event_version: str | None = None
    redirect: tuple[Document, Edition, ContentItem] | None = None
    substitutes: PathTaken | None = None


def document(content_id: str, locale: str) -> Document | None:
    """A document with its draft and live editions. None where nobody has written it."""
    # The head sorts after the editions, and draft and live are always the newest two: one question answers all.
    items = table.query(document_key(content_id, locale), limit=3, descending=True, consistent=True).items
    if not items:
        return None
    head = items[0]
    editions = {edition.number: edition for edition in map(edition_of, items[1:])}
    return Document(
        content_id=content_id,
        locale=locale,
        owner=head["owner"],
        lock_version=head.get("lock_version", 0),
        draft=editions.get(head.get("draft", 0)),
        live=editions.get(head.get("live", 0)),
        unpublishing=json.loads(head["unpublishing"]) if "unpublishing" in head else None,
        event_version=head.get("event_version"),
        written=head["written"],
    )


def editions(document: Document) -> list[Edition]:
    """Every edition of a document, the newest first."""
    found: list[Edition] = []
    after: str | None = None
    while True:
        page = table.query(document_key(document.content_id, document.locale), prefix="edition#", after=after, consistent=True)
        found += map(edition_of, page.items)
        after = page.after
        if after is None:
            return found[::-1]


def edition_of(item: Item) -> Edition:
    """An edition as its item keeps it."""
    return Edition(item["number"], json.loads(item["fields"]), bodies.kept(item, "details"))


def save_draft(document: Document, draft: Edition, event: Event, *, over: str | None = None, instead_of: Document | None = None) -> None:
    """Write the draft and reserve its path, even if the document `over` is live there; the draft of `instead_of`, which has it, goes.

    Raises Overtaken, PathTaken or IdTaken.
    """
    _announce(document, draft)
    held_by = [document.name, *([instead_of.name] if instead_of else [])]
    mine = attr("draft").not_exists() | attr("draft").is_in(held_by)
    free = attr("live").not_exists() | attr("live").is_in([document.name, over or ""]) | attr("substitutable").eq(True)
    holds = {"draft": document.name, "draft_substitutable": draft.fields["schema_name"] in SUBSTITUTABLE}
    writes: list[Write] = [
        _head(document, {"owner": document.owner, "lock_version": document.lock_version + 1, "draft": draft.number}),
        _put_edition(document, draft),
        *_reserve(document, draft, holds, mine & free),
        standing.put(document, draft, "draft"),
        history.put(document.content_id, event),
    ]
    if document.draft and document.draft.base_path != draft.base_path:
        writes += _release(document.draft)
    if instead_of and instead_of.draft:
        writes += _without_draft(instead_of, instead_of.draft)
    write([*writes, *_claims(document)])


def discard_draft(document: Document, draft: Edition, event: Event) -> None:
    """Remove the draft and let its path go. Raises Overtaken."""
    write([*_without_draft(document, draft), *_release(draft), history.put(document.content_id, event)])


def go_live(change: Change) -> None:
    """Make the change, all or none of it: document, edition, path, its answer, events. Raises Overtaken, PathTaken or IdTaken."""
    document, edition, unpublishing = change.document, change.edition, change.unpublishing
    head = {
        "owner": document.owner,
        "lock_version": document.lock_version,
        "live": edition.number,
        "draft": None,
        "unpublishing": json.dumps(unpublishing) if unpublishing else None,
        **({"event_version": change.event_version} if change.event_version else {}),
    }
    ends = unpublishing is not None and unpublishing["type"] in GONE_WITHOUT_TRACE
    holds = {"live": document.name, "substitutable": ends or edition.fields["schema_name"] in SUBSTITUTABLE}
    if document.draft and document.draft.base_path == edition.base_path:
        holds["draft"] = None
    free = attr("live").not_exists() | attr("live").eq(document.name)
    if over := change.substitutes:
        free |= attr("live").eq(over.live) & _as_seen("substitutable", over.substitutable)
    _announce(document, edition)
    writes: list[Write] = [
        _head(document, head, change.emits),
        _put_edition(document, edition),
        *_reserve(document, edition, holds, free),
        *_answer(document, edition, change.item),
        standing.put(document, edition, "live", unpublishing=unpublishing),
        history.put(document.content_id, change.event),
    ]
    if document.draft:
        writes.append(standing.remove(document, "draft"))
    if document.draft and document.draft.number != edition.number:
        writes.append(_delete_edition(document, document.draft))
    if document.draft and document.draft.base_path != edition.base_path:
        writes += _release(document.draft)
    if change.redirect:
        writes += _leave_redirect(document, *change.redirect)
    if change.substitutes and change.substitutes.live:
        writes += _substituted(change.substitutes.live)
    write([*writes, *_claims(document)])


def bury(document: Document, base_path: str, event_version: str) -> None:
    """Leave a tombstone where nothing is live, so that an older request to publish loses. Raises Overtaken, PathTaken or IdTaken."""
    free = attr("live").not_exists() | attr("live").eq(document.name)
    # What events publish is the department's own application's.
    holds = {"owner": document.owner, "publishing_app": document.owner, "live": document.name, "substitutable": True}
    write(
        [
            _head(document, {"owner": document.owner, "event_version": event_version}),
            Update(path_key(base_path), "reservation", set=holds, expect=(paths.unheld() | attr("owner").eq(document.owner)) & free),
            *_claims(document),
        ]
    )


def _announce(document: Document, edition: Edition) -> None:
    before: Fields = {}
    for known in (document.live, document.draft):
        before |= known.fields.get("links", {}) if known else {}
    links.announce(document.content_id, edition.fields.get("links", {}), before)


def _without_draft(document: Document, draft: Edition) -> list[Write]:
    head = {"lock_version": document.lock_version + 1, "draft": None}
    return [_head(document, head), _delete_edition(document, draft), standing.remove(document, "draft")]


def _claims(document: Document) -> list[Write]:
    # Once: a document that was written before has claimed its id then.
    return [] if document.written else [claim_id(document.content_id, document.owner, document.locale)]


def _head(document: Document, values: Fields, emits: Sequence[PlatformEvent] = ()) -> Update:
    seen = attr("written").eq(document.written) if document.written else absent()
    return update(document_key(document.content_id, document.locale), "head", values, expect=seen, emits=emits)


def _put_edition(document: Document, edition: Edition) -> Put:
    fields = json.dumps({name: value for name, value in edition.fields.items() if value is not None}, ensure_ascii=False)
    if len(fields.encode()) > LARGEST_FIELDS:
        raise Refusal(413, f"The fields beside details are larger than {LARGEST_FIELDS} bytes.", code="body_too_large")
    item = {"number": edition.number, "fields": fields, **edition.details.attributes("details")}
    return Put({"pk": document_key(document.content_id, document.locale), "sk": _edition_key(edition.number), **item})


def _delete_edition(document: Document, edition: Edition) -> Delete:
    return Delete(document_key(document.content_id, document.locale), _edition_key(edition.number))


def _reserve(document: Document, edition: Edition, holds: Fields, free: ConditionBase) -> list[Write]:
    if edition.base_path is None:
        return []
    values = {"owner": document.owner, "publishing_app": edition.fields["publishing_app"], **holds}
    return [
        update(
            path_key(edition.base_path),
            "reservation",
            values,
            expect=(paths.unheld() | paths.own(document.owner, edition.fields["publishing_app"])) & free,
        )
    ]


def _answer(document: Document, edition: Edition, item: ContentItem) -> list[Write]:
    return [contents.answer(document, edition.base_path, item)] if edition.base_path else []


def _as_seen(flag: str, value: bool) -> ConditionBase:
    there: ConditionBase = attr(flag).eq(True) if value else attr(flag).ne(True)
    return there


def _release(draft: Edition) -> list[Write]:
    if draft.base_path is None:
        return []
    return [Update(path_key(draft.base_path), "reservation", remove=("draft", "draft_substitutable", "reserved"))]


def _leave_redirect(moved: Document, redirect: Document, edition: Edition, item: ContentItem) -> list[Write]:
    path = str(edition.base_path)
    head = {"owner": redirect.owner, "lock_version": redirect.lock_version, "live": edition.number}
    return [
        _head(redirect, head),
        _put_edition(redirect, edition),
        Update(path_key(path), "reservation", set={"live": redirect.name, "substitutable": True}, expect=attr("live").eq(moved.name)),
        contents.answer(redirect, path, item),
        standing.put(redirect, edition, "live"),
        *_claims(redirect),
    ]


def _substituted(name: str) -> list[Write]:
    content_id, locale = name.split("#")
    unpublishing = json.dumps({"type": "substitute", "unpublished_at": clock.stamp()})
    ended = {"state": "unpublished", "shows": "nothing", "gsi2pk": None, "gsi2sk": None}
    return [
        Update(document_key(content_id, locale), "head", set={"unpublishing": unpublishing}, expect=attr("pk").exists()),
        Update(content_key(content_id), f"live#{locale}", set=ended, expect=attr("pk").exists()),
    ]


def _edition_key(number: int) -> str:
    return f"edition#{number:06}"
