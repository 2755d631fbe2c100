"""The envelope every event travels in: a CloudEvent 1.0 with the platform's extensions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Self

from commonweal_events.contract import Contract
from commonweal_events.failures import Invalid

_FOLLOWS = "0c2e9c0e-6a55-5bd1-8f0c-4f6f5f6b8b52"
_TEXTS = ("subject", "dataschema", "sequence", "dataclassification", "correlationid", "causationid", "traceparent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event as it is sent or was received. `id` is set once, so that sending it again is a duplicate and changes nothing.

    `sequence` is the version of the subject, by which late events lose; `correlationid` and `causationid` say what it follows from.
    """

    id: str
    source: str
    type: str
    time: str
    data: object
    subject: str | None = None
    dataschema: str | None = None
    sequence: str | None = None
    dataclassification: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    hops: int = 0
    contract: Contract | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> str:
        """What tells it from every other event: producers promise that source and id together are theirs alone (CloudEvents 1.0 §3.1)."""
        return f"{self.source}#{self.id}"

    def wire(self) -> dict[str, Any]:
        """The event as JSON members, absent ones left out."""
        members = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in ("contract", "hops")}
        present = {name: value for name, value in members.items() if value is not None or name == "data"}
        return {"specversion": "1.0", "datacontenttype": "application/json", **present, **({"hops": self.hops} if self.hops else {})}

    def text(self) -> str:
        """The event as JSON text. Raises ValueError for what JSON cannot say, such as a NaN."""
        return json.dumps(self.wire(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @classmethod
    def parse(cls, body: str | bytes) -> Self:
        """The event in JSON text, of a message or a request. Raises Invalid."""
        try:
            members = json.loads(body)
        except (ValueError, RecursionError):
            raise Invalid("is not JSON", "body") from None
        return cls.read(members)

    @classmethod
    def read(cls, members: object) -> Self:
        """The event in JSON members; attributes that nobody here knows are ignored. Raises Invalid."""
        if not isinstance(members, Mapping) or members.get("specversion") != "1.0":
            raise Invalid("is not a CloudEvent 1.0")
        for name in ("id", "source", "type", "time"):
            if not isinstance(members.get(name), str) or not members[name]:
                raise Invalid("is missing", name)
        hops = members.get("hops", 0)
        texts: dict[str, Any] = {name: str(members[name]) for name in _TEXTS if members.get(name) is not None}
        return cls(
            **{name: members[name] for name in ("id", "source", "type", "time")},
            **texts,
            hops=hops if isinstance(hops, int) else 0,
            data=members.get("data"),
        )


def new_id() -> str:
    """A UUIDv7 (RFC 9562 §5.7)."""
    try:
        from uuid import uuid7  # type: ignore[attr-defined, unused-ignore]  # from Python 3.14 on
    except ImportError:
        from uuid_utils import uuid7

    return str(uuid7())


def following_id(cause: Envelope, type_: str, subject: str | None, step: str = "") -> str:
    """The id of what follows from an event: the same however often that event is delivered."""
    from uuid import UUID, uuid5  # local: most that is consumed or published makes no such id

    return str(uuid5(UUID(_FOLLOWS), "/".join((cause.key, type_, subject or "", *([step] if step else ())))))


def instant(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC with microseconds. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone: datetime.now(UTC)")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
