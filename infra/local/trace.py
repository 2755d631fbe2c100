"""What became of one event: the tree of everything that followed from it, read from the journal in the bus table."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

type Item = dict[str, dict[str, str]]

MOST = 5000
ATTRIBUTES = (
    *("id", "type", "source", "subject", "department"),
    *("time", "published_at", "journalled_at"),
    *("causationid", "dataclassification", "data"),
)


@dataclass
class Step:
    """One event of the tree."""

    said: dict[str, str]
    after_ms: int | None = None
    """Milliseconds from the first event's arrival on the bus to this one's."""
    caused: list["Step"] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.said["id"]

    @property
    def on_bus_at(self) -> str:
        return self.said.get("published_at") or self.said.get("time", "")

    def view(self) -> dict[str, Any]:
        return self.said | {"after_ms": self.after_ms, "caused": [step.view() for step in self.caused]}


@dataclass
class Trace:
    """All that is known of one correlation id."""

    correlation_id: str
    roots: list[Step]
    events: int
    took_ms: int | None

    def view(self) -> dict[str, Any]:
        return {
            "correlationid": self.correlation_id,
            "events": self.events,
            "took_ms": self.took_ms,
            "tree": [step.view() for step in self.roots],
        }


def find(dynamodb: Any, table: str, wanted: str) -> Trace | None:
    """The trace of a correlation id, or of the event with that id; None when neither is known. `dynamodb` is a boto3 client."""
    for correlation_id in (wanted, correlation_of(dynamodb, table, wanted)):
        items = journal(dynamodb, table, correlation_id) if correlation_id else []
        if correlation_id and items:
            return grow(correlation_id, items)
    return None


def correlation_of(dynamodb: Any, table: str, event_id: str) -> str | None:
    """The correlation id that an event carried; None when the event is not in the journal."""
    key = {"pk": {"S": f"event#{event_id}"}, "sk": {"S": "trace"}}
    found = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    return found["correlationid"]["S"] if found else None


def journal(dynamodb: Any, table: str, correlation_id: str) -> list[dict[str, str]]:
    """The journal's items of one correlation id, oldest first (at most 5,000)."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :trace",
        ExpressionAttributeValues={":trace": {"S": f"trace#{correlation_id}"}},
        ConsistentRead=True,
        PaginationConfig={"MaxItems": MOST},
    )
    return [plain(item) for page in pages for item in page["Items"]]


def plain(item: Item) -> dict[str, str]:
    """The attributes of a journal item that are shown, as text."""
    return {name: next(iter(item[name].values())) for name in ATTRIBUTES if name in item}


def grow(correlation_id: str, items: list[dict[str, str]]) -> Trace:
    """Hang each event under the one that caused it; an event whose cause is not in the journal is a root."""
    steps = {step.id: step for step in sorted(map(Step, items), key=lambda step: (step.on_bus_at, step.said.get("time", "")))}
    roots: list[Step] = []
    for step in steps.values():
        cause = steps.get(step.said.get("causationid", ""))
        (cause.caused if cause and cause is not step else roots).append(step)
    began = next((instant(step.on_bus_at) for step in roots), None)
    for step in steps.values():
        step.after_ms = between(began, instant(step.on_bus_at))
    took = max((step.after_ms for step in steps.values() if step.after_ms is not None), default=None)
    return Trace(correlation_id, roots, len(steps), took)


def instant(text: str) -> datetime | None:
    """The time that an RFC 3339 text names, if it names one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def between(start: datetime | None, end: datetime | None) -> int | None:
    """Milliseconds from one to the other, if both are known."""
    return round((end - start).total_seconds() * 1000) if start and end else None
