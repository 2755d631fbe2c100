"""An answer: one question, answered on one page."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.content.edition import Details, PageEdition
from schemas.content.fields import Body, RelatedLink


class AnswerDetails(Details):
    """The text, and links to elsewhere."""

    body: Body | None = None
    external_related_links: list[RelatedLink] = Field(default_factory=list)


class Answer(PageEdition):
    """Document type `answer`."""

    schema_name: Literal["answer"]
    document_type: Literal["answer"]
    details: AnswerDetails
