"""Headings that can be linked to: each has an id, made of its text unless `{#one}` is written after it, and may have a number."""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, heading, lheading
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from functions.publishing.govspeak.blocks import line

_CHOSEN = re.compile(r"\{#([A-Za-z][\w:.-]*)\}")
_UNDERLINE = re.compile(r"(-+|=+)[ \t]*")


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser headings, and their ids before inline text is parsed: a chosen id is no part of the text."""
    # They interrupt no paragraph: what comes before a heading is a blank line.
    markdown.block.ruler.at("heading", heading, {"alt": ["reference", "blockquote"]})
    markdown.block.ruler.at("lheading", _underlined, {"alt": []})
    markdown.core.ruler.before("inline", "govspeak_heading_ids", _identify)
    markdown.core.ruler.push("govspeak_heading_numbers", _number)


def _underlined(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # A heading is one line: a paragraph's last line is none, whatever is under it.
    if start + 1 >= end or state.sCount[start + 1] < state.blkIndent or not _UNDERLINE.fullmatch(line(state, start + 1)):
        return False
    return lheading(state, start, end, silent)


def _identify(state: StateCore) -> None:
    seen: dict[str, int] = {}
    for opening, inline in pairwise(state.tokens):
        if opening.type != "heading_open":
            continue
        _take_chosen(opening, inline)
        if opening.attrGet("id"):
            continue
        identity = slug(inline.content)
        repeats = seen.get(identity, -1) + 1
        seen[identity] = repeats
        opening.attrSet("id", f"{identity}-{repeats}" if repeats else identity)


def _take_chosen(opening: Token, inline: Token) -> None:
    before, brace, after = inline.content.rpartition("{#")
    if chosen := _CHOSEN.fullmatch(brace + after):
        inline.content = before.rstrip()
        opening.attrSet("id", chosen[1])


def slug(written: str) -> str:
    """What a heading is called in a link: its letters and digits as they were written, Markdown and all, lower-cased and hyphenated.

    Kramdown's own way (`header_ids`), so that links to pages made with it still arrive.
    """
    plain = re.sub(r"^[^a-zA-Z]+", "", written)
    return re.sub(r"[^a-zA-Z0-9 -]", "", plain).replace(" ", "-").lower() or "section"


def _number(state: StateCore) -> None:
    if not state.env["options"].auto_numbered_headers:
        return
    numbers: list[int] = []
    for opening, inline in pairwise(state.tokens):
        depth = int(opening.tag[1]) - 1 if opening.type == "heading_open" else 0
        # A heading too deep for where it stands has no number: there is nothing for it to be a part of.
        if depth and depth <= len(numbers) + 1:
            numbers = [*numbers[: depth - 1], [*numbers, 0][depth - 1] + 1]
            written = ".".join(map(str, numbers))
            text = f"{written}. " if depth == 1 else f"{written} "
            inline.children = [Token("text", "", 0, content=text), *(inline.children or [])]
