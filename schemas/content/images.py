"""Pictures, in the three shapes that content types have them in."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from schemas.content.fields import Closed, Url


@Closed
class Image(TypedDict):
    """A picture, and larger copies of it for those who show the page elsewhere."""

    url: Url
    alt_text: NotRequired[str]
    caption: NotRequired[str | None]
    credit: NotRequired[str | None]
    high_resolution_url: NotRequired[Url]
    medium_resolution_url: NotRequired[Url]


@Closed
class ImageInSizes(TypedDict):
    """A picture in several widths, by name (`s960`, `s712`, …)."""

    content_type: str
    sources: dict[str, Url]
    alt_text: NotRequired[str]
    caption: NotRequired[str | None]
    credit: NotRequired[str]
    type: NotRequired[str]


@Closed
class ImageFile(TypedDict):
    """A picture in one file, of a media type."""

    content_type: str
    url: Url
    alt_text: NotRequired[str]
    caption: NotRequired[str]
    credit: NotRequired[str]


@Closed
class FeaturedDocument(TypedDict):
    """A document that is shown off with a picture."""

    title: str
    href: str
    image: Image
    summary: str
    public_updated_at: str | None
    document_type: str | None
