"""An email from its text: an HTML part and a plain text part, both from one reading of the Markdown (contract 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from markdown_it.token import Token

from functions.notifications import markdown

_WIDTH = 65
_PREVIEW = 256
_BREAK = Token("softbreak", "br", 0)
_FONT = "font-family: Helvetica, Arial, sans-serif;"
_TEXT = "margin: 0 0 20px 0; font-size: 19px; line-height: 25px; color: #0b0c0c;"
_BANNER = "margin: 0 0 30px 0; padding: 20px 0; border-bottom: 10px solid #1d70b8; font-size: 24px; font-weight: bold;"
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


def html_part(subject: str, body: str, sender: str) -> str:
    """The whole HTML document of an email. `sender` is the service's name, shown above the text."""
    tokens = list(markdown.without_tables(markdown.parse(body)))
    content = "".join(_element(token) for token in tokens)
    preview = escape(_preview(tokens), quote=False)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(subject)}</title></head>'
        f'<body style="margin: 0; padding: 0; {_FONT}">'
        f'<div style="display: none; max-height: 0; overflow: hidden;">{preview}</div>'
        '<div style="max-width: 580px; margin: 0 auto; padding: 0 10px;">'
        f'<p style="{_BANNER}">{escape(sender)}</p>'
        f"<main>{content}</main></div></body></html>"
    )


def plain_part(body: str) -> str:
    """The same email for those who read it as text."""
    return _blocks(list(markdown.without_tables(markdown.parse(body)))).strip() + "\n"


def _preview(tokens: Iterable[Token]) -> str:
    """The first words, which mail programs show beside the subject: no marks of Markdown, and of a link its text alone."""
    shown = (child for token in tokens if token.type == "inline" for child in [*markdown.children(token), _BREAK])
    return " ".join(_words(child for child in shown if child.type not in ("link_open", "link_close")).split())[:_PREVIEW]


def _element(token: Token) -> str:
    if token.type == "inline":
        return "".join(_element(child) for child in markdown.children(token))
    if token.type == "text":
        # Only these three are markup between tags; quotes stay as people typed them.
        return escape(token.content, quote=False)
    if token.type == "link_open":
        title = token.attrGet("title")
        named = f' title="{escape(str(title))}"' if title else ""
        return f'<a style="word-wrap: break-word; color: #1d70b8;" href="{escape(str(token.attrGet("href")))}"{named}>'
    if token.type in ("image", "text_special"):
        return escape(token.content, quote=False) if token.type == "text_special" else ""
    if token.type in ("heading_open", "heading_close"):
        tag, style = _HEADINGS[token.tag]
        return f'<{tag} style="{style}">' if token.nesting == 1 else f"</{tag}>"
    if token.hidden:
        return ""
    return _OPENING.get(token.type, f"</{token.tag}>" if token.nesting == -1 else "")


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
            case "inline":
                mark = ("• " if numbers[-1] is None else f"{numbers[-1]}. ") if numbers and starts_item else ""
                indent = "  " * (len(numbers) - 1) if numbers else ""
                starts_item = False
                lines.append(f"{indent}{mark}{_words(markdown.children(token))}")
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
            case "softbreak" | "hardbreak":
                written.append("\n")
            case "link_open" if token.markup != "bare":
                title = token.attrGet("title")
                destination = f" ({title}): {token.attrGet('href')}" if title else f": {token.attrGet('href')}"
            case "link_close" if destination is not None:
                written.append(destination)
                destination = None
    return "".join(written)
