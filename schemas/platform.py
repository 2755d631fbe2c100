"""The platform's own events: what a capability may be asked, and what it says it did.

Written strictly (unknown fields are refused), read tolerantly. Each is exported as JSON Schema under `schemas/platform/`.
None carries a name, an address or a number but `NotificationRequested` and `ForwardRequested`, which are classified for it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from schemas.envelope import CloudEvent

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
BasePath = Annotated[str, Field(pattern=r"^/$|^(/[a-z0-9.-]+)+$", max_length=512)]
Channel = Literal["email", "sms"]
Hash = Annotated[str, Field(pattern=r"^sha-256:[0-9a-f]{64}$")]
ListName = Annotated[str, Field(min_length=1, max_length=256)]


class PlatformEvent(BaseModel):
    """What all platform events share. `room` says who says it, `schema_version` which version of the contract it follows."""

    # Built when first used: a function says one or two of these, and every one built costs its start.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    room: ClassVar[str]
    schema_version: ClassVar[str] = "1.0.0"
    classification: ClassVar[str] = "official"

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
    @abstractmethod
    def subject(self) -> str:
        """What the event is about, for the envelope."""

    @property
    def step(self) -> str:
        """What tells two events of one type and one cause apart: a stable name, never an index."""
        return self.subject


class ContentPublishRequested(PlatformEvent):
    """Make this the published edition at `base_path`, creating the content item if there is none."""

    room: ClassVar[str] = "bus"
    base_path: BasePath
    schema_name: str
    document_type: str
    title: Annotated[str, Field(min_length=1, max_length=255)]
    description: str | None = None
    details: dict[str, object]
    locale: str = "en"
    update_type: Literal["major", "minor", "republish"] = "major"
    change_note: str | None = None

    @property
    def subject(self) -> str:
        return self.base_path


class ContentUnpublishRequested(PlatformEvent):
    """Take the edition at `base_path` away, in one of the ways the publishing contract knows (1.7)."""

    room: ClassVar[str] = "bus"
    base_path: BasePath
    type: Literal["withdrawal", "gone", "redirect", "vanish"]
    explanation: str | None = None
    alternative_path: str | None = None
    locale: str = "en"

    @property
    def subject(self) -> str:
        return self.base_path


class ContentPublished(PlatformEvent):
    """An edition is live."""

    room: ClassVar[str] = "publishing"
    content_id: UUID
    locale: str
    base_path: BasePath
    schema_name: str
    document_type: str
    title: str
    update_type: str
    user_facing_version: int

    @property
    def subject(self) -> str:
        return self.base_path


class ContentUnpublished(PlatformEvent):
    """An edition is withdrawn, gone, redirected or vanished."""

    room: ClassVar[str] = "publishing"
    content_id: UUID
    locale: str
    base_path: BasePath
    type: Literal["withdrawal", "gone", "redirect", "vanish"]

    @property
    def subject(self) -> str:
        return self.base_path


class NotificationRequested(PlatformEvent):
    """Notify one recipient, or every subscriber of a list, from the template of each one's channel."""

    room: ClassVar[str] = "bus"
    classification: ClassVar[str] = "personal"
    service_id: UUID
    templates: dict[Channel, UUID]
    personalisation: dict[str, object] = Field(default_factory=dict)
    subscribers: ListName | None = None
    email_address: str | None = None
    phone_number: str | None = None
    reference: Annotated[str, Field(max_length=1000)] | None = None
    after: str | None = Field(default=None, description="Where to go on in a long list: set by the platform alone.")

    @property
    def subject(self) -> str:
        return self.subscribers or str(self.service_id)

    @property
    def step(self) -> str:
        return f"{self.subject}:{self.after or ''}"


class NotificationAccepted(PlatformEvent):
    """A notification is stored and waits for its provider."""

    room: ClassVar[str] = "notifications"
    service_id: UUID
    notification_id: UUID
    channel: Channel

    @property
    def subject(self) -> str:
        return str(self.notification_id)


class NotificationStatusChanged(PlatformEvent):
    """A notification has another status; `reason` says more where the status alone does not."""

    room: ClassVar[str] = "notifications"
    service_id: UUID
    notification_id: UUID
    channel: Channel
    status: str
    reference: str | None = None
    reason: str | None = None

    @property
    def subject(self) -> str:
        return str(self.notification_id)

    @property
    def step(self) -> str:
        return f"{self.notification_id}:{self.status}"


class RecordSubmitted(PlatformEvent):
    """Append this item to a register under this key."""

    room: ClassVar[str] = "bus"
    register_name: Slug
    key: Annotated[str, Field(min_length=1, max_length=256)]
    item: dict[str, object]

    @property
    def subject(self) -> str:
        return f"{self.register_name}:{self.key}"


class RecordAppended(PlatformEvent):
    """An entry stands in a register, whose root hash now covers `total_entries` entries."""

    room: ClassVar[str] = "data-access"
    register_name: Slug
    key: str
    entry_number: Annotated[int, Field(ge=1)]
    item_hash: Hash
    total_entries: Annotated[int, Field(ge=1)]
    root_hash: Hash

    @property
    def subject(self) -> str:
        return f"{self.register_name}:{self.key}"


class ForwardRequested(PlatformEvent):
    """Hand an event on to a webhook or queue that its department declared."""

    room: ClassVar[str] = "bus"
    classification: ClassVar[str] = "personal"
    target: Literal["webhook", "queue"]
    name: Slug
    event: dict[str, object]

    @property
    def subject(self) -> str:
        return f"{self.target}:{self.name}"


class EventForwarded(PlatformEvent):
    """A webhook or queue has taken an event."""

    room: ClassVar[str] = "bus"
    target: Literal["webhook", "queue"]
    name: Slug
    event_id: str

    @property
    def subject(self) -> str:
        return f"{self.target}:{self.name}"


class EventRejected(PlatformEvent):
    """A consumer could not understand an event; it is kept in quarantine under `event_id`."""

    room: ClassVar[str] = "bus"
    event_id: str
    rejected_type: str
    rejected_source: str
    consumer: str
    reason: str

    @property
    def subject(self) -> str:
        return self.event_id

    @property
    def step(self) -> str:
        return f"{self.consumer}:{self.event_id}"


class ServiceCreated(PlatformEvent):
    """A department has a new service."""

    room: ClassVar[str] = "departments"
    service_id: UUID
    name: str

    @property
    def subject(self) -> str:
        return str(self.service_id)


class KeyCreated(PlatformEvent):
    """A service has a new key. The secret is shown once, to whoever made it, and is not here."""

    room: ClassVar[str] = "departments"
    service_id: UUID
    key_id: UUID
    name: str
    type: Literal["live", "team", "test"]
    scopes: list[str]

    @property
    def subject(self) -> str:
        return str(self.key_id)


class KeyRevoked(PlatformEvent):
    """A key opens nothing any more."""

    room: ClassVar[str] = "departments"
    service_id: UUID
    key_id: UUID

    @property
    def subject(self) -> str:
        return str(self.key_id)


class TemplateSaved(PlatformEvent):
    """A template has a new version."""

    room: ClassVar[str] = "notifications"
    service_id: UUID
    template_id: UUID
    version: int
    channel: Channel

    @property
    def subject(self) -> str:
        return str(self.template_id)

    @property
    def step(self) -> str:
        return f"{self.template_id}:{self.version}"


class SubscriberAdded(PlatformEvent):
    """Somebody asked to be told; who they are stays in the store."""

    room: ClassVar[str] = "notifications"
    service_id: UUID
    list: ListName
    subscriber_id: UUID
    channel: Channel

    @property
    def subject(self) -> str:
        return str(self.subscriber_id)


class SubscriberRemoved(PlatformEvent):
    """Somebody asked not to be told any more."""

    room: ClassVar[str] = "notifications"
    service_id: UUID
    list: ListName
    subscriber_id: UUID

    @property
    def subject(self) -> str:
        return str(self.subscriber_id)


EVENTS: dict[str, type[PlatformEvent]] = {event.type_name(): event for event in PlatformEvent.__subclasses__()}
"""Every platform event by its type."""
