"""Find datasets by words, department and keyword: all of them are in memory, so that a search is a walk over them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import urlencode

from functions.data_access.catalogue.words import label

LONGEST = 200
"""Characters of a search that are looked for."""
PAGE = 20
SORTS = ("relevance", "title", "updated")

type Sort = Literal["relevance", "title", "updated"]

_WORD = re.compile(r"\w+")
_ENDINGS = ("ies", "es", "s", "y")
_SHORTEST = 3
"""Letters that a word keeps, whatever its ending."""


@dataclass(frozen=True, slots=True)
class Facet:
    """Something to narrow a search by, what it is called, and how many datasets it would leave."""

    value: str
    title: str
    count: int


@dataclass(frozen=True)
class Listing:
    """A dataset in the catalogue."""

    name: str
    title: str
    description: str
    department: str
    department_title: str
    keywords: tuple[str, ...]
    fields: tuple[str, ...]
    entries: int = 0
    updated: str = ""

    @cached_property
    def _words(self) -> Sequence[tuple[int, frozenset[str]]]:
        """Its words, by how much it counts to be found by them."""
        return (
            (8, _in(self.title)),
            (4, _in(self.name, *self.keywords)),
            (2, _in(self.department_title, *self.fields, *map(label, self.fields))),
            (1, _in(self.description)),
        )

    def weight(self, words: Iterable[str]) -> int:
        """How well it fits these words; 0 where it lacks one of them."""
        weights = [
            max((weight for weight, there in self._words if any(one.startswith(word) for one in there)), default=0) for word in words
        ]
        return sum(weights) if all(weights) else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for."""

    text: str = ""
    department: str = ""
    keyword: str = ""
    sort: Sort = "title"
    page: int = 1

    def address(self, **other: str | int) -> str:
        """The address of this search with something else in it: on its first page, unless that says otherwise."""
        said = {"q": self.text, "department": self.department, "keyword": self.keyword, "sort": self.sort} | other
        return f"/data?{query}" if (query := urlencode({name: value for name, value in said.items() if value})) else "/data"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: one page of it, how much there is in all, and what would narrow it."""

    listings: list[Listing]
    total: int
    pages: int
    departments: list[Facet]
    keywords: list[Facet]


def wanted(query: Mapping[str, str]) -> Wanted:
    """What the address of a page asks for. What it says wrongly is as if it were not said: a link that was cut short still leads here."""
    text = " ".join(query.get("q", "")[:LONGEST].split())
    usual: Sort = "relevance" if text else "title"
    sort = query.get("sort", "")
    page = query.get("page", "")
    return Wanted(
        text=text,
        department=query.get("department", "")[:LONGEST],
        keyword=query.get("keyword", "")[:LONGEST],
        sort=sort if sort in SORTS and (text or sort != "relevance") else usual,  # type: ignore[arg-type]  # one of SORTS
        page=int(page) if re.fullmatch(r"[1-9][0-9]{0,4}", page, re.ASCII) else 1,
    )


def search(listings: Iterable[Listing], asked: Wanted) -> Found:
    """The datasets that have every word and are of the department and under the keyword, best first or as asked."""
    words = [_root(word) for word in sorted(_in(asked.text))]
    weighed = [(listing.weight(words) if asked.text else 1, listing) for listing in listings]
    fitting = [(weight, listing) for weight, listing in weighed if weight]
    of_department = [(weight, listing) for weight, listing in fitting if asked.department in ("", listing.department)]
    chosen = [(weight, listing) for weight, listing in of_department if not asked.keyword or asked.keyword in listing.keywords]
    chosen.sort(key=lambda found: found[1].title.casefold())
    match asked.sort:
        case "relevance":
            chosen.sort(key=lambda found: -found[0])
        case "updated":
            chosen.sort(key=lambda found: found[1].updated, reverse=True)
    start = (asked.page - 1) * PAGE
    under_keyword = [listing for _, listing in fitting if not asked.keyword or asked.keyword in listing.keywords]
    return Found(
        [listing for _, listing in chosen[start : start + PAGE]],
        len(chosen),
        -(-len(chosen) // PAGE),
        _facets((listing.department, listing.department_title) for listing in under_keyword),
        _facets((keyword, label(keyword)) for _, listing in of_department for keyword in listing.keywords),
    )


def _facets(there: Iterable[tuple[str, str]]) -> list[Facet]:
    counts = Counter(there)
    return [Facet(value, title, count) for (value, title), count in sorted(counts.items(), key=lambda one: (-one[1], one[0][1].casefold()))]


def _in(*texts: str) -> frozenset[str]:
    # The name `local-authority` is found by both of its words; an underscore parts words, too.
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold().replace("_", " ")))


def _root(word: str) -> str:
    """The beginning that a word has in common with its plural."""
    ending = next((ending for ending in _ENDINGS if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST), "")
    return word.removesuffix(ending)
