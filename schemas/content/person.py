"""A person: who holds, or held, a role."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.images import Image


@Closed
class PersonDetails(TypedDict):
    """The name in full, a picture and a biography."""

    analytics_identifier: NotRequired[str | None]
    body: NotRequired[Body]
    full_name: NotRequired[str]
    image: NotRequired[Image]
    minister: NotRequired[bool]
    privy_counsellor: NotRequired[bool]


class Person(PageEdition):
    """Who holds, or held, a role."""

    schema_name: Literal["person"]
    document_type: Literal["person"]
    details: PersonDetails
