"""What every event of the platform itself is: its contract's names, and how it is read out of an envelope."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr

from schemas.envelope import CloudEvent


class PlatformEvent(BaseModel):
    """What all platform events share.

    `room` says who says it, `schema_version` which version of the contract it follows. `about` names the fields that say what it is
    about, `apart_by` those that besides tell two of one type and one cause apart.
    """

    # Built when first used: a function says one or two of these, and every one built costs its start.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    room: ClassVar[str]
    schema_version: ClassVar[str] = "1.0.0"
    classification: ClassVar[str] = "official"
    about: ClassVar[tuple[str, ...]]
    apart_by: ClassVar[tuple[str, ...]] = ()

    _envelope: CloudEvent | None = PrivateAttr(default=None)

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, e.g. `platform.ContentPublished.v1`."""
        return f"platform.{cls.__name__}.v{cls.schema_version.split('.')[0]}"

    @classmethod
    def source_name(cls) -> str:
        """The CloudEvents source, e.g. `uk.gov.commonweal.publishing`."""
        return f"uk.gov.commonweal.{cls.room}"

    @classmethod
    def schema_uri(cls) -> str:
        """The URI reference of the JSON Schema, e.g. `/schemas/platform/ContentPublished/1.0.0.json`."""
        return f"/schemas/platform/{cls.__name__}/{cls.schema_version}.json"

    @classmethod
    def read(cls, envelope: CloudEvent) -> Self:
        """The event inside an envelope, unknown fields ignored. Raises pydantic's ValidationError."""
        event = cls.model_validate(envelope.data, extra="ignore")
        event._envelope = envelope
        return event

    @property
    def envelope(self) -> CloudEvent:
        """The envelope it came in. Only events that were read have one."""
        if self._envelope is None:
            raise LookupError(f"{type(self).__name__} was made here and has no envelope yet")
        return self._envelope

    @property
    def subject(self) -> str:
        """What the event is about, for the envelope."""
        return self._named(*self.about)

    @property
    def step(self) -> str:
        """What tells two events of one type and one cause apart: a stable name, never an index."""
        return ":".join(filter(None, (self.subject, self._named(*self.apart_by))))

    def _named(self, *fields: str) -> str:
        return ":".join(str(getattr(self, field)) for field in fields)
