"""A redirect: a document whose only purpose is to send visitors elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.content.edition import Edition, NoDetails
from schemas.content.fields import BasePath, RedirectRule


class Redirect(Edition):
    """A document whose only purpose is to send visitors elsewhere. It has no routes and no title, only rules."""

    edition_links = frozenset()
    link_set_links = frozenset()

    base_path: BasePath
    schema_name: Literal["redirect"]
    document_type: Literal["redirect"]
    redirects: Annotated[list[RedirectRule], Field(min_length=1)]
    details: NoDetails = Field(default_factory=NoDetails)
