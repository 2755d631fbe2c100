"""Generic: a document of a kind that has no content type of its own, known by title and description alone."""

from __future__ import annotations

from typing import Literal

from schemas.content.document_types import DocumentType
from schemas.content.edition import NoDetails, PageEdition


class Generic(PageEdition):
    """A document of a kind that has no content type of its own, known by title and description alone."""

    schema_name: Literal["generic"]
    document_type: DocumentType
    details: NoDetails
