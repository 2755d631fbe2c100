"""Long texts: in their item where that is small, else in S3 under their own hash, so that an item stays one that DynamoDB takes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.common import clients
from functions.common.settings import setting

LARGEST_INLINE = 100_000
"""Bytes of one text that stand in its item: three of them still fit (400 KB)."""


@dataclass(frozen=True)
class Kept:
    """A text that was kept: itself, or the key of the object that holds it."""

    text: str | None
    key: str | None = None

    def read(self) -> str:
        """The text, fetched where it is not here."""
        if self.key is None:
            return self.text or ""
        answer = clients.s3().get_object(Bucket=setting("BUCKET"), Key=self.key)
        return answer["Body"].read().decode()

    def attributes(self, name: str) -> dict[str, str | None]:
        """How it stands in an item, under `name` or `name_key`."""
        return {name: self.text, f"{name}_key": self.key}


def keep(text: str, *, inline: int = LARGEST_INLINE) -> Kept:
    """Keep a text. One of more than `inline` bytes is written to S3 first; writing it again changes nothing."""
    raw = text.encode()
    if len(raw) <= inline:
        return Kept(text)
    key = f"bodies/{hashlib.sha256(raw).hexdigest()}"
    clients.s3().put_object(Bucket=setting("BUCKET"), Key=key, Body=raw)
    return Kept(None, key)


def kept(item: Mapping[str, Any], name: str) -> Kept:
    """The text that an item keeps under `name`."""
    return Kept(item.get(name), item.get(f"{name}_key"))
