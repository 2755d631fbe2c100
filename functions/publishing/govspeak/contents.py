"""A text's headings: as a list and as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from functions.publishing.govspeak.inlines import plain

_TOP = 2
"""The level of a text's own first headings: the page's title is the only one above."""


@dataclass(frozen=True)
class Header:
    """A heading, and the id that links lead to."""

    text: str
    level: int
    id: str


@dataclass(frozen=True)
class StructuredHeader(Header):
    """A heading and those under it."""

    headers: Sequence[StructuredHeader] = ()


def found(tokens: Sequence[Token]) -> Iterator[Header]:
    """The headings of a parsed text, in their order."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            yield Header(plain(inline.children or []).strip(), int(opening.tag[1]), str(opening.attrGet("id")))


def nested(headers: Sequence[Header], level: int = _TOP) -> list[StructuredHeader]:
    """The same as a tree. A heading that skips a level is in nobody's part of it, and is left out."""
    starts = [index for index, header in enumerate(headers) if header.level == level]
    parts = [headers[start:end] for start, end in pairwise([*starts, len(headers)])]
    return [StructuredHeader(top.text, top.level, top.id, nested(part, level + 1)) for top, *part in parts]
