"""The world of items and links, as expansion reads it: many items at a time, so that a level of the tree costs as much as one item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
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


@dataclass(frozen=True)
class Before:
    """The graph as it was before some items changed: each as it stood then, with its editions and its link set."""

    graph: Graph
    editions_then: Mapping[str, Sequence[Candidate]]
    link_sets_then: Mapping[str, Links]

    def editions(self, content_ids: Collection[str], store: Store, locales: Collection[str] | None) -> Mapping[str, Sequence[Candidate]]:
        return {**self.graph.editions(content_ids, store, locales), **_among(content_ids, self.editions_then)}

    def link_sets(self, content_ids: Collection[str]) -> Mapping[str, Links]:
        return {**self.graph.link_sets(content_ids), **_among(content_ids, self.link_sets_then)}

    def links_to(self, content_ids: Collection[str], link_types: Collection[str] | None) -> Iterable[Link]:
        yield from self.graph.links_to(content_ids, link_types)
        theirs = [(edition.content_id, edition.links) for edition in chain(*self.editions_then.values())]
        for source, links in [*theirs, *self.link_sets_then.items()]:
            for link_type, targets in links.items():
                if link_types is None or link_type in link_types:
                    yield from (Link(source, link_type, target) for target in targets if target in content_ids)


def _among[Found](content_ids: Collection[str], known: Mapping[str, Found]) -> dict[str, Found]:
    return {content_id: known[content_id] for content_id in content_ids if content_id in known}
