"""The AsyncAPI 3.0 document of the bus: a channel for each type of event, as the platform hears it or says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.catalogue.model import Catalogue, EventType
from schemas.envelope import CloudEvent

STRUCTURED = "application/cloudevents+json"
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"

type Document = dict[str, Any]


def document(catalogue: Catalogue) -> Document:
    """The whole document. `send` is what the platform says, `receive` what it hears."""
    stage = catalogue.stage
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Commonweal's events",
            "version": "1.0.0",
            "description": "Every event on the shared bus. Each is a CloudEvent 1.0; its `data` is held to the schema of its type.",
        },
        "defaultContentType": STRUCTURED,
        "servers": {
            "bus": {
                "host": f"events.{stage.region}.amazonaws.com",
                "protocol": "eventbridge",
                "description": f"The event bus {stage.prefix}. A department's role may put its own types on it, from its own AWS account.",
            },
            "ingress": {
                "host": stage.zone.name if stage.zone else "127.0.0.1:8000",
                "pathname": "/events",
                "protocol": "https" if stage.zone else "http",
                "description": "CloudEvents over HTTP, in structured, binary and batched modes, with a key.",
            },
        },
        "channels": {one.type: _channel(one) for one in catalogue.types},
        "operations": {name: operation for one in catalogue.types for name, operation in _operations(one).items()},
        "components": {"messages": {one.type: _message(one) for one in catalogue.types}},
    }


def text(catalogue: Catalogue) -> str:
    """The document as JSON, without a space too many: of hundreds of departments it is megabytes, and an answer of Lambda holds six."""
    return json.dumps(document(catalogue), separators=(",", ":"), ensure_ascii=False) + "\n"


def _channel(one: EventType) -> Document:
    servers = ["bus", *(["ingress"] if any("POST /events" in producer.ways for producer in one.producers) else [])]
    return {
        "address": one.type,
        "description": one.description,
        "servers": [{"$ref": f"#/servers/{server}"} for server in servers],
        "messages": {one.newest.schema.name: {"$ref": f"#/components/messages/{one.type}"}},
        "x-owner": one.owner,
        "x-contact": one.contact,
        "x-classification": one.classification,
        "x-retention-days": one.retention_days,
        "x-producers": [{"name": producer.name, "source": producer.source} for producer in one.producers],
        "x-consumers": list(_hearers(one)),
        **({"x-sunset": one.sunset.isoformat()} if one.sunset else {}),
        **({"x-replaced-by": one.replaced_by} if one.replaced_by else {}),
    }


def _operations(one: EventType) -> dict[str, Document]:
    by_rooms = [producer for producer in one.producers if not producer.is_department]
    said = {f"send-{one.type}": _operation(one, "send", f"Said by {', '.join(room.title for room in by_rooms)}.")} if by_rooms else {}
    hearers = ", ".join(_hearers(one))
    return {**said, **({f"receive-{one.type}": _operation(one, "receive", f"Heard by {hearers}.")} if hearers else {})}


def _hearers(one: EventType) -> Iterator[str]:
    """The entry points that hear a type, and the departments that get a part of it."""
    yield from (consumer.entry for consumer in one.consumers)
    yield from (subscriber.department for subscriber in one.subscribers)


def _operation(one: EventType, action: str, summary: str) -> Document:
    return {"action": action, "channel": {"$ref": f"#/channels/{_pointer(one.type)}"}, "summary": summary}


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _message(one: EventType) -> Document:
    return {
        "name": one.type,
        "title": one.newest.schema.name,
        "summary": one.description,
        "contentType": STRUCTURED,
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": _payload(one)},
        "examples": [{"name": sample.name, "payload": sample.event} for sample in one.good],
        **({"tags": [{"name": "deprecated"}]} if one.sunset else {}),
    }


def _payload(one: EventType) -> Document:
    """The envelope of this type alone, with the newest schema of its data, whose own `$id` keeps its references its own."""
    envelope = CloudEvent.model_json_schema()
    attributes = {name: schema for name, schema in envelope["properties"].items() if name not in ("data", "department", "dataref")}
    sources = sorted({producer.source for producer in one.producers})
    return {
        "type": "object",
        "properties": {
            **attributes,
            "type": {"const": one.type},
            **({"source": {"enum": sources}} if sources else {}),
            "data": one.newest.schema.definition,
        },
        "required": [*envelope["required"], "data"],
    }
