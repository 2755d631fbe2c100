"""A manual: long guidance in sections, each a document of its own."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, Timestamp


@Closed
class ManualOrganisation(TypedDict):
    """Who keeps the manual."""

    title: str
    abbreviation: str
    web_url: str


@Closed
class ManualChangeNote(TypedDict):
    """What changed in which section, and when."""

    base_path: str
    title: str
    change_note: str
    published_at: Timestamp


@Closed
class ChildSection(TypedDict):
    """A section, as the manual's list of contents names it."""

    title: str
    description: str
    base_path: str


@Closed
class ChildSectionGroup(TypedDict):
    """Sections under one heading."""

    title: str
    child_sections: list[ChildSection]


@Closed
class ManualDetails(TypedDict):
    """What the manual is about, its sections and its history."""

    body: Body
    change_notes: NotRequired[list[ManualChangeNote]]
    child_section_groups: NotRequired[list[ChildSectionGroup]]
    organisations: NotRequired[list[ManualOrganisation]]


class Manual(PageEdition):
    """Long guidance in sections, each a document of its own."""

    link_set_links = frozenset({"emphasised_organisations", "sections"})

    schema_name: Literal["manual"]
    document_type: Literal["manual"]
    details: ManualDetails
