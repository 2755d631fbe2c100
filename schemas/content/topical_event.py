"""A topical event: what is in the news for a while, and what is published on it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Closed, Timestamp
from schemas.content.images import FeaturedDocument, Image, ImageInSizes
from schemas.content.parts import ChangeNote, Header, SocialMediaLink


@Closed
class About(TypedDict):
    """A page that says more of the event."""

    title: str
    slug: str
    summary: str
    body: str
    headers: NotRequired[list[Header]]


@Closed
class TopicalEventDetails(TypedDict):
    """What it is, how long it lasts, and what is shown off on its page."""

    about: NotRequired[About]
    about_page_link_text: NotRequired[str]
    body: NotRequired[str]
    change_history: NotRequired[list[ChangeNote]]
    emphasised_organisations: NotRequired[list[str]]
    end_date: NotRequired[Timestamp]
    image: NotRequired[Image]
    images: NotRequired[list[ImageInSizes]]
    ordered_featured_documents: NotRequired[list[FeaturedDocument]]
    social_media_links: NotRequired[list[SocialMediaLink]]
    start_date: NotRequired[Timestamp]


class TopicalEvent(PageEdition):
    """What is in the news for a while, and what is published on it."""

    edition_links = frozenset({"embed", "emphasised_organisations", "government", "related_policies", "topical_events"})

    schema_name: Literal["topical_event"]
    document_type: Literal["topical_event"]
    details: TopicalEventDetails
