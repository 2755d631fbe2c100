"""A call for evidence: facts are asked for before there is a plan."""

from __future__ import annotations

from typing import Literal, NotRequired

from schemas.content.consultation import LINKS, AsksForResponses
from schemas.content.edition import PageEdition
from schemas.content.fields import Closed, Timestamp


@Closed
class CallForEvidenceDetails(AsksForResponses):
    """What is asked, and what became of it."""

    outcome_attachments: NotRequired[list[str]]
    outcome_detail: NotRequired[str]
    outcome_documents: NotRequired[list[str]]
    outcome_publication_date: NotRequired[Timestamp]


class CallForEvidence(PageEdition):
    """Facts are asked for before there is a plan."""

    edition_links = LINKS | {"embed"}
    link_set_links = LINKS

    schema_name: Literal["call_for_evidence"]
    document_type: Literal["call_for_evidence", "closed_call_for_evidence", "open_call_for_evidence", "call_for_evidence_outcome"]
    details: CallForEvidenceDetails
