"""What the content API answers at a path, and when something is meant to be published there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from functions.common import clients
from functions.common.table import Item, Update
from functions.publishing import bodies
from functions.publishing.documents import Document, Fields
from functions.publishing.documents import Item as ContentItem
from functions.publishing.store.table import attr, path_key, table, update
from schemas.content.fields import LONGEST_PATH
from schemas.platform import PlatformEvent

DEEPEST = 50
"""Paths above a path that are looked at."""


def content(path: str, *, consistent: bool = False) -> Item | None:
    """What the content API answers at a path: `status`, the `item` as a kept text, `etag`, `routes`, `document`, `revision`;
    `embeds` where its texts ask for content blocks.

    Where only something is meant to be published, there is no `status`; `publish_at` is when, in seconds since 1970.
    """
    return table.get(path_key(path), "content", consistent=consistent) if possible(path) else None


def contents_above(path: str) -> list[Item]:
    """What the content API answers at the paths above a path, nearest first: for routes that cover more than their own path."""
    segments = path.split("/")
    above = ["/".join(segments[:length]) for length in range(len(segments) - 1, 1, -1)][:DEEPEST]
    if not above or not possible(path):
        return []
    keys = [{"pk": {"S": path_key(one)}, "sk": {"S": "content"}} for one in above]
    names = {"#s": "status"}
    wanted = {"Keys": keys, "ProjectionExpression": "pk, #s, routes", "ExpressionAttributeNames": names}
    answer = clients.dynamodb().batch_get_item(RequestItems={table.name: wanted})  # type: ignore[dict-item]  # the shape is the service's own
    found = {item["pk"]["S"]: item for item in answer["Responses"].get(table.name, []) if "status" in item}
    return [
        {"path": one, "status": int(item["status"]["N"]), "routes": json.loads(item["routes"]["S"])}
        for one in above
        if (item := found.get(path_key(one)))
    ]


def answer(document: Document, path: str, item: ContentItem) -> Update:
    """Answer with this from now on, in the write that makes it so. Its links come when it is rendered."""
    routes, embeds = json.dumps(list(item.routes)), item.embeds or None
    values = {"document": document.name, "status": item.status, "routes": routes, "embeds": embeds, "made_at": None}
    return update(path_key(path), "content", {**values, **_kept(item.fields)}, add={"revision": 1})


def remade(path: str, content: Item, fields: Mapping[str, Any], made_at: str, emits: Sequence[PlatformEvent]) -> Update:
    """Answer with the same item, its links as they were at a moment; unless somebody wrote it since `content` was read."""
    seen = attr("made_at").eq(content["made_at"]) if "made_at" in content else attr("made_at").not_exists()
    unchanged = attr("revision").eq(content["revision"]) & seen
    return update(path_key(path), "content", {**_kept(fields), "made_at": made_at}, expect=unchanged, emits=emits)


def _kept(fields: Mapping[str, Any]) -> Fields:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {"etag": hashlib.sha256(text.encode()).hexdigest()[:32], **bodies.keep(text).attributes("item")}


def possible(path: str) -> bool:
    """Whether a path may be a key: a longer one can hold nothing."""
    return len(path) <= LONGEST_PATH
