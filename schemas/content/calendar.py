"""A calendar: days that everybody should know, such as bank holidays. The days themselves are kept by whoever renders it."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed


@Closed
class CalendarDetails(TypedDict):
    """What is said of the days."""

    body: NotRequired[Body]


class Calendar(PageEdition):
    """Days that everybody should know, such as bank holidays. The days themselves are kept by whoever renders it."""

    schema_name: Literal["calendar"]
    document_type: Literal["calendar"]
    details: CalendarDetails
