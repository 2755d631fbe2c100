"""Definition lists: a term in a line of its own, and under it `: what it means`."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from functions.publishing.govspeak.blocks import closed, line, opened, parse_within

_MARKER = re.compile(r":[ \t]+(?=\S)")


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser these lists. They interrupt nothing: their first line could be a paragraph's."""
    markdown.block.ruler.before("lheading", "govspeak_definitions", _definitions)


def _definitions(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if silent or _first_meaning(state, start, end) is None:
        return False
    opened(state, "dl")
    number = start
    while (first := _first_meaning(state, number, end)) is not None:
        for term in range(number, first):
            _inline(state, "dt", line(state, term).strip())
        number = first
        while number < end and (marker := _marker(state, number)):
            number = _meaning(state, number, end, marker.end())
        state.line = number
        number = _next_line(state, number, end)
    closed(state, "dl")
    return True


def _first_meaning(state: StateBlock, start: int, end: int) -> int | None:
    """The number of the line that says what the lines from here on mean, if they are terms."""
    # Where no meaning was found, none is before that line: remembered, or lines that end no paragraph would take a quadratic time.
    searched = state.env.setdefault("searched", {})
    key = (": ", end, state.blkIndent, state.src)
    number = max(start, searched.get(key, 0))
    while number < end and not state.isEmpty(number) and state.sCount[number] >= state.blkIndent:
        if _marker(state, number):
            return number if number > start else None
        number += 1
        searched[key] = number
    return None


def _marker(state: StateBlock, number: int) -> re.Match[str] | None:
    if state.is_code_block(number) or state.sCount[number] < state.blkIndent:
        return None
    return _MARKER.match(line(state, number))


def _meaning(state: StateBlock, number: int, end: int, marked: int) -> int:
    """Write one meaning, whose mark is so long; the number of the line after it."""
    indent = state.sCount[number] + marked
    last = number + 1
    while (following := _next_line(state, last, end)) < end and state.sCount[following] >= indent:
        last = following + 1
    first_line = line(state, number)[marked:]
    if last == number + 1:
        _inline(state, "dd", first_line.strip())
    else:
        opened(state, "dd")
        parse_within(state, f"{first_line}\n{state.getLines(number + 1, last, indent, False)}")
        closed(state, "dd")
    return last


def _next_line(state: StateBlock, number: int, end: int) -> int:
    while number < end and state.isEmpty(number):
        number += 1
    return number


def _inline(state: StateBlock, tag: str, text: str) -> None:
    opened(state, tag)
    inline = state.push("inline", "", 0)
    inline.content, inline.children = text, []
    closed(state, tag)
