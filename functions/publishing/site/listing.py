"""What pages list: links, and entries of what was published, in the one shape that views show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from functions.publishing.site.page import Item


@dataclass(frozen=True)
class Entry:
    """A page to go to, and what to know of it before."""

    title: str
    href: str = ""
    locale: str | None = None
    about: str = ""
    document_type: str | None = None
    at: str | None = None
    image: Mapping[str, Any] | None = None


def entry(link: Item) -> Entry:
    """What a link, expanded, or a listing, says of its page."""
    return Entry(
        title=link["title"],
        href=link.get("base_path") or link.get("href") or link.get("url") or "",
        locale=link.get("locale"),
        # A summary may be HTML, and stands where links and names do: its words are shown.
        about=link.get("description") or Markup(link.get("summary") or "").striptags(),  # noqa: S704  # taken apart, never shown as it is
        document_type=link.get("document_type"),
        at=link.get("public_updated_at") or link.get("published_at"),
        image=link.get("image"),
    )


def entries(found: Iterable[Item]) -> list[Entry]:
    """The same of each that has a title. Some schemas leave open what stands in a list: what is no such thing is passed over."""
    return [entry(link) for link in found if isinstance(link, Mapping) and link.get("title")]


def address(href: object) -> str:
    """An address that a page may lead to: a path on this site, or on the web. Empty for all others, scripts among them."""
    text = str(href or "").strip()
    if any(character < " " or character in '\\"<>' for character in text):
        return ""
    if text.startswith("/"):
        return "" if text.startswith("//") else text
    return text if text.lower().startswith(("https://", "http://")) else ""


def whole(href: str | None, origin: str) -> str:
    """An address as programs elsewhere need it. Empty where it is a path, and it is not known on which site."""
    if not href or not href.startswith("/"):
        return href or ""
    return f"{origin}{href}" if origin else ""
