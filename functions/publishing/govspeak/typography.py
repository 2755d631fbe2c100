"""Typographer's marks for what is typed: quotes that curl, dashes, an ellipsis, guillemets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from functions.publishing.govspeak.inlines import BREAKS

_SYMBOLS = {"---": "—", "--": "–", "...": "…", "<<": "«", ">>": "»"}
_SYMBOL = re.compile(r"---|--|\.\.\.|<<|>>")
_QUOTE = re.compile(r"""["']""")
_TYPED = re.compile(r"""["']|--|\.\.\.|<<|>>""")
_CURLED = {('"', True): "“", ('"', False): "”", ("'", True): "‘", ("'", False): "’"}
_DECADE = re.compile(r"\d\ds\b")


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser, while what was escaped still stands apart: it stays as it was typed."""
    markdown.core.ruler.before("text_join", "govspeak_typography", _set)


def _set(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and _TYPED.search(token.content):
            _set_inline(token.children)


def _set_inline(children: Sequence[Token]) -> None:
    texts = [child for child in children if (child.content and child.type != "html_inline") or child.type in BREAKS]
    addresses = {id(text) for link, text in pairwise(children) if link.info == "auto" and link.nesting == 1}
    before = " "
    for index, child in enumerate(texts):
        content = child.content or " "
        if child.type == "text" and id(child) not in addresses:
            after = texts[index + 1].content[:1] or " " if index + 1 < len(texts) else " "
            child.content = _curl(_SYMBOL.sub(lambda found: _SYMBOLS[found[0]], content), before, after)
        before = content[-1]


def _curl(text: str, before: str, after: str) -> str:
    """Which way a quote curls is decided by its neighbours: what is before it in the line, and what is after."""
    return "".join(_curled(text, before, after)) if _QUOTE.search(text) else text


def _curled(text: str, before: str, after: str) -> Iterator[str]:
    opens = False
    written = 0
    for found in _QUOTE.finditer(text):
        start, end = found.span()
        neighbour = text[start - 1] if start else before
        # Of two quotes side by side the second does what the first does.
        opens = opens if neighbour in "\"'" and start else _may_open(neighbour)
        opens = opens and not (text[end] if end < len(text) else after).isspace()
        if found[0] == "'" and _DECADE.match(text, end):
            opens = False
        yield text[written:start]
        yield _CURLED[found[0], opens]
        written = end
    yield text[written:]


def _may_open(neighbour: str) -> bool:
    return neighbour.isspace() or neighbour in "([{-–—/“‘«=\"'"
