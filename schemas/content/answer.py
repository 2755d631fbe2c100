"""An answer: one question, answered on one page."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, RelatedLink


@Closed
class AnswerDetails(TypedDict):
    """The text, and links to elsewhere."""

    body: NotRequired[Body]
    external_related_links: NotRequired[list[RelatedLink]]


class Answer(PageEdition):
    """One question, answered on one page."""

    schema_name: Literal["answer"]
    document_type: Literal["answer"]
    details: AnswerDetails
