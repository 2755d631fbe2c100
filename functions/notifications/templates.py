"""The template engine (contract 2.1): what `schemas/placeholders.py` fills, and a template as a page shows it."""

from __future__ import annotations

import re
from html import escape

from schemas.placeholders import (
    OBSCURE_WHITESPACE,
    PLACEHOLDER,
    SHOWS,
    WITHOUT_OBSCURE,
    Personalisation,
    bullets,
    fill,
    is_blank,
    missing,
    one_line,
    placeholders,
    prose,
    with_defaults,
)

__all__ = [
    "OBSCURE_WHITESPACE",
    "SHOWS",
    "WITHOUT_OBSCURE",
    "Personalisation",
    "bullets",
    "fill",
    "highlighted",
    "is_blank",
    "missing",
    "one_line",
    "placeholders",
    "prose",
    "with_defaults",
]


def highlighted(text: str) -> str:
    """A text for a page that shows a template: its placeholders marked, and all of it HTML."""
    shown: list[str] = []
    at = 0
    for match in PLACEHOLDER.finditer(text):
        shown += [escape(text[at : match.start()], quote=False), _marked(match)]
        at = match.end()
    return "".join([*shown, escape(text[at:], quote=False)])


def _marked(match: re.Match[str]) -> str:
    name, is_conditional, text = (escape(part, quote=False) for part in match[1].partition("??"))
    if is_conditional:
        return f'<span class="placeholder-conditional">(({name}??</span>{text}))'
    return f'<span class="placeholder">(({name}))</span>'
