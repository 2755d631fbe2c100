"""The platform's own events: what a capability may be asked, and what it says it did. Those about messages stand in `schemas/messages.py`.

Written strictly (unknown fields are refused), read tolerantly. Each is exported as JSON Schema under `schemas/platform/`.
None carries a name, an address or a number but `NotificationRequested` and `ForwardRequested`, which are classified for it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.event import PlatformEvent
from schemas.grammar import DepartmentSlug, KeyType, Slug
from schemas.messages import (
    CallbackFailed,
    Channel,
    ComplaintReceived,
    LetterUploaded,
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
)

__all__ = [
    "EVENTS",
    "CallbackFailed",
    "Channel",
    "ComplaintReceived",
    "ContentPublishRequested",
    "ContentPublished",
    "ContentRendered",
    "ContentUnpublishRequested",
    "ContentUnpublished",
    "DepartmentRemoved",
    "DepartmentRestored",
    "DepartmentSuspended",
    "EntriesAppended",
    "EventForwarded",
    "EventRejected",
    "ForwardRequested",
    "KeyCreated",
    "KeyRevoked",
    "LetterUploaded",
    "LinksChanged",
    "NotificationAccepted",
    "NotificationRequested",
    "NotificationStatusChanged",
    "PlatformEvent",
    "RecordAppended",
    "RecordSubmitted",
    "SendingChanged",
    "ServiceCreated",
    "SnapshotBuilt",
    "SnapshotFile",
    "SubscriberAdded",
    "SubscriberRemoved",
    "TemplateArchived",
    "TemplateSaved",
    "TextReceived",
    "UnsubscribeRequested",
]

BasePath = Annotated[str, Field(pattern=r"^/$|^(/[a-z0-9.-]+)+$", max_length=512)]
WriteId = Annotated[UUID, Field(description="The event of the document's history that this write is: its effects are followed there.")]
Hash = Annotated[str, Field(pattern=r"^sha-256:[0-9a-f]{64}$")]


class ContentPublishRequested(PlatformEvent):
    """Make this the published edition at `base_path`, creating the content item if there is none."""

    room: ClassVar[str] = "bus"
    about: ClassVar[tuple[str, ...]] = ("base_path",)
    base_path: BasePath
    schema_name: str
    document_type: str
    title: Annotated[str, Field(min_length=1, max_length=255)]
    description: str | None = None
    details: dict[str, object]
    locale: str = "en"
    update_type: Literal["major", "minor", "republish"] = "major"
    change_note: str | None = None


class ContentUnpublishRequested(PlatformEvent):
    """Take the edition at `base_path` away, in one of the ways the publishing contract knows (1.7)."""

    room: ClassVar[str] = "bus"
    about: ClassVar[tuple[str, ...]] = ("base_path",)
    base_path: BasePath
    type: Literal["withdrawal", "gone", "redirect", "vanish"]
    explanation: str | None = None
    alternative_path: str | None = None
    locale: str = "en"


class ContentPublished(PlatformEvent):
    """An edition is live."""

    room: ClassVar[str] = "publishing"
    content_id: UUID
    locale: str
    base_path: BasePath | None = None
    schema_name: str
    document_type: str
    title: str
    update_type: str
    user_facing_version: int
    write_id: WriteId

    @property
    def subject(self) -> str:
        return self.base_path or str(self.content_id)


class ContentUnpublished(PlatformEvent):
    """An edition is withdrawn, gone, redirected or vanished."""

    room: ClassVar[str] = "publishing"
    content_id: UUID
    locale: str
    base_path: BasePath | None = None
    type: Literal["withdrawal", "gone", "redirect", "vanish"]
    write_id: WriteId

    @property
    def subject(self) -> str:
        return self.base_path or str(self.content_id)


class ContentRendered(PlatformEvent):
    """What changed at a path is on the site: its pages stand as its content does. `revision` counts the changes at the path."""

    room: ClassVar[str] = "publishing"
    about: ClassVar[tuple[str, ...]] = ("base_path",)
    apart_by: ClassVar[tuple[str, ...]] = ("revision",)
    content_id: UUID
    locale: str
    base_path: BasePath
    revision: Annotated[int, Field(ge=1)]


class LinksChanged(PlatformEvent):
    """The links of a link set are others, in every edition of its content id at once."""

    room: ClassVar[str] = "publishing"
    about: ClassVar[tuple[str, ...]] = ("content_id",)
    apart_by: ClassVar[tuple[str, ...]] = ("write_id",)
    content_id: UUID
    write_id: WriteId


class RecordSubmitted(PlatformEvent):
    """Append this item to a register under this key."""

    room: ClassVar[str] = "bus"
    about: ClassVar[tuple[str, ...]] = ("register_name", "key")
    register_name: Slug
    key: Annotated[str, Field(min_length=1, max_length=256)]
    item: dict[str, object]


class RecordAppended(PlatformEvent):
    """An entry stands in a register, whose root hash now covers `total_entries` entries."""

    room: ClassVar[str] = "data-access"
    about: ClassVar[tuple[str, ...]] = ("register_name", "key")
    register_name: Slug
    key: str
    entry_number: Annotated[int, Field(ge=1)]
    item_hash: Hash
    total_entries: Annotated[int, Field(ge=1)]
    root_hash: Hash


class EntriesAppended(PlatformEvent):
    """Entries were loaded into a register at once, from number `first` to `last`: its root hash now covers `total_entries`."""

    room: ClassVar[str] = "data-access"
    about: ClassVar[tuple[str, ...]] = ("register_name",)
    apart_by: ClassVar[tuple[str, ...]] = ("last",)
    register_name: Slug
    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]
    total_entries: Annotated[int, Field(ge=1)]
    root_hash: Hash


class DatasetLoaded(PlatformEvent):
    """A file that a department sent was loaded: `rows` of it were read, `appended` entries made, `removed` of which end a record."""

    room: ClassVar[str] = "data-access"
    about: ClassVar[tuple[str, ...]] = ("register_name",)
    apart_by: ClassVar[tuple[str, ...]] = ("upload_id",)
    register_name: Slug
    upload_id: UUID
    rows: Annotated[int, Field(ge=0)]
    unchanged: Annotated[int, Field(ge=0)]
    removed: Annotated[int, Field(ge=0)]
    appended: Annotated[int, Field(ge=0)]


class DatasetLoadRefused(PlatformEvent):
    """A file that a department sent was not loaded: `faults` were found in `rows`, or it could not be read on."""

    room: ClassVar[str] = "data-access"
    about: ClassVar[tuple[str, ...]] = ("register_name",)
    apart_by: ClassVar[tuple[str, ...]] = ("upload_id",)
    register_name: Slug
    upload_id: UUID
    rows: Annotated[int, Field(ge=0)]
    faults: Annotated[int, Field(ge=0)]


class SnapshotFile(BaseModel):
    """A file of a snapshot: its name, its size in bytes, and its hash."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Annotated[str, Field(min_length=1, max_length=64)]
    bytes: Annotated[int, Field(ge=0)]
    hash: Hash


class SnapshotBuilt(PlatformEvent):
    """A register as at an entry can be downloaded whole, in these files, which never change."""

    room: ClassVar[str] = "data-access"
    about: ClassVar[tuple[str, ...]] = ("register_name",)
    apart_by: ClassVar[tuple[str, ...]] = ("entry_number",)
    register_name: Slug
    entry_number: Annotated[int, Field(ge=1)]
    total_records: Annotated[int, Field(ge=0)]
    root_hash: Hash
    files: Annotated[list[SnapshotFile], Field(min_length=1)]


class ForwardRequested(PlatformEvent):
    """Hand an event on to a webhook or queue that its department declared."""

    room: ClassVar[str] = "bus"
    classification: ClassVar[str] = "personal"
    about: ClassVar[tuple[str, ...]] = ("target", "name")
    target: Literal["webhook", "queue"]
    name: Slug
    event: dict[str, object]


class EventForwarded(PlatformEvent):
    """A webhook or queue has taken an event."""

    room: ClassVar[str] = "bus"
    about: ClassVar[tuple[str, ...]] = ("target", "name")
    target: Literal["webhook", "queue"]
    name: Slug
    event_id: str


class EventRejected(PlatformEvent):
    """A consumer could not understand an event; it is kept in quarantine under `event_id`."""

    room: ClassVar[str] = "bus"
    about: ClassVar[tuple[str, ...]] = ("event_id",)
    apart_by: ClassVar[tuple[str, ...]] = ("consumer",)
    event_id: str
    rejected_type: str
    rejected_source: str
    consumer: str
    reason: str


class ServiceCreated(PlatformEvent):
    """A department has a new service."""

    room: ClassVar[str] = "departments"
    about: ClassVar[tuple[str, ...]] = ("service_id",)
    service_id: UUID
    name: str


class KeyCreated(PlatformEvent):
    """A service has a new key. The secret is shown once, to whoever made it, and is not here."""

    room: ClassVar[str] = "departments"
    about: ClassVar[tuple[str, ...]] = ("key_id",)
    service_id: UUID
    key_id: UUID
    name: str
    type: KeyType
    scopes: list[str]


class KeyRevoked(PlatformEvent):
    """A key opens nothing any more."""

    room: ClassVar[str] = "departments"
    about: ClassVar[tuple[str, ...]] = ("key_id",)
    service_id: UUID
    key_id: UUID


class DepartmentSuspended(PlatformEvent):
    """No key of a department opens anything, and nothing that it says is acted on, until it is restored."""

    room: ClassVar[str] = "departments"
    about: ClassVar[tuple[str, ...]] = ("slug",)
    slug: DepartmentSlug


class DepartmentRemoved(PlatformEvent):
    """A department is no more: its keys are revoked, or its file is gone. What law keeps of it is kept."""

    room: ClassVar[str] = "departments"
    about: ClassVar[tuple[str, ...]] = ("slug",)
    slug: DepartmentSlug
    keys_revoked: Annotated[int, Field(ge=0)]


class DepartmentRestored(PlatformEvent):
    """A department that was suspended or removed stands again."""

    room: ClassVar[str] = "departments"
    about: ClassVar[tuple[str, ...]] = ("slug",)
    slug: DepartmentSlug


EVENTS: dict[str, type[PlatformEvent]] = {event.type_name(): event for event in PlatformEvent.__subclasses__()}
"""Every platform event by its type."""
