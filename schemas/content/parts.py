"""The objects that the details of several content types are made of."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.fields import Closed, Timestamp, Url


@Closed
class TitledLink(TypedDict):
    """A link with the words that it stands under."""

    title: str
    href: str


@Closed
class ChangeNote(TypedDict):
    """What changed, and when it was made public."""

    note: str
    public_timestamp: Timestamp


@Closed
class Header(TypedDict):
    """A heading of the text, with those below it: what a list of contents is made of."""

    text: str
    level: int
    id: str
    headers: NotRequired[list[Header]]


@Closed
class Nation(TypedDict):
    """Whether a page holds in a nation, and where to look if not."""

    label: NotRequired[str]
    applicable: NotRequired[bool]
    alternative_url: NotRequired[str]


@Closed
class NationalApplicability(TypedDict):
    """In which of the nations a page holds."""

    england: NotRequired[Nation]
    northern_ireland: NotRequired[Nation]
    scotland: NotRequired[Nation]
    wales: NotRequired[Nation]


@Closed
class SocialMediaLink(TypedDict):
    """Where somebody is found elsewhere on the web."""

    title: str
    href: Url
    service_type: Literal[
        "blog",
        "bluesky",
        "email",
        "facebook",
        "flickr",
        "foursquare",
        "google-plus",
        "instagram",
        "linkedin",
        "other",
        "pinterest",
        "threads",
        "twitter",
        "youtube",
    ]
