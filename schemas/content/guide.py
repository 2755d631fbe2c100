"""A guide: a longer matter in parts, each with an address of its own under the guide's."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import AfterValidator

from schemas.content.edition import PageEdition
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


Parts = Annotated[list[Part], AfterValidator(_distinct)]
"""Chapters in the order they are read."""


@Closed
class GuideDetails(TypedDict):
    """The parts in the order they are read."""

    parts: NotRequired[Parts]
    hide_chapter_navigation: NotRequired[bool]
    external_related_links: NotRequired[list[RelatedLink]]


class Guide(PageEdition):
    """A longer matter in parts, each with an address of its own under the guide's."""

    schema_name: Literal["guide"]
    document_type: Literal["guide"]
    details: GuideDetails
