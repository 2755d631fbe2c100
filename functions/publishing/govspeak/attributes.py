"""Kramdown's attribute lists: `{: .class #id rel="next"}` after or before a block, or right after a link or an emphasis."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from functions.publishing.govspeak.blocks import Attributes, line

_LIST = re.compile(r"\{:(?!:)([^{}\n]*)\}")
# A word is looked at from its beginning only, or one that is no attribute would be read from each of its letters.
_PART = re.compile(
    r"""(?<![\w.-])\.(?P<name>[\w-]+)|\#(?P<id>[A-Za-z][\w:-]*)|(?<![\w-])(?P<key>[A-Za-z][\w-]*)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')"""
)


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser to give attributes to blocks before inline text is parsed, and to what is inside of them after."""
    markdown.core.ruler.before("inline", "govspeak_attributes", _give)
    markdown.core.ruler.before("text_join", "govspeak_span_attributes", _give_inside)


def announce(state: StateBlock, number: int, attributes: Attributes) -> None:
    """The line with this number gives attributes: to the block that it follows directly, else to the next."""
    token = state.push("attributes", "", 0)
    token.attrs = attributes
    token.hidden = True
    token.meta["follows"] = number > 0 and not state.isEmpty(number - 1)
    state.line = number + 1


def _attributes_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    found = _LIST.fullmatch(line(state, start).rstrip())
    if found is None or silent:
        return found is not None
    announce(state, start, _read(found[1]))
    return True


def _read(text: str) -> Attributes:
    attributes: Attributes = {}
    names = []
    for part in _PART.finditer(text):
        if part["name"]:
            names.append(part["name"])
        elif part["id"]:
            attributes["id"] = part["id"]
        else:
            attributes[part["key"].lower()] = part["double"] if part["double"] is not None else part["single"]
    return attributes | ({"class": " ".join(names)} if names else {})


def _give(state: StateCore) -> None:
    if not any(token.type == "attributes" for token in state.tokens):
        return
    kept: list[Token] = []
    ancestors: list[Token] = []
    last: Token | None = None
    waiting: Token | None = None
    for token in state.tokens:
        if token.type == "attributes":
            if token.meta["follows"] and last is not None:
                _add(last, token)
            else:
                waiting = token
            continue
        kept.append(token)
        if token.nesting >= 0 and token.type != "inline":
            if waiting is not None:
                _add(token, waiting)
            waiting = last = None
        if token.nesting == 1:
            ancestors.append(token)
        elif token.nesting == -1:
            last = ancestors.pop()
    state.tokens = kept


def _give_inside(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and "{:" in token.content:
            _give_to_spans(token.children)


def _give_to_spans(children: Sequence[Token]) -> None:
    ancestors: list[Token] = []
    last: Token | None = None
    for child in children:
        if last is not None and child.type == "text" and (found := _LIST.match(child.content)):
            last.attrs |= _read(found[1])
            child.content = child.content[found.end() :]
        last = child if child.type in {"code_inline", "image"} else None
        if child.nesting == 1:
            ancestors.append(child)
        elif child.nesting == -1:
            last = ancestors.pop()


def _add(token: Token, given: Token) -> None:
    names = " ".join(str(attributes["class"]) for attributes in (token.attrs, given.attrs) if "class" in attributes)
    token.attrs |= given.attrs | ({"class": names} if names else {})


BLOCKS = {"{": _attributes_line}
"""The rule to try on a line, by its first character."""
