"""`{button start}[Start now](https://…){/button}`: a link that looks like a button."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markupsafe import Markup

from functions.publishing.govspeak.blocks import html

_ARROW = Markup(
    '<svg class="govuk-button__start-icon" xmlns="http://www.w3.org/2000/svg" width="17.5" height="19" viewBox="0 0 33 40"'
    ' aria-hidden="true" focusable="false"><path fill="currentColor" d="M0 0h13l20 20-20 20H0l20-20z"></path></svg>'
)
_BUTTON = re.compile(r"\{button([^}\n]*)\}\s*\[([^\]\n]+)\]\(([^)\n]+)\)\s*\{/button\}[ \t]*(?=\n|$)")
_TRACKING = re.compile(r"cross-domain-tracking:(\S+)")


def _button(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _BUTTON.match(state.src, state.bMarks[start] + state.tShift[start])
    if found is None or found.end() > state.eMarks[end - 1] or silent:
        return found is not None
    arguments, text, href = (part.strip() for part in found.groups())
    html(state, _markup(arguments.split(), text, href, _TRACKING.search(arguments)))
    state.line = start + found[0].count("\n") + 1
    return True


def _markup(arguments: list[str], text: str, href: str, tracking: re.Match[str] | None) -> Markup:
    starts = "start" in arguments
    return Markup(
        '<p><a class="gem-c-button govuk-button{}" role="button" data-module="govuk-button" draggable="false"{} href="{}">{}{}</a></p>'
    ).format(
        " govuk-button--start" if starts else "",
        Markup(' data-tracking-code="{}"').format(tracking[1]) if tracking else "",
        href,
        text,
        _ARROW if starts else "",
    )


BLOCKS = {"{": _button}
"""The rule to try on a line, by its first character."""
