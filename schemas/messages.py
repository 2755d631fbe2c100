"""The platform's events about messages: what the notifications room may be asked, and what it says it did.

None but `NotificationRequested` names anybody: recipients, texts and references stay in the store, and are fetched there by id.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.event import PlatformEvent
from schemas.grammar import KeyType, Slug

Channel = Literal["email", "sms", "letter"]
CallbackKind = Literal["delivery", "inbound", "complaint", "returned-letter"]
"""What a callback of a service is told of."""
FINAL_STATUSES = (
    "delivered",
    "temporary-failure",
    "permanent-failure",
    "technical-failure",
    "validation-failed",
    "virus-scan-failed",
    "returned-letter",
)
"""The statuses of a notification after which nothing more is expected."""
ListName = Annotated[str, Field(min_length=1, max_length=256)]
Version = Annotated[int, Field(ge=1)]


class NotificationRequested(PlatformEvent):
    """Notify one recipient, or every subscriber of a list, from the template of each one's channel."""

    room: ClassVar[str] = "bus"
    classification: ClassVar[str] = "personal"
    service_id: UUID
    templates: dict[Channel, UUID]
    template_versions: dict[Channel, Version] = Field(default_factory=dict, description="Pinned versions; the latest where none is.")
    personalisation: dict[str, object] = Field(default_factory=dict)
    subscribers: ListName | None = None
    email_address: str | None = None
    phone_number: str | None = None
    postal_address: Annotated[str, Field(max_length=2000)] | None = Field(default=None, description="Its lines, with newlines between.")
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
    about: ClassVar[tuple[str, ...]] = ("notification_id",)
    service_id: UUID
    notification_id: UUID
    channel: Channel


class LetterUploaded(PlatformEvent):
    """A precompiled letter waits to be checked."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("notification_id",)
    service_id: UUID
    notification_id: UUID


class NotificationStatusChanged(PlatformEvent):
    """A notification has another status; `reason` says more where the status alone does not."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("notification_id",)
    apart_by: ClassVar[tuple[str, ...]] = ("status",)
    service_id: UUID
    notification_id: UUID
    template_id: UUID | None = Field(default=None, description="Absent for a precompiled letter.")
    channel: Channel
    key_type: KeyType
    status: str
    reason: str | None = None


class TextReceived(PlatformEvent):
    """Somebody has sent a text to a service's number; who, and what it says, stays in the store."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("text_id",)
    service_id: UUID
    text_id: UUID


class ComplaintReceived(PlatformEvent):
    """Whoever got an email has called it unwanted; `complaint_id` is the email provider's."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("notification_id",)
    apart_by: ClassVar[tuple[str, ...]] = ("complaint_id",)
    service_id: UUID
    notification_id: UUID
    complaint_id: str


class UnsubscribeRequested(PlatformEvent):
    """Whoever got an email wants no more like it."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("notification_id",)
    service_id: UUID
    notification_id: UUID


class CallbackFailed(PlatformEvent):
    """A service's callback did not take what it was told, and is not tried again by itself."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("delivery_id",)
    service_id: UUID
    callback: Slug
    delivery_id: UUID
    kind: CallbackKind
    reason: str


class TemplateSaved(PlatformEvent):
    """A template has a new version."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("template_id",)
    apart_by: ClassVar[tuple[str, ...]] = ("version",)
    service_id: UUID
    template_id: UUID
    version: Version
    channel: Channel


class TemplateArchived(PlatformEvent):
    """A template is archived, as `version` of it; nothing more is sent from it."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("template_id",)
    apart_by: ClassVar[tuple[str, ...]] = ("version",)
    service_id: UUID
    template_id: UUID
    version: Version


class SendingChanged(PlatformEvent):
    """What a service sends with has changed."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("service_id",)
    service_id: UUID


class SubscriberAdded(PlatformEvent):
    """Somebody asked to be told; who they are stays in the store."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("subscriber_id",)
    service_id: UUID
    list: ListName
    subscriber_id: UUID
    channel: Channel


class SubscriberRemoved(PlatformEvent):
    """Somebody asked not to be told any more."""

    room: ClassVar[str] = "notifications"
    about: ClassVar[tuple[str, ...]] = ("subscriber_id",)
    service_id: UUID
    list: ListName
    subscriber_id: UUID
