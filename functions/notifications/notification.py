"""The things this room is about: a template, a service as a sender, and a notification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from functions.common.cause import Cause
from functions.notifications.statuses import Status
from schemas.platform import Channel

KeyType = Literal["live", "team", "test"]


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a template."""

    id: str
    service_id: str
    name: str
    channel: Channel
    version: int
    body: str
    subject: str | None
    created_at: str | None
    updated_at: str | None = None
    created_by: str = ""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service as one that sends. `guestlist` is whom its team keys may reach."""

    id: str
    name: str
    department: str
    email_address: str
    """Whom its emails are from."""
    text_sender: str
    """What its texts are from: a name or number that phones show."""
    channels: frozenset[Channel] = frozenset({"email", "sms"})
    guestlist: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to one recipient: what was asked, and what has become of it. The source of all that the API shows of it."""

    id: str
    service_id: str
    service_name: str
    sender: str
    """The address or the name it is from."""
    channel: Channel
    key_type: KeyType
    template_id: str
    template_version: int
    given_recipient: str
    """As the caller wrote it, trimmed."""
    recipient: str
    """As it is sent to."""
    body: str
    subject: str | None
    created_at: str
    reference: str | None = None
    one_click_unsubscribe_url: str | None = None
    status: Status = Status.CREATED
    sent_at: str | None = None
    completed_at: str | None = None
    provider: str | None = None
    provider_reference: str | None = None
    reason: str | None = None
    claim: str | None = None
    """The token of whoever is sending it now."""
    cause: Cause | None = None
    """Its acceptance, from which all that is said of it follows."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who asked to be told, on one channel."""

    id: str
    channel: Channel
    address: str
    """An email address, or a phone number as it is dialled."""
