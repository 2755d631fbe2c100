"""An organisation: what it is called, what it looks like, and where it is found."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from pydantic import JsonValue

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, RelatedLink
from schemas.content.images import FeaturedDocument, Image
from schemas.content.parts import SocialMediaLink, TitledLink


@Closed
class Logo(TypedDict):
    """The name as it is written beside the crest; line breaks stand in it as HTML."""

    formatted_title: str
    crest: NotRequired[
        Literal[
            "bis",
            "custom",
            "dbt",
            "eo",
            "gds",
            "hmrc",
            "ho",
            "mod",
            "no10",
            "no-identity",
            "portcullis",
            "single-identity",
            "so",
            "ukaea",
            "wales",
        ]
    ]
    image: NotRequired[Image]


@Closed
class PromotionalFeature(TypedDict):
    """Something promoted on the organisation's page; the contract leaves open what its items are."""

    title: str
    items: list[JsonValue]


@Closed
class OrganisationStatus(TypedDict):
    """Whether the organisation is there, and what became of it if not."""

    status: Literal[
        "changed_name",
        "devolved",
        "exempt",
        "joining",
        "left_gov",
        "live",
        "merged",
        "no_longer_exists",
        "replaced",
        "split",
        "superseded_by_devolved_administration",
        "transitioning",
    ]
    updated_at: NotRequired[str | None]
    url: NotRequired[str | None]


@Closed
class OrganisationDetails(TypedDict):
    """The names and looks of an organisation, and what it puts first on its page."""

    acronym: NotRequired[str | None]
    alternative_format_contact_email: NotRequired[str | None]
    analytics_identifier: NotRequired[str | None]
    body: NotRequired[Body]
    brand: NotRequired[str | None]
    change_note: NotRequired[str | None]
    default_news_image: NotRequired[Image]
    external_related_links: NotRequired[list[RelatedLink]]
    foi_exempt: NotRequired[bool]
    logo: NotRequired[Logo]
    ordered_corporate_information_pages: NotRequired[list[TitledLink]]
    ordered_featured_documents: NotRequired[list[FeaturedDocument]]
    ordered_featured_links: NotRequired[list[TitledLink]]
    ordered_promotional_features: NotRequired[list[PromotionalFeature]]
    organisation_featuring_priority: NotRequired[Literal["news", "service"]]
    organisation_govuk_status: NotRequired[OrganisationStatus]
    organisation_political: NotRequired[bool]
    organisation_type: NotRequired[
        Literal[
            "adhoc_advisory_group",
            "advisory_ndpb",
            "civil_service",
            "court",
            "devolved_administration",
            "executive_agency",
            "executive_ndpb",
            "executive_office",
            "independent_monitoring_body",
            "ministerial_department",
            "non_ministerial_department",
            "other",
            "public_corporation",
            "special_health_authority",
            "sub_organisation",
            "tribunal",
        ]
    ]
    secondary_corporate_information_pages: NotRequired[str]
    social_media_links: NotRequired[list[SocialMediaLink]]


class Organisation(PageEdition):
    """What an organisation is called, what it looks like, and where it is found."""

    link_set_links = frozenset(
        {
            "emphasised_organisations",
            "ordered_board_members",
            "ordered_chief_professional_officers",
            "ordered_child_organisations",
            "ordered_contacts",
            "ordered_featured_policies",
            "ordered_foi_contacts",
            "ordered_high_profile_groups",
            "ordered_military_personnel",
            "ordered_ministers",
            "ordered_parent_organisations",
            "ordered_roles",
            "ordered_special_representatives",
            "ordered_successor_organisations",
            "ordered_traffic_commissioners",
            "superseded_organisations",
            "superseding_organisations",
        }
    )

    schema_name: Literal["organisation"]
    document_type: Literal["organisation"]
    details: OrganisationDetails
