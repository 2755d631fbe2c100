"""The platform's own events: what a capability may be asked, and what it says it did. Those about messages stand in `schemas/messages.py`.

Written strictly (unknown fields are refused), read tolerantly. Each is exported as JSON Schema under `schemas/platform/`.
None carries a name, an address or a number but `NotificationRequested` and `ForwardRequested`, which are classified for it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.event import PlatformEvent
from schemas.grammar import Slug
from schemas.messages import (
    CallbackFailed,
    CallbackKind,
    Channel,
    ComplaintReceived,
    KeyType,
    LetterUploaded,
    ListName,
    NotificationAccepted,
    NotificationRequested,
    NotificationStatusChanged,
    SendingChanged,
    SubscriberAdded,
    SubscriberRemoved,
    TemplateArchived,
    TemplateSaved,
    TextReceived,
    UnsubscribeRequested,
    Version,
)

__all__ = [
    "EVENTS",
    "BasePath",
    "CallbackFailed",
    "CallbackKind",
    "Channel",
    "ComplaintReceived",
    "ContentPublishRequested",
    "ContentPublished",
    "ContentUnpublishRequested",
    "ContentUnpublished",
    "EventForwarded",
    "EventRejected",
    "ForwardRequested",
    "Hash",
    "KeyCreated",
    "KeyRevoked",
    "KeyType",
    "LetterUploaded",
    "ListName",
    "NotificationAccepted",
    "NotificationRequested",
    "NotificationStatusChanged",
    "PlatformEvent",
    "RecordAppended",
    "RecordSubmitted",
    "SendingChanged",
    "ServiceCreated",
    "Slug",
    "SubscriberAdded",
    "SubscriberRemoved",
    "TemplateArchived",
    "TemplateSaved",
    "TextReceived",
    "UnsubscribeRequested",
    "Version",
]

BasePath = Annotated[str, Field(pattern=r"^/$|^(/[a-z0-9.-]+)+$", max_length=512)]
Hash = Annotated[str, Field(pattern=r"^sha-256:[0-9a-f]{64}$")]


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
    type: KeyType
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


EVENTS: dict[str, type[PlatformEvent]] = {event.type_name(): event for event in PlatformEvent.__subclasses__()}
"""Every platform event by its type."""
