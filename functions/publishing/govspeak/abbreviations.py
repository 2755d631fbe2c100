"""`*[HTML]: Hyper Text Markup Language`: wherever HTML is written, it says what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from functions.publishing.govspeak.blocks import line

_DEFINITION = re.compile(r"\*\[([^\]]+)\]:(.*)")

_LONGEST = 500
"""As many characters of a meaning are kept: it is written again wherever its abbreviation is."""


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser to look for what was defined when all text is known."""
    markdown.core.ruler.after("text_join", "govspeak_abbreviations", _abbreviate)


def _define(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    found = _DEFINITION.fullmatch(line(state, start))
    if found is None or silent:
        return found is not None
    state.env.setdefault("abbreviations", {})[found[1].strip()] = found[2].strip()[:_LONGEST]
    state.line = start + 1
    return True


def _abbreviate(state: StateCore) -> None:
    meanings = {short: meaning for short, meaning in state.env.get("abbreviations", {}).items() if short}
    if not meanings:
        return
    # By first letter the lengths, longest first: however many are defined, each place in the text is looked at a few times.
    lengths = {first: sorted({len(short) for short in meanings if short[0] == first}, reverse=True) for first in {s[0] for s in meanings}}
    starts = re.compile(f"(?<!\\w)[{re.escape(''.join(lengths))}]")
    for token in state.tokens:
        if token.children:
            token.children = [part for child in token.children for part in _parts(child, starts, lengths, meanings)]


def _parts(child: Token, starts: re.Pattern[str], lengths: Mapping[str, Sequence[int]], meanings: Mapping[str, str]) -> Iterator[Token]:
    if child.type != "text" or not starts.search(child.content):
        yield child
        return
    text, written = child.content, 0
    for place in starts.finditer(text):
        start = place.start()
        short = next(_words(text, start, lengths[place[0]], meanings), None) if start >= written else None
        if short:
            yield _text(text[written:start])
            yield from _explained(short, meanings[short])
            written = start + len(short)
    yield _text(text[written:])


def _words(text: str, start: int, lengths: Sequence[int], meanings: Mapping[str, str]) -> Iterator[str]:
    for length in lengths:
        after = text[start + length : start + length + 1]
        if text[start : start + length] in meanings and not (after.isalnum() or after == "_"):
            yield text[start : start + length]


def _explained(short: str, meaning: str) -> Iterator[Token]:
    yield Token("abbr_open", "abbr", 1, {"title": meaning} if meaning else {})
    yield _text(short)
    yield Token("abbr_close", "abbr", -1)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


BLOCKS = {"*": _define}
"""The rule to try on a line, by its first character."""
