"""An HTML publication: a document of a publication that is read as a page instead of downloaded."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, Timestamp
from schemas.content.parts import Header, NationalApplicability, TitledLink


@Closed
class HtmlPublicationDetails(TypedDict):
    """The document, its table of contents, and when it was published."""

    body: Body
    first_published_version: bool
    political: bool
    public_timestamp: Timestamp
    brexit_no_deal_notice: NotRequired[list[TitledLink]]
    headers: NotRequired[list[Header]]
    isbn: NotRequired[str]
    national_applicability: NotRequired[NationalApplicability]


class HtmlPublication(PageEdition):
    """A document of a publication that is read as a page instead of downloaded."""

    edition_links = frozenset({"embed", "government"})
    link_set_links = frozenset({"emphasised_organisations", "government"})

    schema_name: Literal["html_publication"]
    document_type: Literal["html_publication"]
    details: HtmlPublicationDetails
