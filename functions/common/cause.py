"""Why this is happening: the event or request that is being handled, from which everything that follows takes its ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.common import clock, ids
from schemas.envelope import CloudEvent, trace

if TYPE_CHECKING:
    from schemas.platform import PlatformEvent


@dataclass(frozen=True)
class Cause:
    """What an event that is said now follows from. `event_id` is absent for a request over HTTP: what it says is original.

    `source` is that event's own: producers promise no more than that source and id together are theirs alone (CloudEvents 1.0 §3.1).
    """

    correlation: str
    department: str | None
    event_id: str | None = None
    hops: int = 0
    sequence: str | None = None
    traceparent: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, event: CloudEvent, department: str | None) -> Cause:
        """The cause that an event is, for the department acted for."""
        return cls(event.correlation, department, event.id, event.hops, event.version, trace(event.traceparent), event.source)


_current: ContextVar[Cause | None] = ContextVar("cause", default=None)


def current() -> Cause:
    """What is being handled now; a new beginning where nothing is."""
    return _current.get() or Cause(correlation=ids.new(), department=None)


@contextmanager
def because(cause: Cause) -> Iterator[None]:
    """While this lasts, what is said follows from `cause`."""
    token = _current.set(cause)
    try:
        yield
    finally:
        _current.reset(token)


def envelop(event: PlatformEvent, cause: Cause | None = None, *, step: str | None = None) -> CloudEvent:
    """An event in its envelope: a derived id where an event caused it, a new one where a request did.

    `step` tells events of one type and one cause apart where the event's own `step` does not.
    """
    cause = cause or current()
    step = f"{event.type_name()}:{step or event.step}"
    identity = ids.derived(f"{cause.source}#{cause.event_id}", step) if cause.event_id else ids.new()
    return CloudEvent(
        specversion="1.0",
        id=identity,
        source=event.source_name(),
        type=event.type_name(),
        subject=event.subject,
        time=clock.now(),
        datacontenttype="application/json",
        dataschema=event.schema_uri(),
        correlationid=cause.correlation,
        causationid=cause.event_id,
        hops=cause.hops + 1 if cause.event_id else 0,
        department=cause.department,
        # The version of what set this off goes on with it, so that late events lose wherever they end.
        sequence=cause.sequence,
        dataclassification=event.classification,
        traceparent=cause.traceparent,
        data=event.model_dump(mode="json", exclude_none=True),
    )
