"""Where the words of a notification are kept: in its item, or in the room's bucket where they would outgrow it.

Like the item they are kept for seven days: what stands under `PREFIX` is expected to expire after eight, noncurrent versions with it, by a
lifecycle rule of the bucket. The same words are written anew by each notification that has them, so that the eight days begin again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from functions.common import clients
from functions.common.settings import setting

LARGEST_INLINE = 200_000
"""Bytes of words that an item holds; DynamoDB allows 400 KB for all of it."""

PREFIX = "content/"
"""Where the bucket keeps words, and nothing else: the rule that lets them expire names it."""

type Words = Mapping[str, Any]
"""The subject, the body and the rest of what a caller wrote, by name."""


def keep(words: Words) -> dict[str, str]:
    """The attributes that hold these words."""
    text = json.dumps(words, ensure_ascii=False)
    raw = text.encode()
    if len(raw) <= LARGEST_INLINE:
        return {"content": text}
    key = f"{PREFIX}{hashlib.sha256(raw).hexdigest()}"
    clients.s3().put_object(Bucket=setting("BUCKET"), Key=key, Body=raw, ContentType="application/json")
    return {"content_key": key}


def fetch(item: Mapping[str, Any]) -> Words:
    """The words that an item holds, or points to."""
    if "content" in item:
        words: Words = json.loads(item["content"])
    else:
        words = json.loads(clients.s3().get_object(Bucket=setting("BUCKET"), Key=item["content_key"])["Body"].read())
    return words
