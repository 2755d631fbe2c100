"""An email from its text: an HTML part and a plain text part, both from one reading of the Markdown (contract 2.1).

The HTML has a title, a language, one `main`, headings in order and real lists, needs no images or tables, fits a small screen and has
colours of enough contrast by day and by night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from markdown_it.token import Token

from functions.notifications import markdown

_WIDTH = 65
_PREVIEW = 256
_BREAK = Token("softbreak", "br", 0)
_NO_BREAK_SPACE = "\u00a0"
_FONT = "font-family: Helvetica, Arial, sans-serif;"
_TEXT = "margin: 0 0 20px 0; font-size: 19px; line-height: 25px; color: #0b0c0c;"
_BANNER = "margin: 0 0 30px 0; padding: 20px 0; border-bottom: 10px solid #1d70b8; font-size: 24px; font-weight: bold; color: #0b0c0c;"
_OPENING = {
    "paragraph_open": f'<p style="{_TEXT}">',
    "bullet_list_open": f'<ul style="{_TEXT} padding: 0 0 0 20px;">',
    "ordered_list_open": f'<ol style="{_TEXT} padding: 0 0 0 20px;">',
    "list_item_open": '<li style="margin: 5px 0;">',
    "blockquote_open": '<blockquote style="margin: 0 0 20px 0; padding: 15px 15px 0.1px 15px; border-left: 10px solid #b1b4b6;">',
    "hr": '<hr style="border: 0; height: 1px; background: #b1b4b6; margin: 30px 0;">',
    "hardbreak": "<br>",
    "softbreak": "<br>",
    "link_close": "</a>",
}
_HEADINGS = {
    "h1": ("h2", "margin: 0 0 20px 0; font-size: 27px; line-height: 35px; color: #0b0c0c;"),
    "h2": ("h3", "margin: 0 0 15px 0; font-size: 19px; line-height: 25px; color: #0b0c0c;"),
}
# Styles stand on the elements, for many mail programs drop this. Only `!important` outweighs them.
_NIGHT = (
    ":root { color-scheme: light dark; supported-color-schemes: light dark; } "
    "@media (prefers-color-scheme: dark) { "
    "body { background: #0b0c0c !important; } "
    "h1, h2, h3, p, div, ul, ol, li { color: #f3f2f1 !important; } "
    "h1 { border-color: #5694ca !important; } "
    "a { color: #8ec0ea !important; } "
    "}"
)


def parts(subject: str, body: str, sender: str) -> tuple[str, str]:
    """Both parts of an email, HTML and plain text, from one reading of its body. `sender` is the service's name, shown above the text."""
    tokens = markdown.parse(body)
    return _html(tokens, subject, sender), _plain(tokens)


def html_part(subject: str, body: str, sender: str) -> str:
    """The whole HTML document of an email."""
    return _html(markdown.parse(body), subject, sender)


def _html(tokens: Sequence[Token], subject: str, sender: str) -> str:
    preview = _escaped(_preview(tokens))
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(subject or sender)}</title><style>{_NIGHT}</style></head>"
        f'<body style="margin: 0; padding: 0; background: #ffffff; {_FONT}">'
        f'<div style="display: none; max-height: 0; overflow: hidden;">{preview}</div>'
        '<div style="max-width: 580px; margin: 0 auto; padding: 0 10px; overflow-wrap: anywhere; word-break: break-word;">'
        f'<header><h1 style="{_BANNER}">{_escaped(sender)}</h1></header>'
        f"<main>{_content(tokens)}</main></div></body></html>"
    )


def _plain(tokens: Sequence[Token]) -> str:
    return _blocks(tokens).strip() + "\n"


def _preview(tokens: Iterable[Token]) -> str:
    """The first words, which mail programs show beside the subject: no marks of Markdown, and of a link its text alone."""
    written: list[Token] = []
    for token in tokens:
        if token.type == "inline":
            written += [child for child in markdown.children(token) if child.type not in ("link_open", "link_close")]
        elif token.type in ("code_block", "fence"):
            written.append(token)
        if token.block:
            written.append(_BREAK)
    return " ".join(_words(written).split())[:_PREVIEW]


def _content(tokens: Iterable[Token]) -> str:
    parts: list[str] = []
    has_section = False
    for token in tokens:
        if token.type == "heading_open":
            # A smaller heading with no larger one before it is heard as the larger, so that no level is skipped; it looks as it was meant.
            parts.append(_heading(token, is_promoted=token.tag == "h2" and not has_section))
            has_section = has_section or token.tag == "h1"
        else:
            parts.append(_element(token))
    return "".join(parts)


def _heading(token: Token, *, is_promoted: bool) -> str:
    tag, style = _HEADINGS[token.tag]
    level = ' aria-level="2"' if is_promoted else ""
    return f'<{tag}{level} style="{style}">'


def _element(token: Token) -> str:
    match token.type:
        case "inline":
            return "".join(_element(child) for child in markdown.children(token))
        case "text" | "text_special":
            return _escaped(token.content)
        case "code_block" | "fence":
            return f'<div style="{_TEXT}">{"<br>".join(map(_escaped, token.content.rstrip().splitlines()))}</div>'
        case "link_open":
            title = token.attrGet("title")
            named = f' title="{escape(str(title))}"' if title else ""
            return f'<a style="word-wrap: break-word; color: #1d70b8;" href="{escape(str(token.attrGet("href")))}"{named}>'
        case "heading_close":
            return f"</{_HEADINGS[token.tag][0]}>"
    if token.hidden:
        return ""
    return _OPENING.get(token.type, f"</{token.tag}>" if token.nesting == -1 else "")


def _escaped(text: str) -> str:
    """Text between tags: only these three are markup there, so that quotes stay as they are. A no-break space is written out."""
    return escape(text, quote=False).replace(_NO_BREAK_SPACE, "&nbsp;")


def _blocks(tokens: Sequence[Token]) -> str:
    lines: list[str] = []
    numbers: list[int | None] = []
    starts_item = False
    underline = ""
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                numbers.append(None)
            case "ordered_list_open":
                numbers.append(0)
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                lines.append("")
            case "list_item_open":
                starts_item = True
                current = numbers[-1]
                numbers[-1] = None if current is None else current + 1
            case "heading_open":
                underline = ("=" if token.tag == "h1" else "-") * _WIDTH
            case "hr":
                lines += [("=-" * _WIDTH)[:_WIDTH], ""]
            case "inline" | "code_block" | "fence":
                mark = ("• " if numbers[-1] is None else f"{numbers[-1]}. ") if numbers and starts_item else ""
                indent = "  " * (len(numbers) - 1) if numbers else ""
                starts_item = False
                lines.append(f"{indent}{mark}{_words(markdown.children(token) if token.type == 'inline' else [token])}")
                if underline:
                    lines.append(underline)
                    underline = ""
                if not numbers:
                    lines.append("")
    return "\n".join(lines)


def _words(tokens: Iterable[Token]) -> str:
    written: list[str] = []
    destination: str | None = None
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                written.append(token.content)
            case "code_block" | "fence":
                written.append(token.content.rstrip())
            case "softbreak" | "hardbreak":
                written.append("\n")
            case "link_open" if token.markup != "bare":
                title = token.attrGet("title")
                destination = f" ({title}): {token.attrGet('href')}" if title else f": {token.attrGet('href')}"
            case "link_close" if destination is not None:
                written.append(destination)
                destination = None
    return "".join(written)
