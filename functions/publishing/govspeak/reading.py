"""What HTML says: its words, where it leads, and which elements it is made of."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

_WITHIN_WORDS = frozenset({"a", "abbr", "b", "code", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"})
"""Elements that may begin or end within a word: others are apart from what is around them."""


def text(html: str) -> str:
    """The words, with one space between any two. A chart says nothing that its table does not."""
    reader = _Reader(html)
    return " ".join("".join(reader.words).split())


def links(html: str) -> list[str]:
    """Where the links lead that leave the page: neither to a part of it, nor to a mailbox."""
    return [href for href in _Reader(html).links if href and not href.startswith(("#", "mailto:"))]


def elements(html: str) -> Counter[tuple[str, str, str]]:
    """How often each element is written, and each of its attributes."""
    return _Reader(html).elements


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.elements: Counter[tuple[str, str, str]] = Counter()
        self._charts = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._charts += tag == "svg"
        self._part(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        self.elements.update([(tag, "", ""), *((tag, name, _told(name, value or "")) for name, value in attrs)])

    def handle_endtag(self, tag: str) -> None:
        self._charts -= tag == "svg"
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if self._charts <= 0:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements["<!--", "", data] += 1

    def _part(self, tag: str) -> None:
        if tag not in _WITHIN_WORDS:
            self.words.append(" ")


def _told(name: str, value: str) -> str:
    """A style may be spaced as one likes."""
    return "".join(value.split()).rstrip(";") if name == "style" else value
