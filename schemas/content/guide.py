"""A guide: a longer matter in parts, each with an address of its own under the guide's."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import AfterValidator, Field

from schemas.content.edition import Details, PageEdition
from schemas.content.fields import Body, Closed, RelatedLink, Slug


@Closed
class Part(TypedDict):
    """A chapter: its slug is the last segment of its address."""

    title: str
    slug: Slug
    body: Body


def _distinct(parts: list[Part]) -> list[Part]:
    if len({part["slug"] for part in parts}) < len(parts):
        raise ValueError("two parts have the same slug, so that one would hide the other")
    return parts


class GuideDetails(Details):
    """The parts in the order they are read."""

    parts: Annotated[list[Part], AfterValidator(_distinct)] = Field(default_factory=list)
    hide_chapter_navigation: bool = False
    external_related_links: list[RelatedLink] = Field(default_factory=list)


class Guide(PageEdition):
    """Document type `guide`."""

    schema_name: Literal["guide"]
    document_type: Literal["guide"]
    details: GuideDetails
