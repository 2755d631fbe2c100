"""Blocks that stand out: `$CTA … $CTA` and its like, `^information^`, `%warning%`, a figure or an answer to highlight."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from functions.publishing.govspeak.blocks import closed, enclosed, line, opened, paragraph, parse_within

_FENCED = {
    "$CTA": ("$CTA", "call-to-action"),
    "$AI": ("$AI", "additional-information"),
    "$A": ("$A", "address"),
    "$C": ("$C", "contact"),
    "$D": ("$D", "form-download"),
    "$E": ("$E", "example"),
    "$I": ("$I", "information"),
    "$P": ("$P", "place"),
    "$!": ("$!", "summary"),
    "{::highlight-answer}": ("{:/highlight-answer}", "highlight-answer"),
    "{stat-headline}": ("{/stat-headline}", "stat-headline"),
}
"""What closes each fence, and its class. Longer marks come first: `$C` begins `$CTA`."""

_PLAIN = frozenset({"additional-information", "call-to-action", "contact", "form-download", "summary"})
"""Where links to other sites say nothing of it."""

_NOTICES = {"^": ("Information", "info-notice"), "%": ("Warning", "help-notice")}
"""The label and the class of a notice, by the mark around its one line."""

_FENCE = re.compile("|".join(re.escape(mark) for mark in _FENCED))


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    opening = _FENCE.match(line(state, start))
    if opening is None:
        return False
    closing, name = _FENCED[opening[0]]
    found = enclosed(state, start, end, opening[0], closing)
    if found is None or silent:
        return found is not None
    text, last = found
    plain = name in _PLAIN
    opened(state, "div", {"class": name}, plain=plain)
    if name == "address":
        _address(state, text)
    else:
        parse_within(state, text)
    closed(state, "div", plain=plain)
    state.line = last + 1
    return True


def _address(state: StateBlock, text: str) -> None:
    opened(state, "div", {"class": "adr org fn"})
    # Two spaces before a line's end are Markdown's own way to say that the line breaks here.
    paragraph(state, "  \n".join(part.strip() for part in text.strip().splitlines()))
    closed(state, "div")


def _notice(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    text = line(state, start).rstrip()
    mark = text[0]
    inside = text[1:].removesuffix(mark).strip()
    if not inside or silent:
        return bool(inside)
    label, name = _NOTICES[mark]
    opened(state, "div", {"role": "note", "aria-label": label, "class": f"application-notice {name}"})
    parse_within(state, inside)
    closed(state, "div")
    state.line = start + 1
    return True


BLOCKS = {"$": _fence, "{": _fence, "^": _notice, "%": _notice}
"""The rule to try on a line, by its first character."""
