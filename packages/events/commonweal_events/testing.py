"""For tests of one's own: a way in that takes everything, a memory that is no table, and the call in which Lambda brings events.

None reaches for AWS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commonweal_events.doors import Answer
from commonweal_events.envelope import Envelope
from commonweal_events.failures import Busy


class Taken:
    """A way in, `Publisher(source, Taken())`: what is valid is taken, and stands in `events` in its order."""

    most_events = 10
    most_bytes = 1_000_000

    def __init__(self) -> None:
        self.events: list[Envelope] = []

    def put(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """Take these."""
        self.events += envelopes
        return [Answer("accepted")] * len(envelopes)


class Remembered:
    """A memory, `consumes(…, once=Remembered())`: the keys of what was handled are in `done`."""

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.claimed: set[str] = set()

    def claim(self, key: str, seconds: float) -> RememberedClaim | None:
        """Claim it until it is done or released; None where it was done. Raises Busy where it is claimed."""
        if key in self.done:
            return None
        if key in self.claimed:
            raise Busy(key)
        self.claimed.add(key)
        return RememberedClaim(self, key)


@dataclass(frozen=True, slots=True)
class RememberedClaim:
    """A claim on one key."""

    memory: Remembered
    key: str

    def done(self) -> None:
        """Remember that it is done."""
        self.memory.done.add(self.key)
        self.release()

    def release(self) -> None:
        """Give it back."""
        self.memory.claimed.discard(self.key)


def brought(*envelopes: Envelope) -> dict[str, Any]:
    """A batch of a queue, with these events in it, as Lambda hands it to a handler that `consumes` made. Their ids are the messages'."""
    return {"Records": [{"messageId": envelope.id, "body": envelope.text()} for envelope in envelopes]}
