"""A redirect: a document whose only purpose is to send visitors elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.content.edition import Edition
from schemas.content.fields import RedirectRule


class Redirect(Edition):
    """Document type `redirect`. It has no routes and no title, only rules."""

    schema_name: Literal["redirect"]
    document_type: Literal["redirect"]
    redirects: Annotated[list[RedirectRule], Field(min_length=1)]
