"""Placeholders in the texts of messages: `((name))`, `((name??shown where it is yes))` (notifications contract, 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

PLACEHOLDER = re.compile(r"\(\(([^()]+)\)\)")
_UNCOUNTED = {ord(character): None for character in " _-"}


def same(name: str) -> str:
    """A name as names are compared: case, spaces, `_` and `-` do not count."""
    return name.lower().translate(_UNCOUNTED)


def names(text: str) -> Iterator[str]:
    """The names in a text, as often as they stand there."""
    for match in PLACEHOLDER.finditer(text):
        yield match[1].partition("??")[0]
