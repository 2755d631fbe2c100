"""Links that lead to another site say so: `rel="external"`. `x[so]x` does any, and `[embed:link:…]` is one of the edition's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

from functions.publishing.govspeak.options import Options


def extend(markdown: MarkdownIt) -> None:
    """Teach the parser to look where links go."""
    markdown.core.ruler.push("govspeak_external_links", _mark)


def embedded(options: Options, name: str) -> Markup:
    """`[embed:link:…]`: a link to whatever has this content id, by its title."""
    link = options.link_by_content_id.get(name, {})
    title, href = str(link.get("title") or ""), str(link.get("url") or "")
    if not href:
        return escape(title)
    rel = Markup('rel="external" ') if _leads_away(href, options.document_domains) else ""
    return Markup('<a {}href="{}">{}</a>').format(rel, href, title)


def _mark(state: StateCore) -> None:
    domains = state.env["options"].document_domains
    plain = 0
    for token in state.tokens:
        plain += token.nesting * token.meta.get("plain", 0)
        if token.children:
            _mark_inline(token.children, None if plain else domains)


def _mark_inline(children: Sequence[Token], domains: Collection[str] | None) -> None:
    opened: Token | None = None
    before: Token | None = None
    for index, child in enumerate(children):
        if child.type == "link_open":
            opened, before = child, children[index - 1] if index else None
            if domains is not None and not child.attrGet("rel") and _leads_away(str(child.attrGet("href") or ""), domains):
                child.attrSet("rel", "external")
        elif child.type == "link_close" and opened and before and index + 1 < len(children):
            _mark_crossed(before, opened, children[index + 1])


def _mark_crossed(before: Token, link: Token, after: Token) -> None:
    stands_alone = not before.content[-2:-1].isalnum() and not after.content[1:2].isalnum()
    if before.type == after.type == "text" and before.content.endswith("x") and after.content.startswith("x") and stands_alone:
        before.content = before.content[:-1]
        after.content = after.content[1:]
        link.attrSet("rel", "external")


def _leads_away(href: str, domains: Collection[str]) -> bool:
    try:
        host = urlsplit(href).hostname
    except ValueError:
        return False
    return host is not None and host not in domains
