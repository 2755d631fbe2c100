"""Links that lead to another site say so: `rel="external"`."""

from __future__ import annotations

from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser to look where links go."""
    markdown.core.ruler.push("govspeak_external_links", _mark_external)


def _mark_external(state: StateCore) -> None:
    own_domains = state.env["own_domains"]
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "link_open" and _external(str(child.attrGet("href") or ""), own_domains):
                child.attrSet("rel", "external")


def _external(href: str, own_domains: frozenset[str]) -> bool:
    try:
        host = urlsplit(href).hostname
    except ValueError:
        return False
    return host is not None and host not in own_domains
