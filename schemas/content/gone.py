"""Gone: a page was here, and is not any more."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from pydantic import Field

from schemas.content.edition import PathlessEdition
from schemas.content.fields import Closed, Url


@Closed
class GoneDetails(TypedDict):
    """Why it went, and where to look instead."""

    explanation: NotRequired[str | None]
    alternative_path: NotRequired[Url | None]


class Gone(PathlessEdition):
    """A page was here, and is not any more."""

    edition_links = frozenset()
    link_set_links = frozenset()

    schema_name: Literal["gone"]
    document_type: Literal["gone"]
    details: GoneDetails = Field(default_factory=GoneDetails)
