"""The rules by which links are expanded, as data (Publishing API, contract 1.9)."""

from __future__ import annotations

from collections.abc import Mapping

TRANSLATIONS = "available_translations"
"""The link type that is made, never sent: from an item to itself in every locale."""

EMBED = "embed"
"""The link type of content blocks: from an item to those that its texts ask for."""

REVERSES: Mapping[str, tuple[str, ...]] = {
    "children": ("parent",),
    "document_collections": ("documents",),
    "policies": ("working_groups",),
    "child_taxons": ("parent_taxons",),
    "level_one_taxons": ("root_taxon",),
    "part_of_step_navs": ("pages_part_of_step_nav",),
    "related_to_step_navs": ("pages_related_to_step_nav",),
    "secondary_to_step_navs": ("pages_secondary_to_step_nav",),
    "role_appointments": ("person", "role"),
    "ministers": ("ministerial",),
}
"""Link types that stand because another item links here, each with the direct types that it turns round."""
TURNED: Mapping[str, str] = {direct: name for name, directs in REVERSES.items() for direct in directs}
"""Direct types, each with what it is called from the other end."""

_HOLDERS = (
    "office_staff", "ordered_also_attends_cabinet", "ordered_assistant_whips", "ordered_baronesses_and_lords_in_waiting_whips",
    "ordered_board_members", "ordered_cabinet_ministers", "ordered_chief_professional_officers", "ordered_house_lords_whips",
    "ordered_house_of_commons_whips", "ordered_junior_lords_of_the_treasury_whips", "ordered_military_personnel", "ordered_ministers",
    "ordered_special_representatives", "ordered_traffic_commissioners", "primary_role_person", "secondary_role_person",
)  # fmt: skip
"""Links to people who are shown with the roles they hold."""

PATHS = (
    "associated_taxons*",
    "child_taxons.associated_taxons*",
    "child_taxons*",
    "parent*",
    "parent_taxons*",
    "parent_taxons*.root_taxon",
    "taxons.root_taxon",
    "taxons.parent_taxons*",
    "taxons.parent_taxons*.root_taxon",
    "ordered_related_items.mainstream_browse_pages.parent*",
    "ordered_related_items_overrides.taxons",
    "role_appointments.person",
    "role_appointments.role",
    "role_appointments.role.ordered_parent_organisations",
    "ministers.role_appointments.person",
    *(f"{holders}.role_appointments.role" for holders in _HOLDERS),
    "ordered_ministerial_departments.ordered_ministers.role_appointments.role",
    "ordered_ministerial_departments.ordered_roles",
    "main_office.contact",
    "home_page_offices.contact",
    "historical_accounts.person",
    "worldwide_organisation.sponsoring_organisations",
    "worldwide_organisation.world_locations.world_location_news",
    "world_locations.world_location_news",
)
"""The ways that are followed below the first level, which has links of every type. `*`: again and again, as far as it goes."""

NEVER_EXPANDED = frozenset({"gone", "redirect"})
"""Document types that no link shows."""

SHOWS_WITHDRAWN = frozenset({"children", "parent", "related_statistical_data_sets", TRANSLATIONS})
"""Link types that still show what was withdrawn."""

DRAFT_ONLY = frozenset({"auth_bypass_ids"})
"""Fields that no reader may see."""

_DEFAULT = (
    "content_id", "title", "locale", "analytics_identifier", "api_path", "base_path", "document_type", "public_updated_at",
    "schema_name", "withdrawn",
)  # fmt: skip
_DESCRIBED = (*_DEFAULT, "description")
_ORGANISATION = (
    *(field for field in _DEFAULT if field != "public_updated_at"), "details.acronym", "details.brand", "details.default_news_image",
    "details.logo", "details.organisation_govuk_status",
)  # fmt: skip
_ROLE = (*_DEFAULT, "details.body", "details.role_payment_type")
_ROLES = (
    "ambassador_role", "board_member_role", "chief_professional_officer_role", "chief_scientific_advisor_role",
    "chief_scientific_officer_role", "deputy_head_of_mission_role", "governor_role", "high_commissioner_role", "military_role",
    "special_representative_role", "traffic_commissioner_role", "worldwide_office_staff_role",
)  # fmt: skip
_STEP_BY_STEP = (*_DEFAULT, "details.step_by_step_nav.title", "details.step_by_step_nav.steps")
_FACE = (*_DEFAULT, "details.image", "details.privy_counsellor")

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "contact": (
        *_DEFAULT, "details.contact_form_links", "details.description", "details.email_addresses", "details.phone_numbers",
        "details.post_addresses", "details.title",
    ),
    "coronavirus_landing_page": _DESCRIBED,
    "fatality_notice": (*_DEFAULT, "details.casualties", "details.roll_call_introduction"),
    "government": (
        "content_id", "title", "locale", "api_path", "base_path", "document_type", "details.current", "details.ended_on",
        "details.started_on",
    ),
    "historic_appointment": (*_DEFAULT, "details.dates_in_office", "details.political_party"),
    "mainstream_browse_page": _DESCRIBED,
    "ministerial_role": (*_ROLE, "details.seniority", "details.whip_organisation"),
    "need": (*_DEFAULT, "details.benefit", "details.goal", "details.justifications", "details.met_when", "details.role"),
    "organisation": _ORGANISATION,
    "placeholder_organisation": _ORGANISATION,
    "role_appointment": (
        *_DEFAULT, "details.current", "details.ended_on", "details.person_appointment_order", "details.started_on",
    ),
    "service_manual_topic": _DESCRIBED,
    "step_by_step_nav": _STEP_BY_STEP,
    "take_part": (*_DESCRIBED, "details"),
    "taxon": (*_DESCRIBED, "details", "phase"),
    "travel_advice": (*_DEFAULT, "details.change_description", "details.country"),
    "world_location": ("content_id", "title", "schema_name", "locale", "analytics_identifier"),
    "worldwide_office": (*_DEFAULT, "details.access_and_opening_times"),
    "worldwide_organisation": (*_DESCRIBED, "details.world_location_names"),
    **dict.fromkeys(_ROLES, _ROLE),
}  # fmt: skip
"""What a link shows of its target, by the target's document type, where it is not the default."""

_FIELDS_UNDER: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("finder", "finder"): (*_DEFAULT, "details.facets"),
    ("person", "person"): (*_DEFAULT, "details.body", "details.image"),
    ("step_by_step_nav", "part_of_step_navs"): (*_STEP_BY_STEP, "auth_bypass_ids"),
    ("step_by_step_nav", "related_to_step_navs"): (*_STEP_BY_STEP, "auth_bypass_ids"),
    ("person", "current_prime_minister"): _FACE,
    **{("person", holders): _FACE for holders in _HOLDERS if holders not in {"office_staff", "secondary_role_person"}},
}
"""The same where it depends on the type of the link too."""


def fields(document_type: str, link_type: str) -> tuple[str, ...]:
    """What a link of this type shows of a document of that type. A dot leads into an object."""
    return _FIELDS_UNDER.get((document_type, link_type)) or _FIELDS.get(document_type, _DEFAULT)


def fields_anywhere(document_type: str) -> frozenset[str]:
    """What some link may show of a document of this type."""
    under = (fields for (document, _), fields in _FIELDS_UNDER.items() if document == document_type)
    return frozenset(_FIELDS.get(document_type, _DEFAULT)).union(*under)
