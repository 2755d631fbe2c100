"""A publication: a page that presents documents, such as a policy paper, a form or statistics."""

from __future__ import annotations

from typing import Literal, NotRequired

from schemas.content.attachments import Paper
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.government import Political
from schemas.content.parts import NationalApplicability, TitledLink

_LINKS = frozenset(
    {
        "emphasised_organisations",
        "government",
        "people",
        "related_policies",
        "related_statistical_data_sets",
        "roles",
        "topical_events",
        "world_locations",
    }
)


@Closed
class PublicationDetails(Political):
    """What the documents are about, and the documents."""

    body: Body
    attachments: NotRequired[list[Paper]]
    brexit_no_deal_notice: NotRequired[list[TitledLink]]
    document_type_label: NotRequired[str]
    documents: NotRequired[list[str]]
    featured_attachments: NotRequired[list[str]]
    national_applicability: NotRequired[NationalApplicability]


class Publication(PageEdition):
    """A page that presents documents, such as a policy paper, a form or statistics."""

    edition_links = _LINKS | {"embed"}
    link_set_links = _LINKS

    schema_name: Literal["publication"]
    document_type: Literal[
        "guidance",
        "form",
        "foi_release",
        "promotional",
        "notice",
        "correspondence",
        "research",
        "official_statistics",
        "transparency",
        "standard",
        "statutory_guidance",
        "independent_report",
        "national_statistics",
        "corporate_report",
        "policy_paper",
        "decision",
        "map",
        "regulation",
        "international_treaty",
        "impact_assessment",
    ]
    details: PublicationDetails
