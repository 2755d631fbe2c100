"""Where the words of a notification are kept: in its item, or in the room's bucket where they would outgrow it.

Like the item they are kept for as long as the service keeps its messages: what stands under a prefix of `prefix` expires a day after that,
by a lifecycle rule of the bucket. The same words are written anew by each notification that has them, so that the days begin again.
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

type Words = Mapping[str, Any]
"""The subject, the body and the rest of what a caller wrote, by name."""


def prefix(retention_days: int) -> str:
    """Where the bucket keeps what is kept for so many days: the rule that lets it expire names it."""
    return f"content/{retention_days:03}/"


def keep(words: Words, retention_days: int) -> dict[str, str]:
    """The attributes that hold these words."""
    text = json.dumps(words, ensure_ascii=False)
    raw = text.encode()
    if len(raw) <= LARGEST_INLINE:
        return {"content": text}
    key = f"{prefix(retention_days)}{hashlib.sha256(raw).hexdigest()}"
    clients.s3().put_object(Bucket=setting("BUCKET"), Key=key, Body=raw, ContentType="application/json")
    return {"content_key": key}


def fetch(item: Mapping[str, Any]) -> Words | None:
    """The words that an item holds, or points to; None where they are gone."""
    text = item["content"] if "content" in item else _object(item["content_key"])
    words: Words | None = None if text is None else json.loads(text)
    return words


def letter_key(service_id: str, name: str, retention_days: int) -> str:
    """Where the PDF of a letter is kept: by its notification's id where we make it, by its hash where a caller did."""
    return f"{prefix(retention_days)}letters/{service_id}/{name}.pdf"


def keep_letter(key: str, pdf: bytes) -> None:
    """Keep the PDF of a letter; the same one again changes nothing."""
    clients.s3().put_object(Bucket=setting("BUCKET"), Key=key, Body=pdf, ContentType="application/pdf")


def fetch_letter(key: str) -> bytes | None:
    """The PDF of a letter, or None where there is none yet."""
    return _object(key)


def _object(key: str) -> bytes | None:
    client = clients.s3()
    try:
        return client.get_object(Bucket=setting("BUCKET"), Key=key)["Body"].read()
    except client.exceptions.NoSuchKey:
        return None
