"""What every edition has, whatever its type (Publishing API: the top-level fields of a PUT, publishing.md 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from schemas.content.fields import (
    AccessLimit,
    App,
    BasePath,
    Closed,
    Links,
    Locale,
    RedirectRule,
    Route,
    Timestamp,
    Uuid,
    Version,
)
from schemas.content.links import COMMON

Title = Annotated[str, StringConstraints(min_length=1)]
Phase = Literal["alpha", "beta", "live"]
Routes = Annotated[list[Route], Field(min_length=1)]


class Edition(BaseModel):
    """The fields of all content types."""

    # Built when first used: a request is about one content type, and a function that starts would wait for them all.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    edition_links: ClassVar[frozenset[str]] = frozenset({"embed"})
    """Kinds of link that an edition of this type may have beyond the common ones."""
    link_set_links: ClassVar[frozenset[str]] = frozenset({"emphasised_organisations"})
    """Kinds of link that the link set of a document of this type may have beyond the common ones."""

    base_path: BasePath | None = None
    schema_name: str
    document_type: str
    publishing_app: App
    locale: Locale = "en"
    phase: Phase | None = None
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

    @field_validator("links")
    @classmethod
    def _of_this_type(cls, links: Links) -> Links:
        foreign = links.keys() - COMMON - cls.edition_links
        if foreign:
            kind = PydanticCustomError("link_type", "is not a link that an edition of this content type may have")
            raise ValidationError.from_exception_data(
                cls.__name__, [InitErrorDetails(type=kind, loc=(name,), input=links[name]) for name in sorted(foreign)]
            )
        return links


class PageEdition(Edition):
    """The fields of content types that have a page of their own."""

    base_path: BasePath
    title: Title
    description: str | None = None
    details: Mapping[str, object]
    rendering_app: App
    routes: Routes
    phase: Phase = "live"


class PathlessEdition(Edition):
    """The fields of content types whose documents may stand at no address."""

    routes: list[Route] = Field(default_factory=list)


@Closed
class NoDetails(TypedDict):
    """Nothing: an object without fields."""
