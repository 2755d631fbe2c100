"""The parser: Markdown, with each family of extensions in a file of its own."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from functions.publishing.govspeak import (
    abbreviations,
    attributes,
    barcharts,
    buttons,
    callouts,
    definitions,
    devolved,
    embedding,
    footnotes,
    headings,
    links,
    quotes,
    steps,
    tables,
    typography,
)
from functions.publishing.govspeak.blocks import BlockRule

_BLOCKS: dict[str, list[BlockRule]] = {}
for family in (callouts, steps, devolved, buttons, barcharts, attributes, embedding, footnotes, abbreviations):
    for mark, rule in family.BLOCKS.items():
        _BLOCKS.setdefault(mark, []).append(rule)

_INLINES = (*footnotes.INLINES, *embedding.INLINES)


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    rules = _BLOCKS.get(state.src[first : first + 1])
    if rules is None or first >= state.eMarks[start] or state.is_code_block(start):
        return False
    return any(rule(state, start, end, silent) for rule in rules)


def _inline(state: StateInline, silent: bool) -> bool:
    return state.src[state.pos] == "[" and any(rule(state, silent) for rule in _INLINES)


markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
markdown.block.ruler.before("table", "govspeak", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
markdown.inline.ruler.before("link", "govspeak", _inline)
for family in (headings, steps, definitions, attributes, tables, quotes, footnotes, typography, abbreviations, links, barcharts):
    family.extend(markdown)
