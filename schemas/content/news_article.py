"""A news article: something happened, and when it was said."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from pydantic import Field

from schemas.content.edition import Details, PageEdition
from schemas.content.fields import Body, Closed, Locale, Timestamp, Url


@Closed
class Attachment(TypedDict):
    """A file that belongs to the page."""

    attachment_type: Literal["file"]
    content_type: str
    id: str
    url: Url
    accessible: NotRequired[bool]
    alternative_format_contact_email: NotRequired[str]
    assets: NotRequired[list[dict[str, object]]]
    file_size: NotRequired[int]
    filename: NotRequired[str]
    locale: NotRequired[Locale]
    number_of_pages: NotRequired[int]
    title: NotRequired[str]


@Closed
class Image(TypedDict):
    """A picture in several widths, by name (`s960`, `s712`, …)."""

    content_type: NotRequired[str]
    sources: dict[str, Url]
    alt_text: NotRequired[str]
    caption: NotRequired[str | None]
    credit: NotRequired[str | None]
    type: NotRequired[str]


@Closed
class ChangeNote(TypedDict):
    """What changed, and when it was made public."""

    note: str
    public_timestamp: Timestamp


@Closed
class Government(TypedDict):
    """The government that said it."""

    current: bool
    slug: str
    title: str


@Closed
class Tags(TypedDict):
    """What the page is filed under."""

    browse_pages: NotRequired[list[str]]
    policies: NotRequired[list[str]]


class NewsArticleDetails(Details):
    """The text, its pictures and its history."""

    body: Body
    attachments: list[Attachment] = Field(default_factory=list)
    change_history: list[ChangeNote] = Field(default_factory=list)
    emphasised_organisations: list[str] = Field(default_factory=list)
    first_public_at: Timestamp | None = None
    government: Government | None = None
    images: list[Image] = Field(default_factory=list)
    political: bool = False
    tags: Tags | None = None


class NewsArticle(PageEdition):
    """Document types of news."""

    schema_name: Literal["news_article"]
    document_type: Literal["press_release", "news_story", "government_response", "world_news_story"]
    details: NewsArticleDetails
