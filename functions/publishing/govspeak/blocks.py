"""What the families of blocks share: reading lines, finding where a block ends, and parsing what is inside it."""

from __future__ import annotations

from collections.abc import Callable

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

BlockRule = Callable[[StateBlock, int, int, bool], bool]
Attributes = dict[str, str | int | float]

_DEEPEST = 20
"""Blocks inside blocks inside blocks: as many as the parser allows of its own."""


def line(state: StateBlock, number: int) -> str:
    """A line without its indentation."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def opened(state: StateBlock, tag: str, attributes: Attributes | None = None, *, plain: bool = False) -> Token:
    """An element begins. Inside a `plain` one, links to other sites say nothing of it."""
    token = state.push(f"{tag}_open", tag, 1)
    token.attrs = attributes or {}
    token.meta["plain"] = int(plain)
    return token


def closed(state: StateBlock, tag: str, *, plain: bool = False) -> Token:
    """The element that was opened last ends."""
    token = state.push(f"{tag}_close", tag, -1)
    token.meta["plain"] = int(plain)
    return token


def paragraph(state: StateBlock, text: str, attributes: Attributes | None = None) -> None:
    """A paragraph whose text is Markdown."""
    state.push("paragraph_open", "p", 1).attrs = attributes or {}
    inline = state.push("inline", "", 0)
    inline.content, inline.children = text, []
    state.push("paragraph_close", "p", -1)


def html(state: StateBlock, markup: str) -> None:
    """A block that is HTML already."""
    if markup:
        state.push("html_block", "", 0).content = f"{markup}\n"


def parse_within(state: StateBlock, text: str) -> None:
    """Blocks inside the one that is open, from a text of their own."""
    depth = state.env.get("depth", 0)
    if depth >= _DEEPEST:
        paragraph(state, text.strip())
        return
    first = len(state.tokens)
    state.env["depth"] = depth + 1
    state.md.block.parse(text, state.md, state.env, state.tokens)
    state.env["depth"] = depth
    for token in state.tokens[first:]:
        token.level += state.level  # a list tells its own paragraphs by their level


def enclosed(state: StateBlock, start: int, end: int, opening: str, closing: str) -> tuple[str, int] | None:
    """The text from an opening mark to the line that the closing one ends, and the number of that line."""
    last = _closing_line(state, start, end, opening, closing)
    if last is None:
        return None
    text = state.getLines(start, last + 1, state.blkIndent, False).strip()
    return text[len(opening) :].rstrip().removesuffix(closing).strip("\n"), last


def _closing_line(state: StateBlock, start: int, end: int, opening: str, closing: str) -> int | None:
    # Where one opening found no closing, none between them will: remembered, or a text of openings alone would take a quadratic time.
    searched = state.env.setdefault("searched", {})
    key = (closing, end, state.blkIndent, state.src)
    if start < searched.get(key, 0):
        return None
    if line(state, start)[len(opening) :].rstrip().endswith(closing):
        return start
    number = start + 1
    while number < end and (state.sCount[number] >= state.blkIndent or state.isEmpty(number)):
        if line(state, number).rstrip().endswith(closing):
            return number
        number += 1
    searched[key] = number
    return None
