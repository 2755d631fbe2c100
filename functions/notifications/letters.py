"""A letter from its text: an A4 PDF whose address shows in the window of its envelope (contract 1.6, 2.1).

The PDF is tagged and meets PDF/UA-1, so that who cannot see it can hear it. The same letter is the same bytes, whenever it is rendered.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from functions.notifications import markdown, qr
from functions.notifications.typography import ZERO_WIDTH_SPACE, polish

if TYPE_CHECKING:
    import typst
    from markdown_it.token import Token

BUNDLED = ("functions/notifications/letters.typ",)

type Block = dict[str, object]

_LAYOUT = Path(__file__).with_name("letters.typ")
_WORD_JOINER = "\u2060"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LONG_WORD = re.compile(r"\S{50}(?=\S)")
_BREAK: dict[str, object] = {"break": True}


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What a letter says: `body` is the filled template, in Markdown, and `contact_block` the sender's lines at the top right."""

    address: tuple[str, ...]
    contact_block: str
    subject: str
    body: str
    date: datetime.date


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter as it is printed."""

    pdf: bytes
    pages: int


def render(letter: LetterContent) -> RenderedLetter:
    """The letter as a PDF, however many pages it has. Raises QrTooLong."""
    import typst  # here and below, for these are large and only letters need them

    layout, fonts = _LAYOUT.read_bytes(), _fonts()
    values = {"letter": json.dumps(_values(letter), ensure_ascii=False)}
    at = datetime.datetime.combine(letter.date, datetime.time(), datetime.UTC)

    def compiled(standards: list[typst.PDFStandard]) -> bytes:
        pdf = typst.compile(layout, sys_inputs=values, font_paths=fonts, pdf_standards=standards, timestamp=at)
        assert isinstance(pdf, bytes)  # noqa: S101  # one document is one file
        return pdf

    try:
        pdf = compiled(["ua-1"])
    except typst.TypstError:
        # The standard forbids a character that no font here has. The letter still goes, with a box in its place.
        pdf = compiled([])
    return RenderedLetter(pdf, _page_count(pdf))


def _values(letter: LetterContent) -> dict[str, object]:
    subject = polish(letter.subject.strip()).replace(ZERO_WIDTH_SPACE, "")
    return {
        "title": subject or "Letter",
        "subject": _typed(subject),
        "year": letter.date.year,
        "month": letter.date.month,
        "day": letter.date.day,
        "date": f"{letter.date.day} {letter.date:%B} {letter.date.year}",
        "address": list(letter.address),
        "contact": [_typed(polish(line.strip())) for line in letter.contact_block.strip().splitlines()],
        "blocks": _in_order(_blocks(iter(markdown.parse(letter.body))), last_level=1 if subject else 0),
    }


def _in_order(blocks: Iterable[Block], last_level: int) -> list[Block]:
    """The blocks, with no heading more than one level below the one before it: a reader who hears them would look for what is missing."""
    ordered = []
    for block in blocks:
        if block["kind"] == "heading":
            last_level = min(int(str(block["level"])), last_level + 1)
            block |= {"level": last_level}
        ordered.append(block)
    return ordered


def _blocks(tokens: Iterator[Token], *, within: str = "") -> Iterator[Block]:
    """What the tokens show, up to the end of the list item they are `within`. Inset text is a paragraph, and a rule is a page break."""
    heading = 0
    for token in tokens:
        match token.type:
            case "list_item_close" if within:
                return
            case "heading_open":
                heading = int(token.tag.removeprefix("h")) + 1
            case "inline" if (data := markdown.qr_data(token)) is not None and not heading:
                yield _code(data)
            case "inline" if heading and not within:
                yield {"kind": "heading", "level": heading, "spans": _spans(token)}
                heading = 0
            case "inline":
                yield {"kind": "paragraph", "spans": _spans(token, is_strong=bool(heading))}
                heading = 0
            case "bullet_list_open" | "ordered_list_open":
                yield _list(token, tokens)
            case "code_block" | "fence":
                yield {"kind": "code", "lines": [_typed(line) for line in token.content.rstrip().splitlines()]}
            case "hr" if not within:
                yield {"kind": "page"}


def _list(opening: Token, tokens: Iterator[Token]) -> Block:
    items: list[list[Block]] = []
    for token in tokens:
        if token.type == "list_item_open":
            items.append(list(_blocks(tokens, within="item")))
        if token.type == opening.type.replace("open", "close"):
            break
    return {"kind": "bullets" if opening.type == "bullet_list_open" else "numbers", "items": items}


def _code(data: str) -> Block:
    made = qr.code(data)
    return {"kind": "qr", "svg": made.svg, "modules": made.modules, "alt": f"QR code: {data}"}


def _spans(inline: Token, *, is_strong: bool = False) -> list[dict[str, object]]:
    """The words of a paragraph. On paper a link is its text and, in bold, its address."""
    spans: list[dict[str, object]] = []
    destination = ""
    is_bare = False
    for token in markdown.children(inline):
        match token.type:
            case "text" | "text_special":
                shown = _SCHEME.sub("", token.content, count=1) if is_bare else token.content
                spans.append({"text": _typed(shown), "strong": is_strong or is_bare})
            case "softbreak" | "hardbreak":
                spans.append(_BREAK)
            case "link_open":
                is_bare = token.markup == "bare"
                destination = "" if is_bare else str(token.attrGet("href"))
            case "link_close":
                if destination:
                    spans += [{"text": ": ", "strong": is_strong}, {"text": _typed(_SCHEME.sub("", destination, count=1)), "strong": True}]
                is_bare, destination = False, ""
    return spans


def _typed(text: str) -> str:
    """Text for paper: hyphens do not break, words too long for a line do, and GOV.UK needs no guard against mail programs."""
    plain = text.replace(ZERO_WIDTH_SPACE, "").replace("-", f"-{_WORD_JOINER}")
    return _LONG_WORD.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", plain)


@cache
def _fonts() -> typst.Fonts:
    import font_source_sans_pro
    import typst

    files = Path(font_source_sans_pro.__file__).with_name("files")
    return typst.Fonts(include_system_fonts=False, font_paths=[str(files)])


def _page_count(pdf: bytes) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)
