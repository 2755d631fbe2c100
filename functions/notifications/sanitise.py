"""Take links and Markdown out of a value that a member of the public typed (contract 2.1, `sanitise_content_for`)."""

from __future__ import annotations

import re

# Each quantifier is over characters that the next part cannot begin with, so that long values cost no more than their length.
_LINK = re.compile(r"\b(?:https?|ftp)://[^\s()<>\[\]/]+\.[^\s()<>\[\]]+", re.IGNORECASE)
_PATH = re.compile(r"(?<=\.)([^\s()<>\[\]/.]+)[/?#][^\s()<>\[\]]*")
_DOTTED = re.compile(r"(?<=\w)\.(?=\w)")
_MARKDOWN = re.compile(r"([`*_(){}\[\]<>#+\-.!|\\])")


def sanitise(value: str) -> str:
    """The value with its web addresses removed, dotted words parted and Markdown's own characters escaped."""
    without_links = _PATH.sub(r"\1", _LINK.sub("", value))
    return _MARKDOWN.sub(r"\\\1", _DOTTED.sub(". ", without_links))
