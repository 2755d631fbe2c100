"""A special route: an address that a program answers at, such as a feed or a search."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.content.edition import Edition, NoDetails, Phase, Routes, Title
from schemas.content.fields import App, BasePath


class SpecialRoute(Edition):
    """An address that a program answers at, such as a feed or a search.

    Only addresses that are free: what the platform itself answers at (`schemas.paths.RESERVED`) is refused to special routes, too.
    """

    base_path: BasePath
    schema_name: Literal["special_route"]
    document_type: Literal["special_route", "search"]
    title: Title | None = None
    description: str | None = None
    rendering_app: App | None = None
    routes: Routes
    phase: Phase = "live"
    details: NoDetails = Field(default_factory=NoDetails)
