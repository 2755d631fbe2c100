"""A page, and what it is before it is HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

type Item = Mapping[str, Any]
"""A content item as the content API gives it, or a link of one, expanded."""

type Listed = Sequence[Mapping[str, Any]]
"""What a page lists that is not among its item's links, newest first."""

HTML = "text/html"
ATOM = "application/atom+xml"


@dataclass(frozen=True)
class Page:
    """What a path answers with: a text (HTML, or for a feed the XML of it), or with 301 a place to go."""

    path: str
    status: int
    html: str = ""
    location: str | None = None
    media_type: str = HTML


@dataclass(frozen=True)
class Sheet:
    """A page of an item that is still to be rendered: where it stands, by which view, and what the view is given beside the item."""

    path: str
    view: str
    name: str
    """What its title says before the site's name."""
    more: Mapping[str, Any] = field(default_factory=dict)
    copy_of: str | None = None
    """The page that search engines should show in its place."""
    status: int = 200


def sheet(item: Item, **more: Any) -> Sheet:
    """The one page of an item, by the view of its type."""
    return Sheet(item["base_path"], f"{item['schema_name']}.html", item["title"], more)


def first(item: Item, link_type: str) -> Item | None:
    """The first link of a type."""
    return next(iter(links(item, link_type)), None)


def links(item: Item, *link_types: str) -> list[Item]:
    """The links of some types that have a title to show, in order, each once."""
    held = item.get("links", {})
    found = (link for link_type in link_types for link in held.get(link_type, ()) if link.get("title"))
    return list({link.get("content_id", id(link)): link for link in found}.values())


def above(item: Item, link_type: str) -> Iterator[Item]:
    """What is above an item, the nearest first: the first link of a type, that one's, and so on."""
    while found := first(item, link_type):
        yield found
        item = found


def without_nulls(value: Any) -> Any:
    """The same, where what is null is not there: both mean the same, and views need ask only once."""
    if isinstance(value, Mapping):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [without_nulls(part) for part in value if part is not None]
    return value
