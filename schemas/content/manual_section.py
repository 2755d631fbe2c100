"""A section of a manual."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.attachments import FileAttachment
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.manual import ManualOrganisation


@Closed
class ManualOfSection(TypedDict):
    """The manual that a section belongs to."""

    base_path: str


@Closed
class ManualSectionDetails(TypedDict):
    """The text, and the manual that it belongs to."""

    body: Body
    manual: ManualOfSection
    organisations: list[ManualOrganisation]
    attachments: NotRequired[list[FileAttachment]]
    visually_expanded: NotRequired[bool]


class ManualSection(PageEdition):
    """A section of a manual."""

    link_set_links = frozenset({"emphasised_organisations", "manual"})

    schema_name: Literal["manual_section"]
    document_type: Literal["manual_section"]
    details: ManualSectionDetails
