"""Lists whose items are steps, `s1. …`, or say their own number, `$LegislativeList`."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block

from functions.publishing.govspeak.blocks import closed, enclosed, line, opened, parse_within

_STEP = re.compile(r"s\d+\.\s+(\S.*)")
_OPENING, _CLOSING = "$LegislativeList", "$EndLegislativeList"


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser that in a legislative list a number is text."""
    markdown.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})


def _steps(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if silent or _STEP.match(line(state, start)) is None:
        return _STEP.match(line(state, start)) is not None
    opened(state, "ol", {"class": "steps"})
    number = start
    while number < end and state.sCount[number] >= state.blkIndent and (step := _STEP.match(line(state, number))):
        opened(state, "li")
        parse_within(state, step[1])
        closed(state, "li")
        number += 1
    closed(state, "ol")
    state.line = number
    return True


def _legislative_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if silent or line(state, start).rstrip() != _OPENING:  # silent: it begins a paragraph, and interrupts none
        return False
    found = enclosed(state, start, end, _OPENING, _CLOSING)
    if found is None:
        return False
    text, last = found
    opened(state, "div", {"class": "legislative-list-wrapper"}, plain=True)
    first = len(state.tokens)
    state.env["numbers_are_text"] = True
    parse_within(state, text)
    state.env["numbers_are_text"] = False
    _order(state, first)
    closed(state, "div", plain=True)
    state.line = last + 1
    return True


def _order(state: StateBlock, first: int) -> None:
    lists = [token for token in state.tokens[first:] if token.tag == "ul"]
    for token in lists:
        token.tag = "ol"
    if lists:
        lists[0].attrJoin("class", "legislative-list")


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.env.get("numbers_are_text") and line(state, start)[:1].isdigit():
        return False
    return list_block(state, start, end, silent)


BLOCKS = {"s": _steps, "$": _legislative_list}
"""The rule to try on a line, by its first character."""
