"""Quotations: the marks around one are taken off, for the block says it; its last paragraph can be told from the others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_MARKS = '"“”„‟″‶'


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser, before inline text is parsed: the marks are no part of the text."""
    markdown.core.ruler.before("inline", "govspeak_quotations", _quote)


def _quote(state: StateCore) -> None:
    paragraph: Token | None = None
    for token, following in _inside_quotations(state.tokens):
        if token.type == "paragraph_open":
            paragraph = None if token.hidden else token
        elif token.type == "inline":
            token.content = "\n".join(_unquoted(line) for line in token.content.split("\n"))
        elif token.type == "paragraph_close" and paragraph and following.nesting == -1:
            paragraph.attrJoin("class", "last-child")


def _unquoted(line: str) -> str:
    text = line.rstrip()
    return text.strip(_MARKS) + line[len(text) :]  # two spaces at its end are a line break


def _inside_quotations(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    depth = 0
    for token, following in pairwise(tokens):
        if token.type.startswith("blockquote_"):
            depth += token.nesting
        if depth:
            yield token, following
