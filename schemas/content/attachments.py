"""What belongs to a page beside its text: files, documents with pages of their own, and documents elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Discriminator, Tag

from schemas.content.fields import Closed, Locale, Timestamp, Url, Uuid


@Closed
class Asset(TypedDict):
    """One of the stored files behind an attachment."""

    asset_manager_id: str
    filename: str


class _Attached(TypedDict):
    id: str
    url: Url
    locale: NotRequired[Locale]
    title: NotRequired[str]


class _Paper(TypedDict):
    command_paper_number: NotRequired[str]
    hoc_paper_number: NotRequired[str]
    isbn: NotRequired[str]
    parliamentary_session: NotRequired[str]
    unique_reference: NotRequired[str]
    unnumbered_command_paper: NotRequired[bool]
    unnumbered_hoc_paper: NotRequired[bool]


@Closed
class FileAttachment(_Attached):
    """A file that belongs to the page."""

    attachment_type: Literal["file"]
    content_type: str
    accessible: NotRequired[bool]
    alternative_format_contact_email: NotRequired[str]
    assets: NotRequired[list[Asset]]
    file_size: NotRequired[int]
    filename: NotRequired[str]
    number_of_pages: NotRequired[int]


@Closed
class IdentifiedFileAttachment(FileAttachment):
    """A file that belongs to the page, with a content id of its own."""

    content_id: Uuid
    created_at: NotRequired[Timestamp]
    updated_at: NotRequired[Timestamp]


@Closed
class PaperFile(FileAttachment, _Paper):
    """A file that is, or may be, a numbered paper."""


@Closed
class PaperPage(_Attached, _Paper):
    """A paper that has a page of its own, here or elsewhere."""

    attachment_type: Literal["html", "external"]


def _kind(attachment: object) -> str:
    return "(page)" if isinstance(attachment, Mapping) and attachment.get("attachment_type") in ("html", "external") else "(file)"


Paper = Annotated[Annotated[PaperFile, Tag("(file)")] | Annotated[PaperPage, Tag("(page)")], Discriminator(_kind)]
"""An attachment of what governments publish: a file, or a page here (html) or elsewhere (external)."""
