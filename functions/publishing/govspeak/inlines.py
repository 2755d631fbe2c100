"""Inline text, parsed: its words."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it.token import Token

BREAKS = frozenset({"softbreak", "hardbreak"})
"""Where a line ends."""


def plain(children: Iterable[Token]) -> str:
    """Inline text without its markup."""
    return "".join(_plain(child) for child in children)


def _plain(child: Token) -> str:
    if child.type in BREAKS:
        return " "
    return "" if child.type == "html_inline" else child.content
