"""A case study: how something was done, told by an example."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.attachments import FileAttachment
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, Timestamp
from schemas.content.government import Dated
from schemas.content.images import Image, ImageInSizes
from schemas.content.parts import TitledLink

_LINKS = frozenset({"emphasised_organisations", "government", "related_policies", "world_locations", "worldwide_organisations"})


@Closed
class ArchiveNotice(TypedDict):
    """Why it is kept although it holds no more."""

    archived_at: NotRequired[Timestamp]
    explanation: NotRequired[str]


@Closed
class CaseStudyDetails(Dated):
    """The story, its pictures and its history."""

    body: Body
    archive_notice: NotRequired[ArchiveNotice]
    attachments: NotRequired[list[FileAttachment]]
    brexit_no_deal_notice: NotRequired[list[TitledLink]]
    format_display_type: NotRequired[Literal["case_study"]]
    image: NotRequired[Image]
    images: NotRequired[list[ImageInSizes]]
    political: NotRequired[bool]


class CaseStudy(PageEdition):
    """How something was done, told by an example."""

    edition_links = _LINKS | {"embed", "topical_events"}
    link_set_links = _LINKS

    schema_name: Literal["case_study"]
    document_type: Literal["case_study"]
    details: CaseStudyDetails
