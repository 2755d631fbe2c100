"""The texts of departments as they stand on a page: safe, under the page's one heading, with ids that no other part of the page has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import unquote

from markupsafe import Markup

from functions.publishing.sanitise import sanitise

OURS = frozenset({"main-content", "contents", "updates"})
"""Ids that views use so that people can link to them. All others of theirs begin as `_RESERVED` says."""

_RESERVED = ("commonweal-", "govuk-")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DEEPEST = 6


@dataclass(frozen=True)
class Heading:
    """A heading that a list of contents leads to."""

    id: str
    text: str


@dataclass(frozen=True)
class Text:
    """HTML to be put on the page as it is, and its main headings."""

    html: Markup
    headings: tuple[Heading, ...] = ()


class Texts:
    """The texts of one page, each asked for once, in the order in which they stand."""

    def __init__(self, table: str = "Table") -> None:
        self._ids = _Ids()
        self._table = table

    def __call__(self, html: str, lower: int = 0) -> Text:
        """A text, its headings `lower` levels down and never of the level that is the page's own."""
        reader = _Reader(self._ids, lower, self._table)
        # Sanitised where it was presented, as a rule; whatever field it comes from, what is marked as safe is made so here.
        reader.feed(sanitise(html))
        reader.close()
        return Text(Markup(reader.written()), tuple(reader.main))  # noqa: S704  # sanitised two lines above


class _Ids:
    """The ids of one page: what is asked for twice is had by the first, and by the second with a number."""

    def __init__(self) -> None:
        self._taken = set(OURS)
        self._numbers: Counter[str] = Counter()

    def own(self, wanted: str) -> str:
        """An id that nothing else has, the wanted one where that is free."""
        free = f"text-{wanted}" if wanted.startswith(_RESERVED) else wanted
        name = free
        while name in self._taken:
            self._numbers[free] += 1
            name = f"{free}-{self._numbers[free]}"
        self._taken.add(name)
        return name


class _Reader(HTMLParser):
    """Copies HTML, and changes only headings, ids with the links to them, what stands around tables, and headers that say nothing."""

    def __init__(self, ids: _Ids, lower: int, table: str) -> None:
        super().__init__(convert_charrefs=False)
        self._ids, self._lower, self._table = ids, lower, table
        self._out: list[str] = []
        self._renamed: dict[str, str] = {}
        self._links: list[tuple[int, dict[str, str]]] = []
        self._heading: tuple[int, dict[str, str]] | None = None
        self._words: list[str] = []
        self._header: tuple[int, dict[str, str]] | None = None
        self.main: list[Heading] = []

    def written(self) -> str:
        """The whole. Links to an id that had to be another lead to that one."""
        for place, given in self._links:
            name = self._renamed.get(unquote(given["href"][1:]))
            if name:
                self._out[place] = _tag("a", {**given, "href": f"#{name}"})
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element as it is, with an id that is its own. A heading waits for its words; a table stands in what scrolls in its stead."""
        given = {name: value or "" for name, value in attrs}
        wanted = given.pop("id", "")
        if wanted:
            given["id"] = self._ids.own(wanted)
            if given["id"] != wanted:
                self._renamed.setdefault(wanted, given["id"])
        if tag == "table":
            # Focusable, so that who has only a keyboard can scroll it.
            self._out.append(f'<div class="commonweal-scroller" tabindex="0" role="group" aria-label="{self._table}">')
        if tag == "a" and given.get("href", "").startswith("#"):
            self._links.append((len(self._out), given))
        if tag in _HEADINGS:
            self._heading, self._words = (len(self._out), given), []
        if tag == "th":
            self._header = len(self._out), given
        changed = wanted or tag in _HEADINGS
        self._out.append(_tag(tag, given) if changed else self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """The end of a heading is where its words are known: one without an id gets it from them."""
        if tag in _HEADINGS and self._heading:
            self._end_heading(tag, *self._heading)
            return
        if tag == "th" and self._header and self._is_empty(self._header[0]):
            # The corner of a table, as a rule: to who hears the page it would be a header of nothing.
            place, given = self._header
            self._out[place] = _tag("td", {name: value for name, value in given.items() if name != "scope"})
            self._header, tag = None, "td"
        self._out.append(f"</{tag}>")
        if tag == "table":
            self._out.append("</div>")

    def _is_empty(self, place: int) -> bool:
        return not unescape(re.sub("<(?!img)[^>]*>", "", "".join(self._out[place + 1 :]))).strip()

    def _end_heading(self, tag: str, place: int, given: dict[str, str]) -> None:
        text = " ".join(unescape("".join(self._words)).split())
        if "id" not in given:
            given["id"] = self._ids.own(re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section")
        level = min(max(int(tag[1]), 2) + self._lower, _DEEPEST)
        self._out[place] = _tag(f"h{level}", given)
        self._out.append(f"</h{level}>")
        self._heading = None
        # A heading with a look of its own belongs to something in the text, such as an attachment's card.
        if level == 2 + self._lower and text and "class" not in given:
            self.main.append(Heading(given["id"], text))

    def handle_data(self, data: str) -> None:
        """Words."""
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        """A character by its name."""
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A character by its number."""
        self._say(f"&#{name};")

    def _say(self, text: str) -> None:
        self._out.append(text)
        if self._heading:
            self._words.append(text)


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}{''.join(f' {key}="{escape(value)}"' for key, value in attributes.items())}>"
