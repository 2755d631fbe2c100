"""A news article: something happened, and when it was said."""

from __future__ import annotations

from typing import Literal, NotRequired

from schemas.content.attachments import FileAttachment
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.government import OfGovernment
from schemas.content.images import ImageInSizes

_LINKS = frozenset(
    {
        "emphasised_organisations",
        "government",
        "people",
        "related_policies",
        "roles",
        "topical_events",
        "world_locations",
        "worldwide_organisations",
    }
)


@Closed
class NewsArticleDetails(OfGovernment):
    """The text, its pictures and its history."""

    body: Body
    attachments: NotRequired[list[FileAttachment]]
    images: NotRequired[list[ImageInSizes]]
    political: NotRequired[bool]


class NewsArticle(PageEdition):
    """Something happened, and when it was said."""

    edition_links = _LINKS | {"embed"}
    link_set_links = _LINKS

    schema_name: Literal["news_article"]
    document_type: Literal["press_release", "news_story", "government_response", "world_news_story"]
    details: NewsArticleDetails
