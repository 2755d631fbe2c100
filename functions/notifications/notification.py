"""The things this room is about: a template, a service as a sender, and a notification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from functions.common import ids
from functions.common.cause import Cause
from functions.notifications.statuses import Status
from schemas.grammar import KeyType
from schemas.platform import Channel

Postage = Literal["first", "second", "economy", "europe", "rest-of-world"]


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a template. `defaults` stand in for values that a caller does not give."""

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
    defaults: Mapping[str, str] = field(default_factory=dict)
    unsubscribe: bool = False
    """Whether its emails end with a link to unsubscribe."""
    postage: Postage | None = None
    contact_block: str | None = None
    """The id of the service's contact block that its letters show; the service's default where it is None."""
    redacted: bool = False
    """Whether what callers filled in is hidden from people once it was sent. It is never shown again."""
    declared: bool = False
    """Whether a department's file says it: then only the file changes it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One of the things that a service sends as: a reply-to address, a text sender or a contact block."""

    name: str
    value: str
    is_default: bool


def chosen(senders: Mapping[str, Sender], identity: str | None) -> str | None:
    """What the sender of this id is, else the default; None where there is neither."""
    default = next((sender for sender in senders.values() if sender.is_default), None)
    sender = senders.get(identity or "", default)
    return sender.value if sender else None


@dataclass(frozen=True, slots=True)
class Callback:
    """Where a service wants to be told of something: `kinds` of news, about messages of these types of key."""

    name: str
    url: str
    kinds: frozenset[str]
    key_types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service may send."""

    requests_per_minute: int
    emails_per_day: int
    texts_per_day: int
    letters_per_day: int
    international_texts_per_day: int

    def per_day(self, channel: Channel) -> int:
        """How many messages of a channel it may send on one day (UTC)."""
        return {"email": self.emails_per_day, "sms": self.texts_per_day, "letter": self.letters_per_day}[channel]


@dataclass(frozen=True, slots=True)
class Service:
    """A service as one that sends."""

    id: str
    name: str
    department: str
    email_address: str
    """Whom its emails are from."""
    text_sender: str
    """What its texts are from where it has no sender of its own: a name or number that phones show."""
    permissions: frozenset[str]
    is_trial: bool
    guests: frozenset[str]
    """Whom its team keys may reach, and everybody whom it may reach in trial mode: the team and the guest list, as they are written."""
    text_prefix: bool
    reply_to: Mapping[str, Sender]
    text_senders: Mapping[str, Sender]
    contact_blocks: Mapping[str, Sender]
    retention_days: Mapping[str, int]
    limits: Limits
    callbacks: tuple[Callback, ...]

    @property
    def prefix(self) -> str:
        """What its texts begin with."""
        return self.name if self.text_prefix else ""

    @property
    def longest_kept(self) -> int:
        """Days for which anything of it is kept."""
        return max(self.retention_days.values())


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
    template_id: str | None
    """None for a letter that came as a PDF."""
    template_version: int
    given_recipient: str
    """As the caller wrote it, trimmed."""
    recipient: str
    """As it is sent to."""
    body: str
    subject: str | None
    created_at: str
    retention_days: int
    reference: str | None = None
    reply_to: str | None = None
    text_prefix: str = ""
    rate_multiplier: int | None = 1
    """How many times the price of a text in the United Kingdom; None where nobody has said."""
    is_international: bool = False
    one_click_unsubscribe_url: str | None = None
    unsubscribe_url: str | None = None
    """The platform's own link, where the template has one."""
    sanitised: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    address: tuple[str, ...] = ()
    """Where a letter goes, a line each."""
    contact_block: str = ""
    postage: Postage | None = None
    pages: int | None = None
    pdf_key: str | None = None
    """Where the bucket has the PDF of a letter."""
    request_hash: str | None = None
    """What the request said that came with this idempotency key."""
    is_simulated: bool = False
    """Kept only to recognise the request when it comes again: to everybody else it is not there."""
    status: Status = Status.CREATED
    offered_at: str | None = None
    """When it was first offered to a provider."""
    sent_at: str | None = None
    completed_at: str | None = None
    provider: str | None = None
    provider_reference: str | None = None
    reason: str | None = None
    complaint_id: str | None = None
    complained_at: str | None = None
    """When its recipient said that it is spam."""
    claim: str | None = None
    """The token of whoever is sending it now."""
    cause: Cause | None = None
    """Its acceptance, from which all that is said of it follows."""

    @property
    def shown_template_id(self) -> str:
        """The id of its template as clients see it: of a letter that came as a PDF, one that is the same for all of its service."""
        return self.template_id or ids.derived(self.service_id, "precompiled letters")

    @property
    def is_precompiled(self) -> bool:
        """Whether it is a letter that came as a PDF."""
        return self.template_id is None


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that somebody sent to one of a service's numbers. Numbers are E.164 without the plus."""

    id: str
    service_id: str
    user_number: str
    notify_number: str
    content: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who asked to be told, on one channel."""

    id: str
    channel: Channel
    address: str
    """An email address, or a phone number as it is dialled."""
