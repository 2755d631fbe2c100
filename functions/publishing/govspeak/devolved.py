"""A text for one part of the country: `:england:…:england:`."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markupsafe import Markup

from functions.publishing.govspeak.blocks import closed, enclosed, html, line, opened, parse_within
from functions.publishing.govspeak.wording import words

_MARK = re.compile(":(england|england-wales|london|northern-ireland|scotland|wales):")


def _devolved(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    opening = _MARK.match(line(state, start))
    found = opening and enclosed(state, start, end, opening[0], opening[0])
    if not opening or not found or silent:
        return bool(found)
    text, last = found
    place = opening[1]
    opened(state, "div", {"class": f"devolved-content {place}"})
    html(state, Markup('<p class="devolved-header">{}</p>').format(words(state.env["options"].locale)[place]))
    opened(state, "div", {"class": "devolved-body"})
    parse_within(state, text.strip())
    closed(state, "div")
    closed(state, "div")
    state.line = last + 1
    return True


BLOCKS = {":": _devolved}
"""The rule to try on a line, by its first character."""
