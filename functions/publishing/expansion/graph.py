"""The world of items and links, as expansion reads it: many items at a time, so that a level of the tree costs as much as one item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

type Store = Literal["draft", "live"]
type State = Literal["draft", "published", "withdrawn"]
type Links = Mapping[str, Sequence[str]]
"""Content ids by the type of the link that leads to them, in their order."""


@dataclass(frozen=True)
class Candidate:
    """An edition that a link might show: a document's draft, or what is published or withdrawn of it.

    `fields` are those of the edition, of which `rules.fields_anywhere` are enough, with details as readers get them.
    """

    content_id: str
    locale: str
    state: State
    fields: Mapping[str, Any]
    links: Links = field(default_factory=dict)

    @property
    def document_type(self) -> str:
        return str(self.fields["document_type"])


class Link(NamedTuple):
    """A link from one content id to another."""

    source: str
    link_type: str
    target: str


class Graph(Protocol):
    """Where the links and editions of items are read. What is not known is left out of an answer."""

    def editions(self, content_ids: Collection[str], store: Store, locales: Collection[str] | None) -> Mapping[str, Sequence[Candidate]]:
        """The candidates in these locales, None for all: in the draft store drafts too."""
        ...

    def link_sets(self, content_ids: Collection[str]) -> Mapping[str, Links]:
        """The link-set links of each."""
        ...

    def links_to(self, content_ids: Collection[str], link_types: Collection[str] | None) -> Iterable[Link]:
        """Each link of these types, None for all, that stands in some edition's links or some link set and leads to one of these.

        It may be answered page by page, and may hold too much: what a link's source shows is read from the source.
        """
        ...
