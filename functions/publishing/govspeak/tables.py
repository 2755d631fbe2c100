"""Tables that can be heard: header cells have a scope, `# ` makes a row's first cell its header, and alignment is a class."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser Govspeak's header cells, before inline text is parsed: the `#` is no part of the text."""
    markdown.core.ruler.before("inline", "govspeak_tables", _head_cells)


def _head_cells(state: StateCore) -> None:
    first_of_row = False
    for index, token in enumerate(state.tokens):
        if token.type == "tr_open":
            first_of_row = True
        elif token.type in {"th_open", "td_open"}:
            inline, closing = state.tokens[index + 1 : index + 3]
            _head(token, inline, closing, first_of_row=first_of_row)
            _align(token)
            first_of_row = False


def _head(opening: Token, inline: Token, closing: Token, *, first_of_row: bool) -> None:
    marked = inline.content.startswith("#") and inline.content[1:2].strip() == "" and (first_of_row or opening.type == "th_open")
    if marked:
        inline.content = inline.content[2:].lstrip()
    # An empty header says nothing, and a screen reader would say it.
    headed = bool(inline.content) and (marked or opening.type == "th_open")
    opening.tag = closing.tag = "th" if headed else "td"
    if headed:
        opening.attrSet("scope", "col" if opening.type == "th_open" else "row")


def _align(opening: Token) -> None:
    style = str(opening.attrs.pop("style", ""))
    if style:
        opening.attrSet("class", f"cell-text-{style.removeprefix('text-align:')}")
