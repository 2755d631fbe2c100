"""Headings that can be linked to: each has an id, made of its text unless `{#one}` is written after it."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_CHOSEN = re.compile(r"\s*\{#([A-Za-z][\w:.-]*)\}\s*$")


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser ids, before inline text is parsed: a chosen id is no part of the text."""
    markdown.core.ruler.before("inline", "govspeak_chosen_ids", _take_chosen)
    markdown.core.ruler.push("govspeak_heading_ids", _identify)


def _take_chosen(state: StateCore) -> None:
    for heading, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if heading.type == "heading_open" and (chosen := _CHOSEN.search(inline.content)):
            inline.content = inline.content[: chosen.start()]
            heading.attrSet("id", chosen[1])


def _identify(state: StateCore) -> None:
    seen: dict[str, int] = {}
    for heading, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if heading.type != "heading_open" or heading.attrGet("id"):
            continue
        identity = slug(_text(inline))
        repeats = seen.get(identity, -1) + 1
        seen[identity] = repeats
        heading.attrSet("id", f"{identity}-{repeats}" if repeats else identity)


def slug(text: str) -> str:
    """What a heading is called in a link: its letters and digits, lower-cased, words joined by hyphens; `section` where it has none."""
    plain = re.sub(r"^[^a-zA-Z]+", "", text)
    return re.sub(r"[^a-zA-Z0-9 -]", "", plain).replace(" ", "-").lower() or "section"


def _text(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})
