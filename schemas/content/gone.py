"""Gone: a page was here, and is not any more."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.content.edition import Details, Edition
from schemas.content.fields import Route, Url


class GoneDetails(Details):
    """Why it went, and where to look instead."""

    explanation: str | None = None
    alternative_path: Url | None = None


class Gone(Edition):
    """Document type `gone`."""

    schema_name: Literal["gone"]
    document_type: Literal["gone"]
    details: GoneDetails = Field(default_factory=GoneDetails)
    routes: list[Route] = Field(default_factory=list)
