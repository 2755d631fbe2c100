"""Travel advice: whether and how to travel to a country, in parts."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.attachments import FileAttachment
from schemas.content.edition import PageEdition
from schemas.content.fields import Closed, Timestamp, Url
from schemas.content.guide import Parts
from schemas.content.images import ImageFile


@Closed
class Country(TypedDict):
    """The country, and what else people call it."""

    name: str
    slug: str
    synonyms: NotRequired[list[str]]


@Closed
class TravelAdviceDetails(TypedDict):
    """The advice in parts, how grave it is, and when it was last looked at."""

    alert_status: list[str]
    change_description: str
    country: Country
    email_signup_link: Url
    parts: Parts
    reviewed_at: Timestamp
    updated_at: Timestamp
    document: NotRequired[FileAttachment]
    image: NotRequired[ImageFile]
    max_cache_time: NotRequired[int]


class TravelAdvice(PageEdition):
    """Whether and how to travel to a country, in parts."""

    link_set_links = frozenset({"emphasised_organisations", "related", "topical_events"})

    schema_name: Literal["travel_advice"]
    document_type: Literal["travel_advice"]
    details: TravelAdviceDetails
