"""The Markdown of message bodies, read into tokens (contract 2.1): headings, lists, inset text, rules and links, and nothing else.

One parser for emails and letters. Everything it does not know stays as it was written; nothing of it is ever taken for HTML. Typography
is applied here, so that both parts of an email and a letter say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from functions.notifications.typography import polish

_HEADING = re.compile(r"^ {0,3}(#{1,2})[ \t]*(?=[^#\s])")
_DEEPER_HEADING = re.compile(r"^ {0,3}#{3,}[ \t]*")
_BULLET = re.compile(r"^([ \t]*)(?:•[ \t]*|[*-](?=[^\s*-])(?![\s|:-]*$))")
_STARRED = re.compile(r"^([ \t]*)(\*{2,3})(?=[^\s*])")
_NUMBER = re.compile(r"^([ \t]*\d{1,9}\.)(?=[^\s\d.])")
_INSET = re.compile(r"^\^[ \t]*")
_PLUS = re.compile(r"^[ \t]*\+(?=[ \t])")
_NOT_OURS = re.compile(r"^([ \t]*)(?=>)|^([ \t]*\d{1,9})(?=\)[ \t])")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}[^`]*|~{3,}.*)$")
_BARE_LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,:;!?\"'”’»)\]]", re.IGNORECASE)
_ALLOWED_LINK = re.compile(r"(?:https?:|mailto:|tel:)[^\s]", re.IGNORECASE)
_QR = re.compile(r"\s*qr:\s*(\S.*)", re.IGNORECASE)

RULES = ("code", "fence", "heading", "list", "hr", "blockquote", "table", "newline", "escape", "entity", "link", "image")
_LIST_OPEN = frozenset({"bullet_list_open", "ordered_list_open"})
_LIST_CLOSE = frozenset({"bullet_list_close", "ordered_list_close"})


def parse(body: str) -> list[Token]:
    """The tokens of a body whose placeholders are filled. Tables, images and empty paragraphs are not among them."""
    return _parser().parse("\n".join(_canonical(body.splitlines())))


def children(token: Token) -> list[Token]:
    """What stands inside an inline token."""
    return token.children or []


def qr_data(token: Token) -> str | None:
    """What a paragraph `qr: data` asks a letter to show as a QR code, as it was written; None of any other inline token."""
    data = token.meta.get("qr")
    return None if data is None else str(data)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": 20}).enable(list(RULES))
    rules: tuple[Callable[[StateCore], None], ...] = (_without_unseen, _merge_lists, _mark_codes, _link_addresses, _set_type)
    for rule in rules:
        parser.core.ruler.push(rule.__name__, rule)
    return parser


def _canonical(lines: list[str]) -> Iterator[str]:
    """The lines as CommonMark writes them: the spaces that Notify does without, and escapes for what it has not."""
    fences = [at for at, line in enumerate(lines) if _FENCE.match(line)]
    # A fence that nothing ends would take all that follows it for code.
    paired, unpaired = (fences[:-1], fences[-1]) if len(fences) % 2 else (fences, None)
    inside: set[int] = set()
    for first, last in zip(paired[::2], paired[1::2], strict=True):
        inside.update(range(first, last + 1))
    for at, line in enumerate(lines):
        if at in inside:
            yield "```" if _FENCE.match(line) else line
        elif at != unpaired:
            yield _canonical_line(line)


def _canonical_line(line: str) -> str:
    if _DEEPER_HEADING.match(line):
        return _DEEPER_HEADING.sub("", line)
    if _PLUS.match(line):
        return "\n" + line.replace("+", "\\+", 1)
    if _NOT_OURS.match(line):
        return _NOT_OURS.sub(lambda match: f"{match[1] if match[1] is not None else match[2]}\\", line, count=1)
    line = _HEADING.sub(r"\1 ", line)
    line = _INSET.sub("> ", line)
    # As Notify reads them, two stars at the start of a line are a bullet in a bullet, not bold text (contract 2.2, case 30).
    line = _STARRED.sub(lambda match: match[1] + "* " * len(match[2]), line)
    line = _BULLET.sub(r"\1* ", line)
    return _NUMBER.sub(r"\1 ", line)


def _without_unseen(state: StateCore) -> None:
    """Drop tables, which messages do not show, images, and the paragraphs that are then empty."""
    kept: list[Token] = []
    tables = 0
    for token in state.tokens:
        tables += token.type == "table_open"
        if not tables:
            if token.type == "inline":
                token.children = [child for child in children(token) if child.type != "image"]
            if token.type == "paragraph_close" and not _is_seen(kept[-1]):
                del kept[-2:]
            else:
                kept.append(token)
        tables -= token.type == "table_close"
    state.tokens = kept


def _is_seen(inline: Token) -> bool:
    # A no-break space alone is a paragraph: people space their messages with it.
    return any(child.content.strip(" \t\n") for child in children(inline))


def _merge_lists(state: StateCore) -> None:
    """A list that directly follows another continues it, whatever its marks: the first one's kind is the kind of both."""
    merged: list[Token] = []
    opened: list[Token] = []
    closed = None
    for token in state.tokens:
        if token.type in _LIST_OPEN and closed is not None and merged[-1].type in _LIST_CLOSE:
            merged.pop()
            opened.append(closed)
        elif token.type in _LIST_OPEN:
            opened.append(token)
            merged.append(token)
        elif token.type in _LIST_CLOSE:
            closed = opened.pop()
            merged.append(Token(closed.type.replace("open", "close"), closed.tag, -1, block=True))
        else:
            merged.append(token)
    state.tokens = merged


def _mark_codes(state: StateCore) -> None:
    """Keep the data of QR codes before typography touches them."""
    for token in _inlines(state):
        shown = "".join(child.content for child in children(token))
        has_break = any(child.type in ("softbreak", "hardbreak") for child in children(token))
        if not has_break and (match := _QR.fullmatch(shown)):
            token.meta["qr"] = match[1].strip()


def _link_addresses(state: StateCore) -> None:
    """Make bare web addresses links, and links to anywhere but the web, a mailbox or a telephone plain text."""
    for token in _inlines(state):
        token.children = list(_linked(children(token)))


def _set_type(state: StateCore) -> None:
    for token in _inlines(state):
        before = ""
        is_bare = False
        for child in children(token):
            if child.type in ("link_open", "link_close"):
                is_bare = child.type == "link_open" and child.markup == "bare"
            elif child.type == "text" and not is_bare:
                child.content = polish(child.content, before)
            before = (child.content or before) if child.type not in ("softbreak", "hardbreak") else "\n"


def _inlines(state: StateCore) -> Iterator[Token]:
    return (token for token in state.tokens if token.type == "inline")


def _linked(tokens: Iterable[Token]) -> Iterator[Token]:
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
