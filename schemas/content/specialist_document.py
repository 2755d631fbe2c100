"""A specialist document: a report, decision or alert that is found by its metadata, such as a tribunal's decision."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.attachments import IdentifiedFileAttachment
from schemas.content.document_types import DocumentType
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.parts import ChangeNote, Header
from schemas.content.specialist_metadata import Metadata


@Closed
class SpecialistDocumentDetails(TypedDict):
    """The text, and what it is found by."""

    body: Body
    metadata: Metadata
    attachments: NotRequired[list[IdentifiedFileAttachment]]
    change_history: NotRequired[list[ChangeNote]]
    headers: NotRequired[list[Header]]
    max_cache_time: NotRequired[int]
    temporary_update_type: NotRequired[bool]


class SpecialistDocument(PageEdition):
    """A report, decision or alert that is found by its metadata, such as a tribunal's decision."""

    edition_links = frozenset({"finder"})  # not in content-types.md; GOV.UK's schema requires it of every specialist document

    schema_name: Literal["specialist_document"]
    document_type: DocumentType
    details: SpecialistDocumentDetails
