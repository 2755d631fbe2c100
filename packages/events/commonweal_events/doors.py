"""What every way into the platform has in common: what is answered for each event, and how many go through at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from commonweal_events.envelope import Envelope
from commonweal_events.receipt import Problem

LARGEST_EVENT = 1_000_000
"""Bytes that one event may be, by either way."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door says of one event. `again`: it may be taken soon, `after` so many seconds, where that was said. `failed`: not before
    somebody mends something else, such as a key that ran out.
    """

    status: Literal["accepted", "duplicate", "checked", "refused", "failed", "again"]
    problems: tuple[Problem, ...] = ()
    trace: str | None = None
    warnings: tuple[Problem, ...] = ()
    after: float = 0


class Door(Protocol):
    """A way into the platform."""

    most_events: int
    most_bytes: int

    def put(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """Hand these over in one call; one answer for each, in their order. Whatever it raises, none of them is known to be taken."""


def weight(envelope: Envelope) -> int:
    """How many bytes an event counts for: what EventBridge counts, and a little more than HTTP does."""
    return len(envelope.text().encode()) + len(envelope.source) + len(envelope.type) + 14


def chunks(envelopes: Sequence[Envelope], door: Door) -> Iterator[Sequence[Envelope]]:
    """The events in as few calls as the door takes, in their order."""
    chunk: list[Envelope] = []
    size = 0
    for envelope in envelopes:
        heavy = weight(envelope)
        if chunk and (len(chunk) == door.most_events or size + heavy > door.most_bytes):
            yield chunk
            chunk, size = [], 0
        chunk.append(envelope)
        size += heavy
    if chunk:
        yield chunk


def halves(put: Callable[[Sequence[Envelope]], list[Answer]], envelopes: Sequence[Envelope]) -> list[Answer]:
    """Hand over in two calls what was refused as one, so that one event's fault stays its own.

    Whatever happens to the second half, what is known of the first is not lost.
    """
    middle = len(envelopes) // 2
    answers = put(envelopes[:middle])
    try:
        return answers + put(envelopes[middle:])
    except Exception as failure:  # as the publisher does
        return answers + unknown(failure, envelopes[middle:])


def unknown(failure: Exception, envelopes: Sequence[Envelope]) -> list[Answer]:
    """The answers where a call failed and nobody knows of what it carried."""
    return [Answer("again", (Problem("", f"could not be handed over ({type(failure).__name__})"),))] * len(envelopes)
