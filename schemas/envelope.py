"""The envelope every event travels in: a CloudEvent 1.0, with the extensions this platform adds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

MAXIMUM_HOPS = 10
"""An event more than this many causes deep is a loop."""

PLATFORM_SOURCES = "uk.gov.commonweal."
"""Only the platform's own relays may put events whose source begins so (fenced by IAM)."""

REDRIVEN_FROM = "redriven-from"
"""The attribute of a message that an operator sent back: the dead-letter queue in which it was. Only operators and rules send to queues."""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

EventType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*\.v[1-9][0-9]*$", max_length=128)]
Text = Annotated[str, Field(min_length=1, max_length=256)]


class CloudEvent(BaseModel):
    """One event in the JSON format of CloudEvents 1.0.

    Extensions: `correlationid` and `causationid` (the tree), `hops` (causes deep), `department` (acted for; set by the platform alone),
    `sequence` (version of the subject), `dataclassification`, `dataref` (claim check) and `traceparent`. Unknown extensions are carried on.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    specversion: Literal["1.0"]
    id: Text
    source: Text
    type: EventType
    subject: Annotated[str, Field(max_length=1024)] | None = None
    time: AwareDatetime
    datacontenttype: str | None = None
    dataschema: str | None = None
    correlationid: Text | None = None
    causationid: Text | None = None
    hops: Annotated[int, Field(ge=0)] = 0
    department: str | None = None
    sequence: Annotated[str, Field(max_length=300)] | None = None
    dataclassification: str | None = None
    traceparent: str | None = None
    dataref: str | None = None
    data: object = None

    @property
    def version(self) -> str:
        """What orders events about one subject: `sequence` where the producer gives one, else time and id. Compares as text."""
        if self.sequence is None:
            return f"{instant(self.time)}#{self.id}"
        return self.sequence.zfill(20) if self.sequence.isdigit() else self.sequence

    @property
    def correlation(self) -> str:
        """The id of the whole tree: the first event's own id where nobody set one."""
        return self.correlationid or self.id

    def wire(self) -> dict[str, object]:
        """The event as JSON members, absent ones left out."""
        return self.model_dump(mode="json", exclude_none=True)


def trace(traceparent: object) -> str | None:
    """A `traceparent` where it is one (W3C trace context, 3.2): any other text ends here, as its producer's own."""
    return traceparent if isinstance(traceparent, str) and _TRACEPARENT.fullmatch(traceparent) else None


def instant(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def owner_of(type_: str) -> str:
    """The owner in an event type: `environment-agency` in `environment-agency.FloodWarningIssued.v1`."""
    return re.split(r"\.", type_, maxsplit=1)[0]
