"""Notes: `[^1]` in the text and `[^1]: note` anywhere, gathered at its end. Their numbers are the order in which they are referred to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

from functions.publishing.govspeak.blocks import closed, line, opened, parse_within
from functions.publishing.govspeak.wording import words

_DEFINITION = re.compile(r"\[\^(\w[\w:-]*)\]:(.*)")
_REFERENCE = re.compile(r"\[\^(\w[\w:-]*)\]")
_INDENT = 4
"""How far the lines of a note are indented that follow its first."""


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser to number the notes when all that refers to them is known, and to write them last."""
    markdown.core.ruler.after("inline", "govspeak_footnotes", _gather)


def _define(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _DEFINITION.fullmatch(line(state, start))
    if found is None or silent:
        return found is not None
    last = start + 1
    while last < end and (state.isEmpty(last) or state.sCount[last] >= state.blkIndent + _INDENT):
        last += 1
    rest = state.getLines(start + 1, last, state.blkIndent + _INDENT, False)
    opened(state, "li", {"id": f"fn:{found[1]}"}).meta["note"] = found[1]
    parse_within(state, f"{found[2].strip()}\n{rest}")
    closed(state, "li").meta["note"] = found[1]
    state.env.setdefault("notes", set()).add(found[1])
    state.line = last
    return True


def _refer(state: StateInline, silent: bool) -> bool:
    found = _REFERENCE.match(state.src, state.pos)
    if found is None or found[1] not in state.env.get("notes", ()):
        return False
    if not silent:
        state.push("footnote_reference", "", 0).meta["name"] = found[1]
    state.pos = found.end()
    return True


def _gather(state: StateCore) -> None:
    if "notes" not in state.env:
        return
    wording = words(state.env["options"].locale)
    notes = _taken_out(state)
    references = _References(wording["footnote"])
    references.write(state.tokens)
    for name in references.order:  # which grows on the way: notes refer to notes
        references.write(notes[name])
    listed = [_with_ways_back(name, notes[name], references.times[name], wording["back"]) for name in references.order]
    if listed:
        state.tokens += [_html('<div class="footnotes" role="doc-endnotes"><ol>\n'), *chain.from_iterable(listed), _html("</ol></div>\n")]


def _taken_out(state: StateCore) -> dict[str, list[Token]]:
    notes: dict[str, list[Token]] = {}
    kept: list[Token] = []
    inside = [kept]
    for token in state.tokens:
        name = token.meta.get("note")
        if name and token.nesting == 1:
            inside.append([])
        inside[-1].append(token)
        if name and token.nesting == -1:
            notes[name] = inside.pop()
    state.tokens = kept
    return notes


class _References:
    """The names referred to so far, in their order, and how often."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.order: list[str] = []
        self.times: Counter[str] = Counter()
        self._numbers: dict[str, int] = {}

    def write(self, tokens: Iterable[Token]) -> None:
        for child in (child for token in tokens for child in token.children or [] if child.type == "footnote_reference"):
            name = child.meta["name"]
            if name not in self._numbers:
                self.order.append(name)
                self._numbers[name] = len(self.order)
            child.type = "html_inline"
            child.content = Markup(
                '<sup id="fnref:{}"><a href="#fn:{}" class="footnote" rel="footnote" role="doc-noteref">[{} {}]</a></sup>'
            ).format(_place(name, self.times[name]), name, self.label, self._numbers[name])
            self.times[name] += 1


def _place(name: str, repeat: int) -> str:
    return f"{name}:{repeat}" if repeat else name


def _with_ways_back(name: str, note: list[Token], times: int, label: str) -> list[Token]:
    links = [Token("html_inline", "", 0, content=f" {_way_back(name, repeat, label)}") for repeat in range(times)]
    if note[-2].type == "paragraph_close" and not note[-2].hidden:
        last = note[-3]
        last.children = [*(last.children or []), *links]
        return note
    inline = Token("inline", "", 0, children=links)
    return [*note[:-1], Token("paragraph_open", "p", 1), inline, Token("paragraph_close", "p", -1), note[-1]]


def _way_back(name: str, repeat: int, label: str) -> Markup:
    which = repeat + 1
    return Markup('<a href="#fnref:{}" class="reversefootnote" role="doc-backlink" aria-label="{}">↩{}</a>').format(
        _place(name, repeat),
        f"{label} {which}" if repeat else label,
        Markup("<sup>{}</sup>").format(which) if repeat else "",
    )


def _html(markup: str) -> Token:
    return Token("html_block", "", 0, content=markup)


BLOCKS = {"[": _define}
"""The rule to try on a line, by its first character."""

INLINES = (_refer,)
"""The rules to try at a bracket."""
