"""For tests of one's own: a way in that takes everything, and the call in which Lambda brings events. Neither reaches for AWS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commonweal_events.doors import Answer
from commonweal_events.envelope import Envelope


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


def brought(*envelopes: Envelope) -> dict[str, Any]:
    """A batch of a queue, with these events in it, as Lambda hands it to a handler that `consumes` made. Their ids are the messages'."""
    return {"Records": [{"messageId": envelope.id, "body": envelope.text()} for envelope in envelopes]}
