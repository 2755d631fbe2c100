"""The keys and expressions of publishing's table.

`content#<id>#<locale>`  head, edition#<number>     a document: who owns it, which editions are draft and live; each edition
`content#<id>`           owner                       the department that a content id is, in every locale
`path#<base path>`       reservation                whose path it is, and which documents hold it (each write checks the owner)
                         content                    what the content API answers at this path, counted by `revision`
                         page, part                 what the site answers: a document's own page, or a part of the guide above
`path#/`                 newest#<time>#<document>   what the home page lists
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from functions.common import clients, clock
from functions.common.failures import Refusal
from functions.common.table import ConditionFailed, Delete, Item, Put, Table, Update, Write, absent
from functions.publishing import bodies
from functions.publishing.documents import GONE_WITHOUT_TRACE, SUBSTITUTABLE, Document, Edition, Fields
from functions.publishing.documents import Item as ContentItem
from schemas.content.fields import LONGEST_PATH
from schemas.platform import PlatformEvent

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

table = Table()

LARGEST_FIELDS = 200_000
"""Bytes of an edition's fields without its details; they stand in the item whatever their size."""
DEEPEST = 50
"""Paths above a path that are looked at."""
LISTED_FOR = timedelta(days=90)
"""How long the home page may list a page."""


class Overtaken(Exception):
    """Somebody else wrote the document since it was read: read it again."""


class IdTaken(Exception):
    """The content id is another department's."""


class PathTaken(Exception):
    """The path is held: by `owner`, with the documents `draft` and `live` there, of which the live one may give way."""

    def __init__(self, path: str, reservation: Item) -> None:
        super().__init__(path)
        self.path = path
        self.owner: str = reservation.get("owner", "")
        self.draft: str | None = reservation.get("draft")
        self.live: str | None = reservation.get("live")
        self.substitutable: bool = reservation.get("substitutable", False)


@dataclass(frozen=True)
class Change:
    """What becomes of a document's live edition: which it is now, what its path answers, and the events that this means."""

    document: Document
    edition: Edition
    item: ContentItem
    emits: Sequence[PlatformEvent]
    unpublishing: Fields | None = None
    event_version: str | None = None
    redirect: tuple[Document, Edition, ContentItem] | None = None
    substitutes: str | None = None


def document(content_id: str, locale: str) -> Document | None:
    """A document with its draft and live editions. None where nobody has written it."""
    # The head sorts after the editions, and draft and live are always the newest two: one question answers all.
    items = table.query(_document_key(content_id, locale), limit=3, descending=True, consistent=True).items
    if not items:
        return None
    head = items[0]
    editions = {edition.number: edition for edition in map(_edition, items[1:])}
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


def save_draft(document: Document, draft: Edition, *, over: str | None = None) -> None:
    """Write the draft and reserve its path, even if the document `over` is live there. Raises Overtaken, PathTaken or IdTaken."""
    mine = _attr("draft").not_exists() | _attr("draft").eq(document.name)
    free = _attr("live").not_exists() | _attr("live").is_in([document.name, over or ""]) | _attr("substitutable").eq(True)
    writes: list[Write] = [
        _head(document, {"owner": document.owner, "lock_version": document.lock_version + 1, "draft": draft.number}),
        _put_edition(document, draft),
        _reserve(document, draft, {"draft": document.name}, mine & free),
    ]
    if document.draft and document.draft.base_path != draft.base_path:
        writes.append(_release(document.draft))
    _write([*writes, *_claim_id(document)])


def discard_draft(document: Document, draft: Edition) -> None:
    """Remove the draft and let its path go. Raises Overtaken."""
    head = {"lock_version": document.lock_version + 1, "draft": None}
    _write([_head(document, head), _delete_edition(document, draft), _release(draft)])


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
    free = _attr("live").not_exists() | _attr("live").eq(document.name)
    if change.substitutes:
        free |= _attr("live").eq(change.substitutes) & _attr("substitutable").eq(True)
    writes: list[Write] = [
        _head(document, head, change.emits),
        _put_edition(document, edition),
        _reserve(document, edition, holds, free),
        _answer(document, edition.base_path, change.item),
    ]
    if document.draft and document.draft.number != edition.number:
        writes.append(_delete_edition(document, document.draft))
    if document.draft and document.draft.base_path != edition.base_path:
        writes.append(_release(document.draft))
    if change.redirect:
        writes += _leave_redirect(document, *change.redirect)
    if change.substitutes:
        writes.append(_substituted(change.substitutes))
    _write([*writes, *_claim_id(document)])


def bury(document: Document, base_path: str, event_version: str) -> None:
    """Leave a tombstone where nothing is live, so that an older request to publish loses. Raises Overtaken, PathTaken or IdTaken."""
    free = _attr("live").not_exists() | _attr("live").eq(document.name)
    holds = {"owner": document.owner, "live": document.name, "substitutable": True}
    _write(
        [
            _head(document, {"owner": document.owner, "event_version": event_version}),
            Update(_path_key(base_path), "reservation", set=holds, expect=_claimable(document.owner) & free),
            *_claim_id(document),
        ]
    )


def content(path: str, *, consistent: bool = False) -> Item | None:
    """What the content API answers at a path: `status`, the `item` as a kept text, `etag`, `routes`, `document`, `revision`."""
    return table.get(_path_key(path), "content", consistent=consistent) if _possible(path) else None


def contents_above(path: str) -> list[Item]:
    """What the content API answers at the paths above a path, nearest first: for routes that cover more than their own path."""
    segments = path.split("/")
    above = ["/".join(segments[:length]) for length in range(len(segments) - 1, 1, -1)][:DEEPEST]
    if not above or not _possible(path):
        return []
    keys = [{"pk": {"S": _path_key(one)}, "sk": {"S": "content"}} for one in above]
    names = {"#s": "status"}
    wanted = {"Keys": keys, "ProjectionExpression": "pk, #s, routes", "ExpressionAttributeNames": names}
    answer = clients.dynamodb().batch_get_item(RequestItems={table.name: wanted})  # type: ignore[dict-item]  # the shape is the service's own
    found = {item["pk"]["S"]: item for item in answer["Responses"].get(table.name, [])}
    return [
        {"path": one, "status": int(item["status"]["N"]), "routes": json.loads(item["routes"]["S"])}
        for one in above
        if (item := found.get(_path_key(one)))
    ]


def page(path: str) -> Item | None:
    """What the site answers at a path: a document's own page before a part of another's."""
    if not _possible(path):
        return None
    # The two sort keys that begin with "pa", in their order.
    items = table.query(_path_key(path), prefix="pa", limit=1).items
    return items[0] if items else None


def own_page(path: str) -> Item | None:
    """The page of the document at a path, as it stands now."""
    return table.get(_path_key(path), "page", consistent=True)


def newest(count: int) -> list[Item]:
    """What was published last, newest first."""
    return table.query(_path_key("/"), prefix="newest#", limit=count, descending=True).items


def save_pages(pages: Sequence[Item], listing: Item | None, before: Item | None) -> None:
    """Write the pages of one path, the first its own and the others parts below it, in place of those `before`.

    Raises Overtaken where these are not what stands there any more.
    """
    own, *parts = pages
    listed = f"newest#{listing['published_at']}#{listing['document']}" if listing else None
    kept = {part["path"] for part in parts}
    # Exactly what was read: in between, another rendering may have written parts that this one would not know to remove.
    unchanged = _attr("revision").eq(before["revision"]) if before else absent()
    writes: list[Write] = [Put({**own, **_path(own, "page"), "parts": sorted(kept), "listed": listed}, unchanged)]
    writes += [Put({**part, **_path(part, "part")}) for part in parts]
    if before:
        writes += [Delete(_path_key(gone), "part") for gone in before.get("parts", []) if gone not in kept]
        if before.get("listed") and before["listed"] != listed:
            writes.append(Delete(_path_key("/"), before["listed"]))
    if listing and listed:
        expires = clock.epoch() + int(LISTED_FOR.total_seconds())
        writes.append(Put({**listing, "pk": _path_key("/"), "sk": listed, "expires_at": expires}))
    _write(writes)


def _write(writes: Sequence[Write]) -> None:
    try:
        table.transact(*writes)
    except ConditionFailed as failed:
        write = writes[failed.index]
        if isinstance(write, Update) and write.sk == "reservation":
            raise PathTaken(write.pk.removeprefix("path#"), failed.item) from None
        if isinstance(write, Update) and write.sk == "owner":
            raise IdTaken from None
        raise Overtaken from None


def _claim_id(document: Document) -> list[Write]:
    # Once: a document that was written before has claimed its id then.
    if document.written:
        return []
    mine = absent() | _attr("owner").eq(document.owner)
    return [Update(f"content#{document.content_id}", "owner", set={"owner": document.owner}, expect=mine)]


def _head(document: Document, values: Fields, emits: Sequence[PlatformEvent] = ()) -> Update:
    seen = _attr("written").eq(document.written) if document.written else absent()
    return _update(_document_key(document.content_id, document.locale), "head", values, expect=seen, emits=emits)


def _put_edition(document: Document, edition: Edition) -> Put:
    fields = json.dumps({name: value for name, value in edition.fields.items() if value is not None}, ensure_ascii=False)
    if len(fields.encode()) > LARGEST_FIELDS:
        raise Refusal(413, f"The fields beside details are larger than {LARGEST_FIELDS} bytes.", code="body_too_large")
    item = {"number": edition.number, "fields": fields, **edition.details.attributes("details")}
    return Put({"pk": _document_key(document.content_id, document.locale), "sk": _edition_key(edition.number), **item})


def _delete_edition(document: Document, edition: Edition) -> Delete:
    return Delete(_document_key(document.content_id, document.locale), _edition_key(edition.number))


def _reserve(document: Document, edition: Edition, holds: Fields, free: ConditionBase) -> Update:
    values = {"owner": document.owner, "publishing_app": edition.fields["publishing_app"], **holds}
    return _update(_path_key(edition.base_path), "reservation", values, expect=_claimable(document.owner) & free)


def _claimable(owner: str) -> ConditionBase:
    unheld: ConditionBase = _attr("draft").not_exists() & _attr("live").not_exists()
    own: ConditionBase = _attr("owner").eq(owner)
    either: ConditionBase = unheld | own
    return either


def _release(draft: Edition) -> Update:
    return Update(_path_key(draft.base_path), "reservation", remove=("draft",))


def _answer(document: Document, path: str, item: ContentItem) -> Update:
    text = json.dumps(item.fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    values = {
        "document": document.name,
        "status": item.status,
        "etag": hashlib.sha256(text.encode()).hexdigest()[:32],
        "routes": json.dumps(list(item.routes)),
        **bodies.keep(text).attributes("item"),
    }
    return _update(_path_key(path), "content", values, add={"revision": 1})


def _leave_redirect(moved: Document, redirect: Document, edition: Edition, item: ContentItem) -> list[Write]:
    path = edition.base_path
    head = {"owner": redirect.owner, "lock_version": redirect.lock_version, "live": edition.number}
    return [
        _head(redirect, head),
        _put_edition(redirect, edition),
        Update(_path_key(path), "reservation", set={"live": redirect.name, "substitutable": True}, expect=_attr("live").eq(moved.name)),
        _answer(redirect, path, item),
        *_claim_id(redirect),
    ]


def _substituted(name: str) -> Update:
    content_id, locale = name.split("#")
    unpublishing = json.dumps({"type": "substitute", "unpublished_at": clock.stamp()})
    return Update(_document_key(content_id, locale), "head", set={"unpublishing": unpublishing}, expect=_attr("pk").exists())


def _update(
    pk: str,
    sk: str,
    values: Fields,
    *,
    add: dict[str, int] | None = None,
    expect: ConditionBase | None = None,
    emits: Sequence[PlatformEvent] = (),
) -> Update:
    """Set what has a value and remove what has none."""
    there = {name: value for name, value in values.items() if value is not None}
    return Update(pk, sk, set=there, remove=[name for name in values if name not in there], add=add or {}, expect=expect, emits=emits)


def _edition(item: Item) -> Edition:
    return Edition(item["number"], json.loads(item["fields"]), bodies.kept(item, "details"))


def _document_key(content_id: str, locale: str) -> str:
    return f"content#{content_id}#{locale}"


def _edition_key(number: int) -> str:
    return f"edition#{number:06}"


def _possible(path: str) -> bool:
    return len(path) <= LONGEST_PATH


def _path_key(path: str) -> str:
    return f"path#{path}"


def _path(item: Item, kind: str) -> Item:
    return {"pk": _path_key(item["path"]), "sk": kind}


def _attr(name: str) -> Any:
    from boto3.dynamodb.conditions import Attr

    return Attr(name)
