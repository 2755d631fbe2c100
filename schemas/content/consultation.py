"""A consultation: views are asked for on a plan, until a day, and answered afterwards."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.attachments import Paper
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, Timestamp
from schemas.content.government import Political
from schemas.content.images import Image
from schemas.content.parts import NationalApplicability

LINKS = frozenset({"emphasised_organisations", "government", "people", "related_policies", "roles", "topical_events"})
"""Kinds of link of what asks for responses, beyond the common ones."""


@Closed
class WaysToRespond(TypedDict):
    """Where responses are sent."""

    attachment_url: NotRequired[str]
    email: NotRequired[str]
    link_url: NotRequired[str]
    postal_address: NotRequired[str]


class AsksForResponses(Political):
    """What is asked, from when until when, and how to respond."""

    body: Body
    attachments: NotRequired[list[Paper]]
    closing_date: NotRequired[Timestamp]
    documents: NotRequired[list[str]]
    featured_attachments: NotRequired[list[str]]
    held_on_another_website_url: NotRequired[str]
    image: NotRequired[Image]
    national_applicability: NotRequired[NationalApplicability]
    opening_date: NotRequired[Timestamp]
    ways_to_respond: NotRequired[WaysToRespond]


@Closed
class ConsultationDetails(AsksForResponses):
    """What is asked, what was answered, and what became of it."""

    final_outcome_attachments: NotRequired[list[str]]
    final_outcome_detail: NotRequired[str]
    final_outcome_documents: NotRequired[list[str]]
    final_outcome_publication_date: NotRequired[Timestamp]
    public_feedback_attachments: NotRequired[list[str]]
    public_feedback_detail: NotRequired[str]
    public_feedback_documents: NotRequired[list[str]]
    public_feedback_publication_date: NotRequired[Timestamp]


class Consultation(PageEdition):
    """Views are asked for on a plan, until a day, and answered afterwards."""

    edition_links = LINKS | {"embed"}
    link_set_links = LINKS

    schema_name: Literal["consultation"]
    document_type: Literal["closed_consultation", "open_consultation", "consultation", "consultation_outcome"]
    details: ConsultationDetails
