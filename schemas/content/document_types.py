"""The document types: what a page is to its readers, finer than its content type.

Those that content-types.md names are all here: its two long lists of 195 are cut, and what is missing in them is taken from the list that
GOV.UK publishes (publishing-api, `content_schemas/allowed_document_types.yml`, the newest stored version).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

DOCUMENT_TYPES = frozenset(
    """
    aaib_report about about_our_services access_and_opening accessible_documents_policy ai_assurance_portfolio_technique
    algorithmic_transparency_record ambassador_role animal_disease_case answer armed_forces_covenant_business asylum_support_decision
    authored_article board_member_role business_finance_support_scheme calendar call_for_evidence call_for_evidence_outcome case_study
    chief_professional_officer_role chief_scientific_advisor_role chief_scientific_officer_role closed_call_for_evidence
    closed_consultation cma_case complaints_procedure completed_transaction consultation consultation_outcome contact
    content_block_contact content_block_pension content_block_tax content_block_time_period coronavirus_landing_page corporate_report
    correspondence countryside_stewardship_grant data_ethics_guidance_document decision deputy_head_of_mission_role design_decision
    detailed_guide digital_markets_measure document_collection drcf_digital_markets_research drug_safety_update email_alert_signup
    embassies_index employment_appeal_tribunal_decision employment_tribunal_decision equality_and_diversity esi_fund
    export_health_certificate external_content facet farming_grant fatality_notice field_of_operation fields_of_operation finder
    finder_email_signup flood_and_coastal_erosion_risk_management_research_report foi_release form get_involved gone government
    government_response governor_role guidance guide help_page high_commissioner_role historic_appointment historic_appointments history
    hmrc_contact hmrc_manual hmrc_manual_section homepage how_government_works html_publication impact_assessment independent_report
    international_development_fund international_treaty landing_page licence licence_transaction license_finder
    life_saving_maritime_appliance_service_station link_collection local_transaction maib_report mainstream_browse_page manual
    manual_section map marine_equipment_approved_recommendation marine_notice media_enquiries medical_safety_alert membership
    military_role ministerial_role ministers_index modern_slavery_statement national national_statistics
    national_statistics_announcement need news_story notice official official_statistics official_statistics_announcement
    open_call_for_evidence open_consultation oral_statement organisation our_energy_use our_governance patent_decision person
    personal_information_charter petitions_and_campaigns place policy_paper press_release procurement product_safety_alert_report_recall
    promotional protected_food_drink_name publication_scheme raib_report recruitment redirect regulation research
    research_for_development_output residential_property_tribunal_decision role_appointment search service_manual_guide
    service_manual_homepage service_manual_service_standard service_manual_service_toolkit service_manual_topic service_sign_in
    service_standard_report services_and_information sfo_case simple_smart_answer smart_answer social_media_use
    special_representative_role special_route speech staff_update standard statistical_data_set statistics statistics_announcement
    statutory_guidance statutory_instrument step_by_step_nav substitute take_part tax_tribunal_decision taxon terms_of_reference
    topical_event topical_event_about_page trademark_decision traffic_commissioner_regulatory_decision traffic_commissioner_role
    transaction transparency travel_advice travel_advice_index ukhsa_data_access_approval utaac_decision vanish
    veterans_support_organisation welsh_language_scheme working_group world_index world_location world_location_news world_news_story
    worldwide_office worldwide_office_staff_role worldwide_organisation written_statement
    """.split()  # noqa: SIM905  # a list of words reads best as words
)
"""Every document type."""


def known(name: str) -> str:
    """The name, which is one of the document types. Raises PydanticCustomError."""
    if name not in DOCUMENT_TYPES:
        raise PydanticCustomError("literal_error", "is not a document type")
    return name


DocumentType = Annotated[str, AfterValidator(known)]
"""Any document type."""
