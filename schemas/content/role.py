"""A role: an office that one person after another holds. It may have no page."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PathlessEdition, Phase, Title
from schemas.content.fields import App, Body, Closed


@Closed
class WhipOrganisation(TypedDict):
    """Which of the whips' offices, and its place among them."""

    label: NotRequired[str | None]
    sort_order: NotRequired[int | None]


@Closed
class RoleDetails(TypedDict):
    """What the office is, and its rank."""

    attends_cabinet_type: NotRequired[
        Literal["Attends Cabinet", "Attends Cabinet when Ministerial responsibilities are on the agenda"] | None
    ]
    body: NotRequired[Body]
    role_payment_type: NotRequired[str | None]
    seniority: NotRequired[int]
    supports_historical_accounts: NotRequired[bool]
    whip_organisation: NotRequired[WhipOrganisation]


class Role(PathlessEdition):
    """An office that one person after another holds. It may have no page."""

    link_set_links = frozenset({"emphasised_organisations", "ministerial", "ordered_parent_organisations"})

    schema_name: Literal["role"]
    document_type: Literal[
        "ambassador_role",
        "board_member_role",
        "chief_professional_officer_role",
        "chief_scientific_advisor_role",
        "chief_scientific_officer_role",
        "deputy_head_of_mission_role",
        "governor_role",
        "high_commissioner_role",
        "military_role",
        "ministerial_role",
        "special_representative_role",
        "traffic_commissioner_role",
        "worldwide_office_staff_role",
    ]
    title: Title
    description: str | None = None
    rendering_app: App
    phase: Phase = "live"
    details: RoleDetails
