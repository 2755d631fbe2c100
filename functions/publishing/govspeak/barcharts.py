"""`{barchart stacked compact negative}` under a table: the table stays as it is, and a chart of it goes before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from functions.publishing.govspeak import chart
from functions.publishing.govspeak.attributes import announce
from functions.publishing.govspeak.blocks import line
from functions.publishing.govspeak.inlines import plain

_ORDER = re.compile(r"\{barchart([^{}\n]*)\}")
_CLASSES = {"stacked": "mc-stacked", "compact": "compact", "negative": "mc-negative"}
_PLACE = '<div data-barchart="{}"></div>'
_PLACES = re.compile(_PLACE.format(r"(\d{1,6})"))


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser to draw when all cells are known."""
    markdown.core.ruler.push("govspeak_barcharts", _draw)


def placed(html: str, charts: Sequence[Markup]) -> str:
    """The sanitised HTML with the charts in it.

    A chart is no author's markup, so it is not sanitised with theirs: until then an empty element keeps its place. An author may write
    such an element too, so that each chart is placed once.
    """
    waiting = dict(enumerate(charts))
    return _PLACES.sub(lambda found: waiting.pop(int(found[1]), ""), html) if waiting else html


def _order(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    found = _ORDER.fullmatch(line(state, start).rstrip())
    if found is None or silent:
        return found is not None
    names = [name for asked, name in _CLASSES.items() if asked in found[1].split()]
    announce(state, start, {"class": " ".join(["js-barchart-table", *names, "mc-auto-outdent"])})
    return True


def _draw(state: StateCore) -> None:
    drawn: list[Token] = []
    for index, token in enumerate(state.tokens):
        names = str(token.attrGet("class") or "").split() if token.type == "table_open" else ()
        if "js-barchart-table" in names:
            picture = chart.drawn(_cells(state.tokens, index), stacked="mc-stacked" in names, compact="compact" in names)
            if picture:
                charts = state.env.setdefault("charts", [])
                drawn.append(Token("html_block", "", 0, content=_PLACE.format(len(charts))))
                charts.append(picture)
        drawn.append(token)
    state.tokens = drawn


def _cells(tokens: Sequence[Token], start: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for index in range(start + 1, len(tokens)):
        token = tokens[index]
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(plain(token.children or []))
    return rows


BLOCKS = {"{": _order}
"""The rule to try on a line, by its first character."""
