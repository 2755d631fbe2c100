"""The one way to write an item down, and the hash that names it (Open Registers v1, contract 2.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256

from schemas.proof import printed

type Item = Mapping[str, str | list[str]]
"""The fields of a thing: each a text or a list of texts."""

_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")


def canonical_json(item: Item) -> bytes:
    """The item with keys sorted, no white space, UTF-8 unescaped. Raises UnicodeEncodeError on half a surrogate pair."""
    text = json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Python writes control characters in lower-case hexadecimal, registers in upper case. Whole escapes are taken: `\\u000b` stays text.
    return _ESCAPE.sub(lambda escape: _upper(escape[0]), text).encode()


def item_hash(canonical: bytes) -> str:
    """The name of an item: `sha-256:…` of its canonical form."""
    return printed(sha256(canonical).digest())


def _upper(escape: str) -> str:
    return rf"\u{escape[2:].upper()}" if escape.startswith(r"\u") else escape
