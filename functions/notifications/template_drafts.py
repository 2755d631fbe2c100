"""Templates as they are asked for over HTTP, checked before they are kept."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.notifications import templates
from functions.notifications.notification import Service, Template
from schemas.ids import sender_id

LARGEST_TEMPLATE = 200_000


class TemplateDraft(BaseModel):
    """A template to keep, or a version to follow the latest: an email or a letter with its subject, or a text without one.

    `defaults` stand in for values that a caller does not give. `contact_block` is the name of one of the service's.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Literal["email", "sms", "letter"]
    body: Annotated[str, Field(min_length=1, max_length=LARGEST_TEMPLATE)]
    subject: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    defaults: dict[str, str] = {}
    unsubscribe: bool = False
    postage: Literal["first", "second", "economy"] | None = None
    contact_block: str | None = None

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
        known = {templates.same(name) for name in templates.placeholders(self.subject or "", self.body)}
        unknown = [name for name in self.defaults if templates.same(name) not in known]
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
        identity = sender_id(service.id, "contact_block", self.contact_block)
        if identity not in service.contact_blocks:
            raise LookupError(self.contact_block)
        return identity
