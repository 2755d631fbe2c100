"""The port to those who carry messages: what goes to them, what comes back, and the ways in which it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from functions.common.failures import Transient
from functions.notifications.notification import Postage


@dataclass(frozen=True, slots=True)
class Email:
    """An email as its recipient sees it."""

    sender_name: str
    sender_address: str
    recipient: str
    subject: str
    html: str
    text: str
    reply_to: str | None = None
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text message as its recipient sees it. `recipient` is E.164 without the plus."""

    sender: str
    recipient: str
    body: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be printed."""

    id: str
    service_id: str
    pdf: bytes
    pages: int
    postage: Postage
    day: str
    """On which it was asked for."""


type Message = Email | Text | Letter


@dataclass(frozen=True, slots=True)
class Taken:
    """A provider has taken a message and knows it by this reference. `pages` are those of a letter."""

    provider: str
    reference: str
    at: str
    pages: int | None = None


class Provider(Protocol):
    """Whoever carries messages."""

    def send(self, message: Message) -> Taken:
        """Hand a message over, once. Raises NotTaken, Rejected or Unanswered."""
        ...


class NotTaken(Transient):
    """The provider said no, or was never reached: nothing left, and later it may say yes."""


class Rejected(Exception):  # it is what it says
    """The provider said no and will say no again. The text is its error's name."""


class Unanswered(Exception):  # it is what it says
    """No answer came back, or one that does not tell: the message may have left, so it is never sent again."""


class Unprintable(Exception):  # it is what it says
    """It cannot be made into a letter that can be posted; the text says why."""
