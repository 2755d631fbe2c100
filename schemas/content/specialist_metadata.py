"""The metadata that specialist documents are found by: every field that each kind of document may have.

A document's metadata is of one kind, whichever holds all its fields; its document type does not say which (content-types.md,
specialist_document). A kind of `topics` alone is not repeated here: research reports on floods hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import CoreSchema, core_schema

from schemas.content.fields import Url

KINDS: Mapping[str, str] = {
    "aaib_report": "aircraft_category[] aircraft_type bulk_published! date_of_occurrence location registration report_type",
    "ai_assurance_portfolio_technique": (
        "ai_assurance_technique[] assurance_technique_approach[] bulk_published! key_function[] principle[] sector[] use_case[]"
    ),
    "algorithmic_transparency_record": (
        "algorithmic_transparency_record_atrs_version algorithmic_transparency_record_capability[] "
        "algorithmic_transparency_record_date_published algorithmic_transparency_record_function[] "
        "algorithmic_transparency_record_organisation algorithmic_transparency_record_organisation_type[] "
        "algorithmic_transparency_record_other_tags algorithmic_transparency_record_phase algorithmic_transparency_record_region[] "
        "algorithmic_transparency_record_task"
    ),
    "animal_disease_case": (
        "bulk_published! disease_case_closed_date disease_case_opened_date disease_type[] virus_strain zone_restriction zone_type[]"
    ),
    "armed_forces_covenant_business": (
        "armed_forces_covenant_business_company_size armed_forces_covenant_business_date_signed "
        "armed_forces_covenant_business_industry armed_forces_covenant_business_ownership armed_forces_covenant_business_pledged[] "
        "armed_forces_covenant_business_region bulk_published!"
    ),
    "asylum_support_decision": (
        "bulk_published! hidden_indexable_content tribunal_decision_categories[] tribunal_decision_category "
        "tribunal_decision_decision_date tribunal_decision_judges[] tribunal_decision_landmark tribunal_decision_reference_number "
        "tribunal_decision_sub_categories[] tribunal_decision_sub_category"
    ),
    "business_finance_support_scheme": (
        "bulk_published! business_sizes[] business_stages[] continuation_link industries[] regions[] types_of_support[] will_continue_on?"
    ),
    "cma_case": "bulk_published! case_state case_type closed_date market_sector[] opened_date outcome_type",
    "countryside_stewardship_grant": "bulk_published! grant_type land_use[]",
    "design_decision": (
        "bulk_published! design_decision_british_library_number design_decision_date design_decision_hearing_officer "
        "design_decision_litigants"
    ),
    "digital_markets_measure": (
        "bulk_published! digital_markets_measure_activity[] digital_markets_measure_closed digital_markets_measure_firm[] "
        "digital_markets_measure_opened digital_markets_measure_state digital_markets_measure_type"
    ),
    "drcf_digital_markets_research": (
        "bulk_published! digital_market_research_area[] digital_market_research_category digital_market_research_publish_date "
        "digital_market_research_publisher[] digital_market_research_topic[]"
    ),
    "drug_safety_update": "bulk_published! first_published_at therapeutic_area[]",
    "employment_appeal_tribunal_decision": (
        "bulk_published! hidden_indexable_content tribunal_decision_categories[] tribunal_decision_decision_date "
        "tribunal_decision_landmark tribunal_decision_sub_categories[]"
    ),
    "employment_tribunal_decision": (
        "bulk_published! hidden_indexable_content tribunal_decision_categories[] tribunal_decision_country tribunal_decision_decision_date"
    ),
    "data_ethics_guidance_document": (
        "bulk_published! data_ethics_guidance_document_ethical_theme[] data_ethics_guidance_document_organisation_alias[] "
        "data_ethics_guidance_document_project_phase[] data_ethics_guidance_document_technology_area[]"
    ),
    "esi_fund": "bulk_published! closing_date fund_state fund_type[] funding_source[] location[]",
    "export_health_certificate": "certificate_status commodity_type destination_country[]",
    "international_development_fund": ("bulk_published! development_sector[] eligible_entities[] fund_state location[] value_of_funding[]"),
    "farming_grant": "areas_of_interest[] bulk_published! farming_grant_type land_types[]",
    "flood_and_coastal_erosion_risk_management_research_report": (
        "date_of_completion date_of_start flood_and_coastal_erosion_category project_code project_status topics[]"
    ),
    "licence_transaction": (
        "bulk_published! licence_transaction_continuation_link@ licence_transaction_industry[] "
        "licence_transaction_licence_identifier licence_transaction_location[] licence_transaction_will_continue_on"
    ),
    "life_saving_maritime_appliance_service_station": (
        "bulk_published! life_saving_maritime_appliance_manufacturer[] life_saving_maritime_appliance_service_station_regions[] "
        "life_saving_maritime_appliance_type[]"
    ),
    "maib_report": "bulk_published! date_of_occurrence report_type vessel_type[]",
    "marine_equipment_approved_recommendation": "bulk_published! category[] keyword reference_number year_adopted",
    "marine_notice": "bulk_published! issued_date marine_notice_topic[] marine_notice_type marine_notice_vessel_type[]",
    "medical_safety_alert": "alert_type bulk_published! issued_date medical_specialism[]",
    "patent_decision": (
        "bulk_published! patent_decision_british_library_number patent_decision_hearing_officer patent_decision_type_of_hearing"
    ),
    "product_safety_alert_report_recall": (
        "bulk_published! product_alert_type product_category product_measure_type[] product_recall_alert_date product_risk_level"
    ),
    "protected_food_drink_name": (
        "class_category[] country_of_origin[] date_application date_registration date_registration_eu internal_notes "
        "protection_type reason_for_protection register registered_name status time_registration "
        "traditional_term_grapevine_product_category[] traditional_term_language traditional_term_type"
    ),
    "raib_report": "bulk_published! date_of_occurrence railway_type[] report_type",
    "research_for_development_output": (
        "authors[] bulk_published! country[] first_published_at research_document_type review_status theme[]"
    ),
    "residential_property_tribunal_decision": (
        "bulk_published! hidden_indexable_content tribunal_decision_category tribunal_decision_decision_date tribunal_decision_sub_category"
    ),
    "service_standard_report": "assessment_date bulk_published! result service_provider stage",
    "sfo_case": "sfo_case_date_announced sfo_case_date_closed sfo_case_state",
    "statutory_instrument": "laid_date sift_end_date sifting_status subject[] withdrawn_date",
    "tax_tribunal_decision": ("bulk_published! hidden_indexable_content tribunal_decision_category tribunal_decision_decision_date"),
    "trademark_decision": (
        "bulk_published! trademark_decision_appointed_person_hearing_officer trademark_decision_british_library_number "
        "trademark_decision_class trademark_decision_date trademark_decision_grounds_section[] "
        "trademark_decision_grounds_sub_section[] trademark_decision_mark trademark_decision_person_or_company_involved "
        "trademark_decision_type_of_hearing"
    ),
    "traffic_commissioner_regulatory_decision": "case_type[] decision_subject[] first_published_at outcome_type[] regions[]",
    "ukhsa_chemical_product": "bulk_published! ukhsa_chemical_name[] ukhsa_product_category[] ukhsa_review_date",
    "ukhsa_data_access_approval": (
        "bulk_published! ukhsa_access_type ukhsa_applicant_organisation_type[] ukhsa_approval_date ukhsa_approval_status "
        "ukhsa_classification_identification_risk ukhsa_dataset[] ukhsa_organisation_name ukhsa_request_type"
    ),
    "utaac_decision": (
        "bulk_published! hidden_indexable_content tribunal_decision_categories[] tribunal_decision_decision_date "
        "tribunal_decision_judges[] tribunal_decision_sub_categories[]"
    ),
    "veterans_support_organisation": (
        "bulk_published! veterans_support_organisation_community_and_social[] "
        "veterans_support_organisation_employment_education_and_training[] veterans_support_organisation_families_and_children[] "
        "veterans_support_organisation_finance[] veterans_support_organisation_health_and_social_care[] "
        "veterans_support_organisation_housing[] veterans_support_organisation_legal_and_justice[] "
        "veterans_support_organisation_region_england[] veterans_support_organisation_region_northern_ireland[] "
        "veterans_support_organisation_region_scotland[] veterans_support_organisation_region_wales[] "
        "veterans_support_organisation_valour_organisations[]"
    ),
}
"""The fields of each kind, none of them required. A plain name is a text, `[]` a list of texts, `!` true or false, `?` a text or null, and
`@` a web address."""

_TYPES: Mapping[str, Any] = {"": str, "[]": list[str], "!": bool, "?": str | None, "@": Url}


@cache
def _fields(kind: str) -> dict[str, str]:
    names = KINDS[kind].split()
    return {name.rstrip("[]!?@"): name[len(name.rstrip("[]!?@")) :] for name in names}


def _fits(value: object, of: str) -> bool:
    if of == "[]":
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    return isinstance(value, bool) if of == "!" else isinstance(value, str) or (of == "?" and value is None)


def _nearest(metadata: object) -> str:
    """The kind that most of the fields fit: what is wrong is then said of the kind that was meant."""
    if not isinstance(metadata, Mapping):
        return f"({next(iter(KINDS))})"

    def fitting(kind: str) -> tuple[int, int]:
        named = [(metadata[name], of) for name, of in _fields(kind).items() if name in metadata]
        return sum(_fits(value, of) for value, of in named), len(named)

    return f"({max(KINDS, key=fitting)})"


def _of_a_kind(_source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    of = {suffix: handler.generate_schema(type_) for suffix, type_ in _TYPES.items()}
    kinds: dict[Any, Mapping[str, Any]] = {
        f"({kind})": core_schema.typed_dict_schema(
            {name: core_schema.typed_dict_field(of[suffix], required=False) for name, suffix in _fields(kind).items()},
            extra_behavior="forbid",
            strict=True,
            metadata={"pydantic_js_updates": {"title": kind}},
        )
        for kind in KINDS
    }
    return core_schema.tagged_union_schema(kinds, _nearest)


Metadata = Annotated[dict[str, object], GetPydanticSchema(_of_a_kind)]
"""Metadata of one of the kinds."""
