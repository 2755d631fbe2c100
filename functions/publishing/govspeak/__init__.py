"""Govspeak to safe HTML: Markdown with the extensions that GOV.UK's publishers write.

One engine (markdown-it-py), one file for each family of extensions, and a sanitiser at the end that lets through what a page
may hold and nothing that runs.
"""

from __future__ import annotations

from collections.abc import Collection

from markdown_it import MarkdownIt

from functions.publishing.govspeak import callouts, headings, links, tables
from functions.publishing.sanitise import sanitise

__all__ = ["VERSION", "to_html"]

VERSION = "10.11.0"
"""The version of the reference whose dialect this is."""

_markdown = MarkdownIt("commonmark", {"html": True, "typographer": True}).enable(["table", "replacements", "smartquotes"])
for family in (callouts, headings, links, tables):
    family.extend(_markdown)


def to_html(govspeak: str, own_domains: Collection[str] = ("www.gov.uk",)) -> str:
    """The HTML of a text in Govspeak, sanitised. Links to other sites than `own_domains` say that they are external."""
    return sanitise(_markdown.render(govspeak, {"own_domains": own_domains}))
