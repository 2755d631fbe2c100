"""A provider that carries nothing, and keeps what it was handed."""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.common import clock
from functions.notifications.port import Letter, Message, Taken


@dataclass
class FakeProvider:
    """Takes messages, or fails as it is told to, first failure first."""

    failures: list[Exception] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Taken:
        """Take a message, or fail."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        pages = message.pages if isinstance(message, Letter) else None
        return Taken("fake", f"reference-{len(self.sent)}", clock.stamp(), pages)
