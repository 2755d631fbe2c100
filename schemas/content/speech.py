"""A speech: what somebody said in office, when and where; articles and statements by them are of this type too."""

from __future__ import annotations

from typing import Literal, NotRequired

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, Timestamp
from schemas.content.government import Political
from schemas.content.images import Image


@Closed
class SpeechDetails(Political):
    """The words, and the occasion."""

    body: Body
    delivered_on: Timestamp
    image: NotRequired[Image]
    location: NotRequired[str]
    speaker_without_profile: NotRequired[str]
    speech_type_explanation: NotRequired[str]


class Speech(PageEdition):
    """What somebody said in office, when and where; articles and statements by them are of this type too."""

    link_set_links = frozenset(
        {
            "emphasised_organisations",
            "government",
            "people",
            "related_policies",
            "roles",
            "speaker",
            "topical_events",
            "world_locations",
        }
    )

    schema_name: Literal["speech"]
    document_type: Literal["speech", "authored_article", "written_statement", "oral_statement"]
    details: SpeechDetails
