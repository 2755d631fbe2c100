"""Templates as they are asked for over HTTP, checked before they are kept."""

from __future__ import annotations

import json
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.notifications import templates
from functions.notifications.notification import Service, Template
from schemas.placeholders import same

LARGEST_TEMPLATE = 200_000
"""Bytes of body, subject and defaults together: DynamoDB allows 400 KB for an item, and 4 MB for the transaction that keeps a version."""


class TemplateDraft(BaseModel):
    """A template to keep, or a version to follow the latest: an email or a letter with its subject, or a text without one.

    `defaults` stand in for values that a caller does not give. `contact_block` is the name of one of the service's. `id` is what callers
    name the template by already, where they do; else it is given one.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Literal["email", "sms", "letter"]
    body: Annotated[str, Field(min_length=1, max_length=LARGEST_TEMPLATE)]
    subject: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    defaults: dict[str, str] = {}
    unsubscribe: bool = False
    postage: Literal["first", "second", "economy"] | None = None
    contact_block: str | None = None

    @model_validator(mode="after")
    def _no_larger_than_is_kept(self) -> Self:
        defaults = sum(_size(name) + _size(value) for name, value in self.defaults.items())
        size = _size(self.body) + _size(self.subject or "") + defaults
        if size > LARGEST_TEMPLATE:
            field = "defaults" if defaults > _size(self.body) else "body"
            raise ValueError(f"{field}: with its subject and its defaults a template may have {LARGEST_TEMPLATE} bytes, and has {size}")
        return self

    @model_validator(mode="after")
    def _subject_where_there_is_one(self) -> Self:
        if (self.type == "sms") == (self.subject is not None):
            raise ValueError("an email or a letter needs a subject, and a text has none")
        return self

    @model_validator(mode="after")
    def _what_its_channel_has(self) -> Self:
        if self.unsubscribe and self.type != "email":
            raise ValueError("only an email has a link to unsubscribe")
        if self.type != "letter" and (self.postage or self.contact_block):
            raise ValueError("only a letter has postage and a contact block")
        return self

    @model_validator(mode="after")
    def _defaults_of_placeholders(self) -> Self:
        known = {same(name) for name in templates.placeholders(self.subject or "", self.body)}
        unknown = [name for name in self.defaults if same(name) not in known]
        if unknown:
            raise ValueError(f"defaults: (({unknown[0]})) is no placeholder of the template")
        return self

    def version(self, service: Service, template_id: str, number: int, *, created_at: str | None, at: str) -> Template:
        """The version of a template that this is. Raises LookupError where the service has no such contact block."""
        return Template(
            id=template_id,
            service_id=service.id,
            name=self.name,
            channel=self.type,
            version=number,
            body=self.body,
            subject=self.subject,
            created_at=created_at or at,
            updated_at=at if created_at else None,
            defaults=self.defaults,
            unsubscribe=self.unsubscribe,
            postage=(self.postage or "second") if self.type == "letter" else None,
            contact_block=self._block(service),
        )

    def _block(self, service: Service) -> str | None:
        if self.contact_block is None:
            return None
        known = {block.name: identity for identity, block in service.contact_blocks.items()}
        return known[self.contact_block]


def _size(text: str) -> int:
    """In bytes, as it is kept: the JSON of a line break is two."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
