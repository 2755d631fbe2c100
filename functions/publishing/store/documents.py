"""Documents and their editions, and the paths that they hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.common.failures import Refusal
from functions.common.table import Delete, Item, Put, Update, Write, absent
from functions.publishing import bodies
from functions.publishing.documents import Document, Edition, Fields
from functions.publishing.documents import Item as ContentItem
from functions.publishing.history import Event
from functions.publishing.store import contents, history, links, paths, standing
from functions.publishing.store.table import attr, claim_alias, claim_id, content_key, document_key, path_key, table, update, write
from schemas.platform import PlatformEvent

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

LARGEST_FIELDS = 200_000
"""Bytes of an edition's fields without its details; they stand in the item whatever their size."""


@dataclass(frozen=True)
class Ended:
    """A document of which something makes room for another, and how its own history notes that."""

    document: Document
    event: Event


@dataclass(frozen=True)
class Change:
    """What becomes of a document's live edition: which it is now, what its path answers, and the events that this means.

    `uses` is the draft that is no more after it. `left` is the path that the live edition had before: there stands a `redirect` now, or
    nothing. `substitutes` is what was live at the path.
    """

    document: Document
    edition: Edition
    item: ContentItem
    event: Event
    emits: Sequence[PlatformEvent]
    unpublishing: Fields | None = None
    event_version: str | None = None
    uses: Edition | None = None
    left: str | None = None
    redirect: tuple[Document, Edition, ContentItem] | None = None
    substitutes: Ended | None = None


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
        aliases=frozenset(head.get("aliases", ())),
        written=head["written"],
    )


def editions(document: Document) -> list[Edition]:
    """Every edition of a document, the newest first."""
    items = table.every(document_key(document.content_id, document.locale), prefix="edition#", consistent=True)
    return [edition_of(item) for item in items][::-1]


def edition_of(item: Item) -> Edition:
    """An edition as its item keeps it."""
    return Edition(item["number"], json.loads(item["fields"]), bodies.kept(item, "details"))


def save_draft(document: Document, draft: Edition, event: Event, *, over: Document | None = None, instead_of: Ended | None = None) -> None:
    """Write the draft and reserve its path, even if the document `over` is live there; the draft of `instead_of`, which has it, goes.

    Raises Overtaken, PathTaken, AliasTaken or IdTaken.
    """
    _announce(document, draft)
    alias: str | None = draft.fields.get("content_id_alias")
    free = _free("draft", document, instead_of.document if instead_of else None) & _free("live", document, over)
    writes: list[Write] = [
        _head(document, {"owner": document.owner, "lock_version": document.lock_version + 1, "draft": draft.number}, alias=alias),
        _put_edition(document, draft),
        *_reserve(document, draft, {"draft": document.name}, free),
        standing.put(document, draft, "draft"),
        history.put(document.content_id, event),
    ]
    if document.draft and document.draft.base_path != draft.base_path:
        writes += _release(document.draft)
    if instead_of and instead_of.document.draft:
        writes += _without_draft(instead_of, instead_of.document.draft)
    if alias and alias not in document.aliases:
        writes.append(claim_alias(alias, document.content_id))
    write([*writes, *_claims(document)])


def discard_draft(document: Document, draft: Edition, event: Event) -> None:
    """Remove the draft and let its path go. Raises Overtaken."""
    write([*_without_draft(Ended(document, event), draft), *_release(draft)])


def go_live(change: Change) -> None:
    """Make the change, all or none of it: document, edition, path, its answer, events. Raises Overtaken, PathTaken or IdTaken."""
    document, edition, unpublishing, used = change.document, change.edition, change.unpublishing, change.uses
    head = {
        "owner": document.owner,
        "lock_version": document.lock_version,
        "live": edition.number,
        "unpublishing": json.dumps(unpublishing) if unpublishing else None,
        **({"draft": None} if used else {}),
        **({"event_version": change.event_version} if change.event_version else {}),
    }
    holds: Fields = {"live": document.name}
    if used and used.base_path == edition.base_path:
        holds["draft"] = None
    _announce(document, edition)
    writes: list[Write] = [
        _head(document, head, change.emits),
        _put_edition(document, edition),
        *_reserve(document, edition, holds, _free("live", document, change.substitutes.document if change.substitutes else None)),
        *_answer(document, edition, change.item),
        standing.put(document, edition, "live", unpublishing=unpublishing),
        history.put(document.content_id, change.event),
    ]
    if used:
        writes += _used_up(document, used, edition.number)
    if used and used.base_path not in {edition.base_path, change.left}:
        writes += _release(used)
    if change.left:
        writes += _leave(change, change.left)
    if change.substitutes:
        writes += _substituted(change.substitutes)
    write([*writes, *_claims(document)])


def bury(document: Document, base_path: str, event_version: str) -> None:
    """Leave a tombstone where nothing is live, so that an older request to publish loses. Raises Overtaken, PathTaken or IdTaken."""
    free = _free("live", document)
    # What events publish is the department's own application's.
    holds = {"owner": document.owner, "publishing_app": document.owner, "live": document.name}
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


def _without_draft(ended: Ended, draft: Edition) -> list[Write]:
    document = ended.document
    return [
        _head(document, {"lock_version": document.lock_version + 1, "draft": None}),
        _delete_edition(document, draft),
        standing.remove(document, "draft"),
        history.put(document.content_id, ended.event),
    ]


def _used_up(document: Document, draft: Edition, number: int) -> list[Write]:
    superseded = [] if draft.number == number else [_delete_edition(document, draft)]
    return [standing.remove(document, "draft"), *superseded]


def _claims(document: Document) -> list[Write]:
    # Once: a document that was written before has claimed its id then.
    return [] if document.written else [claim_id(document.content_id, document.owner, document.locale)]


def _head(document: Document, values: Fields, emits: Sequence[PlatformEvent] = (), alias: str | None = None) -> Update:
    seen = attr("written").eq(document.written) if document.written else absent()
    add = {"aliases": frozenset({alias})} if alias else None
    return update(document_key(document.content_id, document.locale), "head", values, add=add, expect=seen, emits=emits)


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


def _free(holder: str, document: Document, other: Document | None = None) -> ConditionBase:
    """A path has no `draft` or `live` document but this one, or the other that is known to make room."""
    nobody_else: ConditionBase = attr(holder).not_exists() | attr(holder).is_in([one.name for one in (document, other) if one])
    return nobody_else


def _release(draft: Edition) -> list[Write]:
    if draft.base_path is None:
        return []
    return [Update(path_key(draft.base_path), "reservation", remove=("draft", "reserved"))]


def _leave(change: Change, path: str) -> list[Write]:
    """What stands where the live edition was: a redirect, or nothing."""
    moved, is_drafts = change.document, change.uses is not None and change.uses.base_path == path
    gone = ("draft", "reserved") if is_drafts else ()
    was_its = attr("live").eq(moved.name)
    if change.redirect is None:
        let_go = Update(path_key(path), "reservation", remove=("live", "reserved", *gone[:1]), expect=was_its)
        return [let_go, contents.answer(moved, path, ContentItem(404))]
    redirect, edition, item = change.redirect
    return [
        _head(redirect, {"owner": redirect.owner, "lock_version": redirect.lock_version, "live": edition.number}),
        _put_edition(redirect, edition),
        Update(path_key(path), "reservation", set={"live": redirect.name}, remove=gone, expect=was_its),
        contents.answer(redirect, path, item),
        standing.put(redirect, edition, "live"),
        *_claims(redirect),
    ]


def _substituted(ended: Ended) -> list[Write]:
    document = ended.document
    if document.live is None:
        # A tombstone: nothing was there but the claim to the path.
        return [_head(document, {})]
    unpublishing = {"type": "substitute", "unpublished_at": ended.event.moment.at}
    shows_nothing = {"state": "unpublished", "shows": "nothing", "gsi2pk": None, "gsi2sk": None}
    return [
        _head(document, {"unpublishing": json.dumps(unpublishing)}),
        Update(content_key(document.content_id), f"live#{document.locale}", set=shows_nothing, expect=attr("pk").exists()),
        history.put(document.content_id, ended.event),
    ]


def _edition_key(number: int) -> str:
    return f"edition#{number:06}"
