"""The Markdown of message bodies, read into tokens (contract 2.1): headings, lists, inset text, rules and links, and nothing else.

One parser for both parts of an email. Everything it does not know stays as it was written; nothing of it is ever taken for HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_HEADING = re.compile(r"^(#{1,2})[ \t]*(?=[^#\s])")
_DEEPER_HEADING = re.compile(r"^#{3,}[ \t]*")
_BULLET = re.compile(r"^([ \t]*)(?:•[ \t]*|[*-](?=[^\s*-]))")
_NUMBER = re.compile(r"^([ \t]*\d{1,9}\.)(?=[^\s\d.])")
_INSET = re.compile(r"^\^[ \t]*")
_NOT_OURS = re.compile(r"^([ \t]*)(?=[+>])|^([ \t]*\d{1,9})(?=\)[ \t])")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)")
_BARE_LINK = re.compile(r"https?://[^\s<>()]+[^\s<>().,;:!?'\"]", re.IGNORECASE)
_ALLOWED_LINK = re.compile(r"(?:https?:|mailto:|tel:)[^\s]", re.IGNORECASE)

RULES = ("heading", "list", "hr", "blockquote", "table", "newline", "escape", "entity", "link", "image")


def parse(body: str) -> list[Token]:
    """The tokens of a body whose placeholders are filled."""
    return _parser().parse("\n".join(_canonical(line) for line in body.splitlines() if not _FENCE.match(line)))


def children(token: Token) -> list[Token]:
    """What stands inside an inline token."""
    return token.children or []


def without_tables(tokens: list[Token]) -> Iterator[Token]:
    """Tokens but those of tables, which messages do not show."""
    inside = 0
    for token in tokens:
        if token.type == "table_open":
            inside += 1
        if not inside:
            yield token
        if token.type == "table_close":
            inside -= 1


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": 20}).enable(list(RULES))
    parser.core.ruler.push("addresses", _addresses)
    return parser


def _canonical(line: str) -> str:
    """One line as CommonMark writes it: the spaces that Notify does without, and escapes for what it has not."""
    if _DEEPER_HEADING.match(line):
        return _DEEPER_HEADING.sub("", line)
    if _NOT_OURS.match(line):
        return _NOT_OURS.sub(lambda match: f"{match[1] if match[1] is not None else match[2]}\\", line, count=1)
    line = _HEADING.sub(r"\1 ", line)
    line = _INSET.sub("> ", line)
    line = _BULLET.sub(r"\1* ", line)
    return _NUMBER.sub(r"\1 ", line)


def _addresses(state: StateCore) -> None:
    """Make bare web addresses links, and links to anywhere but the web, a mailbox or a telephone plain text."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = list(_linked(children(token)))


def _linked(tokens: list[Token]) -> Iterator[Token]:
    inside_link = False
    for token in tokens:
        if token.type == "link_open":
            inside_link = True
            token.attrSet("href", _href(str(token.attrGet("href") or "")))
        elif token.type == "link_close":
            inside_link = False
        if token.type == "text" and not inside_link:
            yield from _split(token)
        else:
            yield token


def _split(token: Token) -> Iterator[Token]:
    at = 0
    for match in _BARE_LINK.finditer(token.content):
        yield _text(token.content[at : match.start()])
        yield Token("link_open", "a", 1, attrs={"href": _href(match[0])}, markup="bare")
        yield _text(match[0])
        yield Token("link_close", "a", -1, markup="bare")
        at = match.end()
    yield _text(token.content[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _href(address: str) -> str:
    """An address fit for an attribute: no scheme but four, no quote that could end it, no escape made twice."""
    if not _ALLOWED_LINK.match(address):
        address = f"http://{address.lstrip('/')}"
    scheme, _, rest = address.partition(":")
    kept = "/?#=&;%~!$*+,@[]:" if scheme.lower().startswith("http") else "?=&;%"
    return f"{scheme}:{quote(rest, safe=kept)}"
