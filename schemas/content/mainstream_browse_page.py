"""A browse page: a shelf of the site, with the pages that stand on it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Closed


@Closed
class BrowseGroup(TypedDict):
    """Pages that belong together, by content id, in the order they are shown."""

    name: str
    content_ids: list[str]


@Closed
class MainstreamBrowsePageDetails(TypedDict):
    """The groups of pages, and the order of the shelves below."""

    groups: NotRequired[list[BrowseGroup]]
    internal_name: NotRequired[str]
    ordered_second_level_browse_pages: NotRequired[list[str]]
    second_level_ordering: NotRequired[Literal["alphabetical", "curated"]]


class MainstreamBrowsePage(PageEdition):
    """A shelf of the site, with the pages that stand on it."""

    link_set_links = frozenset(
        {
            "active_top_level_browse_page",
            "emphasised_organisations",
            "related_topics",
            "second_level_browse_pages",
            "top_level_browse_pages",
        }
    )

    schema_name: Literal["mainstream_browse_page"]
    document_type: Literal["mainstream_browse_page"]
    details: MainstreamBrowsePageDetails
