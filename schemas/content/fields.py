"""The small fields that content types are made of: paths, times, ids, locales, bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NotRequired, TypedDict
from urllib.parse import urlsplit

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag, with_config

from schemas.paths import RESERVED

LONGEST_PATH = 512
"""Bytes in a base path. RFC 192 paths are ASCII, so characters and bytes are the same."""

LOCALES = frozenset(
    "ar az be bg bn cs cy da de dr el en es es-419 et fa fi fr gd gu he hi hr hu hy id is it ja ka kk ko ku ky lt lv ms mt ne nl no pa "  # noqa: SIM905  # a list of words reads best as words
    "pa-pk pl ps pt ro ru si sk sl so sq sr sv sw ta th ti tk tr uk ur uz vi yi zh zh-hk zh-tw".split()
)
"""The locales that content may be written in."""

RIGHT_TO_LEFT = frozenset({"ar", "dr", "fa", "he", "pa-pk", "ps", "ur", "yi"})
"""The locales written from right to left."""

Closed = with_config(extra="forbid", strict=True)
"""An object with the fields named and no others."""


def not_home(path: str) -> str:
    """The path, which is not /. Raises ValueError."""
    if path == "/":
        raise ValueError("/ is the home page, which is the platform's own")
    return path


def free_path(path: str) -> str:
    """The path, at which the platform itself does not answer. Raises ValueError."""
    segments = path.split("/")[1:]
    if {".", ".."} & set(segments):
        raise ValueError("has a segment that means another place: . or ..")
    if segments[0] in RESERVED:
        raise ValueError(f"/{segments[0]} is reserved for the platform's own addresses")
    return path


def timestamp(text: str) -> str:
    """The text, which is a date and time with its offset. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("should be a date and time as in RFC 3339, e.g. 2026-11-23T09:30:00Z") from None
    if moment.tzinfo is None or "T" not in text:
        raise ValueError("should be a date and time with its offset, e.g. 2026-11-23T09:30:00Z")
    return text


def url(text: str) -> str:
    """The text, which is a web address or a path on this site. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in {"", "http", "https", "mailto", "ftp"} or (parts.scheme and not (parts.netloc or parts.path)):
        raise ValueError("should be a web address or a path on this site")
    return text


def locale(text: str) -> str:
    """The text, which is one of the locales. Raises ValueError."""
    if text not in LOCALES:
        raise ValueError("is not a locale that content may be written in")
    return text


def _kind(value: object) -> str:
    return "(text)" if isinstance(value, str) else "(number)"


def _link_type(text: str) -> str:
    if text == "available_translations":
        raise ValueError("available_translations is worked out by the platform")
    return text


Path = Annotated[str, StringConstraints(pattern=r"^/$|^(/[a-z0-9.-]+)+$", max_length=LONGEST_PATH)]
"""A path in the letters of RFC 192: lower case, digits, dots and hyphens; no trailing slash."""

HomePath = Annotated[Path, AfterValidator(free_path)]
"""A path that a home page may have: / itself, or any that another page may have."""

BasePath = Annotated[HomePath, AfterValidator(not_home)]
"""A path that a page may have. The platform's own addresses are refused to every content type, special routes included."""

Timestamp = Annotated[str, AfterValidator(timestamp)]
Url = Annotated[str, AfterValidator(url)]
Locale = Annotated[str, AfterValidator(locale)]
Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
App = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]
"""A publishing or rendering application: any department's service may be one."""

LinkType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=100), AfterValidator(_link_type)]
Links = dict[LinkType, list[Uuid]]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+$", max_length=255)]


def version(value: int | str) -> int:
    """The number that a lock version is, or is the text of. Raises ValueError."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("should be a whole number")
    return int(value)


Version = Annotated[Annotated[int, Tag("(number)")] | Annotated[str, Tag("(text)")], Discriminator(_kind), AfterValidator(version)]
"""A lock version. The Publishing API's schema says it is a string, everything else there a number: both are taken."""


@Closed
class Rendition(TypedDict):
    """One way a text is written; Govspeak without HTML beside it is turned into HTML by the platform."""

    content_type: Literal["text/govspeak", "text/html"]
    content: str


def _alternative(value: object) -> str:
    return "(renditions)" if isinstance(value, list) else "(html)"


Body = Annotated[
    Annotated[str, Tag("(html)")] | Annotated[list[Rendition], Field(min_length=1), Tag("(renditions)")],
    Discriminator(_alternative),
]
"""A text: a string of HTML, or renditions of it."""


@Closed
class RelatedLink(TypedDict):
    """A link to a page elsewhere."""

    title: str
    url: Url


@Closed
class Route(TypedDict):
    """An address that a page answers at: one path, or every path that begins with it."""

    path: Path
    type: Literal["exact", "prefix"]


@Closed
class RedirectRule(TypedDict):
    """An address that sends its visitors elsewhere."""

    path: Path
    type: Literal["exact", "prefix"]
    destination: str
    segments_mode: NotRequired[Literal["ignore", "preserve"]]


@Closed
class AccessLimit(TypedDict):
    """Who may see a draft."""

    users: NotRequired[list[str]]
    organisations: NotRequired[list[Uuid]]
