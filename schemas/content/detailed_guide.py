"""A detailed guide: guidance for specialists, on one long page."""

from __future__ import annotations

from typing import Literal, NotRequired

from schemas.content.attachments import FileAttachment
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.government import Political
from schemas.content.images import Image
from schemas.content.parts import Header, NationalApplicability, TitledLink

_LINKS = frozenset({"emphasised_organisations", "government", "related_guides", "related_mainstream_content", "related_policies"})


@Closed
class DetailedGuideDetails(Political):
    """The text, what belongs to it, and where it holds."""

    body: Body
    alternative_nothern_ireland_url: NotRequired[str]  # spelt so in the contract
    alternative_scotland_url: NotRequired[str]
    alternative_wales_url: NotRequired[str]
    attachments: NotRequired[list[FileAttachment]]
    brexit_no_deal_notice: NotRequired[list[TitledLink]]
    headers: NotRequired[list[Header]]
    image: NotRequired[Image]
    national_applicability: NotRequired[NationalApplicability]
    related_mainstream_content: NotRequired[list[str]]


class DetailedGuide(PageEdition):
    """Guidance for specialists, on one long page."""

    edition_links = _LINKS | {"embed", "topical_events"}
    link_set_links = _LINKS

    schema_name: Literal["detailed_guide"]
    document_type: Literal["detailed_guide"]
    details: DetailedGuideDetails
