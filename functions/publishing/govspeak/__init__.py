"""Govspeak: Markdown with the extensions that GOV.UK's publishers write, made into HTML that is safe to show.

All of it is pure. One engine (markdown-it-py), one file for each family of extensions, and a sanitiser at the end that lets through what
a page may hold and nothing that runs. The engine takes long to import: import this where it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown_it.token import Token

from functions.publishing.govspeak import barcharts, contents, reading
from functions.publishing.govspeak.contents import Header, StructuredHeader
from functions.publishing.govspeak.options import Options
from functions.publishing.govspeak.parser import markdown
from functions.publishing.sanitise import kept, sanitise_written, suitable

__all__ = [
    "VERSION",
    "Header",
    "Options",
    "StructuredHeader",
    "extracted_links",
    "headers",
    "is_valid",
    "structured_headers",
    "to_html",
    "to_text",
]

VERSION = "10.11.0"
"""The version of the reference whose dialect this is."""

_USUAL = Options()


def to_html(text: str, options: Options = _USUAL) -> str:
    """The HTML of a text, sanitised."""
    html, env = _unsanitised(text, options)
    return barcharts.placed(sanitise_written(html, options.allowed_image_hosts), env.get("charts", ()))


def to_text(text: str, options: Options = _USUAL) -> str:
    """The words of a text, with one space between any two."""
    return reading.text(to_html(text, options))


def headers(text: str, options: Options = _USUAL) -> list[Header]:
    """The headings of a text, in their order."""
    return list(contents.found(_parsed(text, options)[0]))


def structured_headers(text: str, options: Options = _USUAL) -> list[StructuredHeader]:
    """The headings of a text, each with those under it, from the second level on: the first is the page's own."""
    return contents.nested(headers(text, options))


def extracted_links(text: str, options: Options = _USUAL, website_root: str = "") -> list[str]:
    """Where the links of a text lead, with the site's own made whole if its root is given."""
    hrefs = reading.links(to_html(text, options))
    return [f"{website_root}{href}" if href.startswith("/") and not href.startswith("//") else href for href in hrefs]


def is_valid(text: str, options: Options = _USUAL) -> bool:
    """Whether sanitising takes nothing out of what the text asks for."""
    html, _ = _unsanitised(text, options)
    return not reading.elements(html) - reading.elements(kept(html, options.allowed_image_hosts))


def _unsanitised(text: str, options: Options) -> tuple[str, dict[str, Any]]:
    tokens, env = _parsed(text, options)
    return markdown.renderer.render(tokens, markdown.options, env), env


def _parsed(text: str, options: Options) -> tuple[Sequence[Token], dict[str, Any]]:
    env: dict[str, Any] = {"options": options}
    return markdown.parse(suitable(text), env), env
