"""What the edition has and the text names: attachments, images, links and contacts. A name that nobody bears leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markupsafe import Markup

from functions.publishing.govspeak import attachments, contacts, images, links
from functions.publishing.govspeak.blocks import html, line, parse_within
from functions.publishing.govspeak.options import Options

Written = Callable[[Options, str], Markup]

_BLOCKS: Mapping[str, Written] = {
    "[Attachment:": attachments.card,
    "[Contact:": contacts.card,
    "[Image:": images.named,
    "[embed:attachments:image:": images.attached,
}
_INLINES: Mapping[str, Written] = {
    "[AttachmentLink:": attachments.link,
    "[embed:attachments:inline:": attachments.inline,
    "[embed:link:": links.embedded,
}

_BLOCK = re.compile(rf"({'|'.join(map(re.escape, _BLOCKS))})([^\[\]\n]*)\]")
_NUMBERED = re.compile(r"!!(\d{1,9})")
_INLINE = re.compile(rf"({'|'.join(map(re.escape, _INLINES))})([^\[\]\n]*)\]")


def _block(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    found = _BLOCK.match(line(state, start))
    if found is None or silent:
        return found is not None
    return _write(state, start, found, _BLOCKS[found[1]](state.env["options"], found[2].strip()))


def _numbered_image(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    found = _NUMBERED.match(line(state, start))
    if found is None or silent:
        return found is not None
    return _write(state, start, found, images.numbered(state.env["options"], found[1]))


def _write(state: StateBlock, number: int, found: re.Match[str], markup: Markup) -> bool:
    html(state, markup)
    if rest := line(state, number)[found.end() :].strip():
        parse_within(state, rest)
    state.line = number + 1
    return True


def _inline(state: StateInline, silent: bool) -> bool:
    found = _INLINE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        written = _INLINES[found[1]](state.env["options"], found[2].strip())
        state.push("html_inline", "", 0).content = written
    state.pos = found.end()
    return True


BLOCKS = {"[": _block, "!": _numbered_image}
"""The rule to try on a line, by its first character."""

INLINES = (_inline,)
"""The rules to try at a bracket."""
