"""A statistics announcement: which figures will be released, and when."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Closed, Timestamp


@Closed
class StatisticsAnnouncementDetails(TypedDict):
    """When the figures come, how sure that is, and what became of the last date."""

    display_date: str
    format_sub_type: Literal["national", "official"]
    state: Literal["cancelled", "confirmed", "provisional"]
    cancellation_reason: NotRequired[str]
    cancelled_at: NotRequired[Timestamp]
    document_type_label: NotRequired[str]
    latest_change_note: NotRequired[str]
    previous_display_date: NotRequired[str]
    release_timestamp: NotRequired[Timestamp]


class StatisticsAnnouncement(PageEdition):
    """Which figures will be released, and when."""

    schema_name: Literal["statistics_announcement"]
    document_type: Literal[
        "national_statistics_announcement", "official_statistics_announcement", "statistics_announcement", "national", "official"
    ]
    details: StatisticsAnnouncementDetails
