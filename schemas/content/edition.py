"""What every edition has, whatever its type (Publishing API: the top-level fields of a PUT)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.content.fields import AccessLimit, App, BasePath, Links, Locale, RedirectRule, Route, Timestamp, Uuid, Version


class Edition(BaseModel):
    """The fields of all content types."""

    # Built when first used: a request is about one content type, and a function that starts would wait for them all.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    base_path: BasePath
    schema_name: str
    document_type: str
    publishing_app: App
    locale: Locale = "en"
    update_type: Literal["major", "minor", "republish"] | None = None
    change_note: str | None = None
    redirects: list[RedirectRule] = Field(default_factory=list)
    links: Links = Field(default_factory=dict)
    public_updated_at: Timestamp | None = None
    first_published_at: Timestamp | None = None
    last_edited_at: Timestamp | None = None
    last_edited_by_editor_id: Uuid | None = None
    analytics_identifier: str | None = None
    access_limited: AccessLimit | None = None
    auth_bypass_ids: list[Uuid] = Field(default_factory=list)
    content_id_alias: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")] | None = None
    instructions_to_publishers: str | None = None
    bulk_publishing: bool = False
    previous_version: Version | None = None


class PageEdition(Edition):
    """The fields of content types that have a page of their own."""

    title: Annotated[str, StringConstraints(min_length=1)]
    description: str | None = None
    details: BaseModel
    rendering_app: App
    routes: Annotated[list[Route], Field(min_length=1)]
    phase: Literal["alpha", "beta", "live"] = "live"


class Details(BaseModel):
    """The part of an edition that is its type's own: the fields named and no others."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)
