"""Blocks that stand out: `$CTA … $CTA` and its like, `^information^`, `%warning%`."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

_FENCED = {
    "$CTA": "call-to-action",
    "$AI": "additional-information",
    "$A": "address",
    "$C": "contact",
    "$D": "form-download",
    "$E": "example",
    "$I": "information",
    "$P": "place",
    "$!": "summary",
}
"""The class of each fence. Longer marks come first: `$C` begins `$CTA`."""

_NOTICES = {"^": ("Information", "info-notice"), "%": ("Warning", "help-notice")}
"""The label and the class of a notice, by the mark around its one line."""

_FENCE = re.compile("|".join(re.escape(mark) for mark in _FENCED))


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser these blocks. All may interrupt a paragraph."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("fence", "govspeak_fence", _fence, interrupts)
    markdown.block.ruler.before("fence", "govspeak_notice", _notice, interrupts)


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    opening = _FENCE.match(_line(state, start))
    if opening is None:
        return False
    mark = opening[0]
    last = _closing_line(state, start, end, mark)
    if last is None:
        return False
    if silent:
        return True
    text = state.getLines(start, last + 1, state.blkIndent, False).strip()
    inside = text[len(mark) :].rstrip().removesuffix(mark)
    name = _FENCED[mark]
    _open(state, start, last, {"class": name})
    if name == "address":
        _address(state, inside)
    else:
        state.md.block.parse(inside.strip("\n"), state.md, state.env, state.tokens)
    state.push("div_close", "div", -1)
    state.line = last + 1
    return True


def _closing_line(state: StateBlock, start: int, end: int, mark: str) -> int | None:
    # Where one opening found no closing, none after it will: remembered, or a text of openings alone would take a quadratic time.
    unclosed = state.env.setdefault("unclosed", set())
    key = (mark, end, len(state.src))
    if key in unclosed:
        return None
    for number in range(start, end):
        text = _line(state, number).rstrip()
        if number == start:
            text = text[len(mark) :]
        if text.endswith(mark):
            return number
    unclosed.add(key)
    return None


def _address(state: StateBlock, text: str) -> None:
    _open(state, state.line, state.line, {"class": "adr org fn"})
    lines = [line.strip() for line in text.strip().splitlines()]
    state.push("paragraph_open", "p", 1)
    # Two spaces before a line's end are Markdown's own way to say that the line breaks here.
    state.push("inline", "", 0).content = "  \n".join(lines)
    state.tokens[-1].children = []
    state.push("paragraph_close", "p", -1)
    state.push("div_close", "div", -1)


def _notice(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    text = _line(state, start).rstrip()
    if text[:1] not in _NOTICES or not text[1:].strip():
        return False
    if silent:
        return True
    mark = text[0]
    label, name = _NOTICES[mark]
    _open(state, start, start, {"role": "note", "aria-label": label, "class": f"application-notice {name}"})
    state.md.block.parse(text[1:].removesuffix(mark), state.md, state.env, state.tokens)
    state.push("div_close", "div", -1)
    state.line = start + 1
    return True


def _open(state: StateBlock, start: int, last: int, attributes: dict[str, str | int | float]) -> None:
    token = state.push("div_open", "div", 1)
    token.block = True
    token.map = [start, last + 1]
    token.attrs = attributes


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
