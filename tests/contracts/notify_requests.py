"""What the routes of the Notify API read by themselves, for its OpenAPI document: bodies, query strings and the idempotency key."""

from __future__ import annotations

from typing import Any

from functions.notifications import requests
from functions.notifications.statuses import ASKED

type Document = dict[str, Any]

_UUID: Document = {"type": "string", "format": "uuid"}
_ALL: Document = {
    "template_id": _UUID,
    "template_version": {"type": "integer", "minimum": 1, "description": "A pinned version; the latest where it is absent."},
    "personalisation": {"type": "object", "description": "A value for each placeholder that has no default."},
    "reference": {"type": "string", "maxLength": requests.LONGEST_REFERENCE, "description": "The caller's own; found again in lists."},
}
_SCHEDULED: Document = {"scheduled_for": {"type": ["string", "null"], "format": "date-time", "description": "Not supported yet: null."}}

EMAIL: Document = {
    "email_address": {"type": "string", "format": "email"},
    **_ALL,
    **_SCHEDULED,
    "email_reply_to_id": _UUID,
    "one_click_unsubscribe_url": {"type": "string", "pattern": "^https", "description": "For the List-Unsubscribe header (RFC 8058)."},
    "sanitise_content_for": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "Placeholders whose values lose their links and Markdown.",
    },
}
SMS: Document = {"phone_number": {"type": "string"}, **_ALL, **_SCHEDULED, "sms_sender_id": _UUID}
LETTER: Document = _ALL
PRECOMPILED: Document = {
    "reference": _ALL["reference"],
    "content": {"type": "string", "contentEncoding": "base64", "contentMediaType": "application/pdf"},
    "postage": {"enum": ["first", "second", "economy"], "default": "second"},
}

_IDEMPOTENCY_KEY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": requests.LONGEST_IDEMPOTENCY_KEY},
    "description": "The same key and body: the same answer, one message. Another body: 422. For 24 hours.",
}
_OLDER_THAN: Document = {"name": "older_than", "in": "query", "schema": _UUID, "description": "The id of the last one that was shown."}
_TYPE: Document = {"enum": ["sms", "email", "letter"]}

BODIES: dict[str, Document] = {
    "/v2/notifications/email": {"schema": {"$ref": "#/components/schemas/Email"}},
    "/v2/notifications/sms": {"schema": {"$ref": "#/components/schemas/Text"}},
    "/v2/notifications/letter": {
        "schema": {"anyOf": [{"$ref": "#/components/schemas/Letter"}, {"$ref": "#/components/schemas/PrecompiledLetter"}]}
    },
    "/v2/template/{template_id}/preview": {"schema": {"$ref": "#/components/schemas/Preview"}},
}
QUERIES: dict[str, list[Document]] = {
    "/v2/notifications": [
        {"name": "reference", "in": "query", "schema": {"type": "string"}},
        {"name": "status", "in": "query", "schema": {"type": "array", "items": {"enum": list(ASKED)}}},
        {"name": "template_type", "in": "query", "schema": {"type": "array", "items": _TYPE}},
        _OLDER_THAN,
    ],
    "/v2/templates": [{"name": "type", "in": "query", "schema": _TYPE}],
    "/v2/received-text-messages": [_OLDER_THAN],
}
SCHEMAS: dict[str, Document] = {
    name: {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    for name, properties, required in (
        ("Email", EMAIL, ["email_address", "template_id"]),
        ("Text", SMS, ["phone_number", "template_id"]),
        ("Letter", LETTER, ["template_id", "personalisation"]),
        ("PrecompiledLetter", PRECOMPILED, ["reference", "content"]),
        ("Preview", {"personalisation": _ALL["personalisation"]}, []),
    )
}


def complete(paths: dict[str, Any]) -> dict[str, Document]:
    """Say of these routes what they read; answers with the schemas that they name."""
    for path, content in BODIES.items():
        operation = paths[path]["post"]
        operation["requestBody"] = {"required": "preview" not in path, "content": {"application/json": content}}
        if path.startswith("/v2/notifications/"):
            operation["parameters"] = [*operation.get("parameters", []), _IDEMPOTENCY_KEY]
    for path, parameters in QUERIES.items():
        paths[path]["get"]["parameters"] = [*paths[path]["get"].get("parameters", []), *parameters]
    return SCHEMAS
