"""Ids: new ones in the order of time, and those that follow from others."""

from __future__ import annotations

from uuid import UUID, uuid5

_STEPS = UUID("6b1f7a52-3c0e-5d7b-9a41-0d2c5e8f7a90")


def new() -> str:
    """A UUIDv7 (RFC 9562 §5.7)."""
    from uuid_utils import uuid7  # local: most invocations of most functions make no new id

    return str(uuid7())


def derived(origin: str, step: str) -> str:
    """The id of what follows from an event (or a message) at a step with a stable name: the same however often it is delivered."""
    return str(uuid5(_STEPS, f"{origin}/{step}"))
