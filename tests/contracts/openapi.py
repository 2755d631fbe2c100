"""The OpenAPI 3.1 document of each API, from its routes: `python -m tests.contracts.openapi` writes them into `docs/openapi/`.

Powertools knows routes and models. What it cannot know is said here: who may ask, in which shape an API refuses, and the bodies that a
route reads by itself.
"""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from functions.bus import cloudevents
from functions.common import auth
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.data_access import load_rsf, rsf
from functions.departments import accounts, developers
from schemas.envelope import CloudEvent
from tests.contracts import notify_requests

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "openapi"
EXAMPLE = ROOT / "events" / "environment-agency" / "FloodWarningIssued" / "severe.json"
"""What the reference shows to be sent, as it is: it is taken in."""

DOCUMENTS = {
    "catalogue": "functions.bus.catalogue",
    "ckan": "functions.data_access.actions",
    "content": "functions.publishing.content",
    "datasets": "functions.data_access.datasets",
    "departments": "functions.departments.api",
    "developers": "functions.departments.developers",
    "drafts": "functions.publishing.drafts",
    "events": "functions.bus.ingress",
    "notifications": "functions.notifications.api",
    "notifications-management": "functions.notifications.manage",
    "notifications-public": "functions.notifications.public",
    "notifications-reports": "functions.notifications.reports",
    "notifications-settings": "functions.notifications.configure",
    "publishing": "functions.publishing.api",
    "publishing-links": "functions.publishing.linking",
    "publishing-lists": "functions.publishing.finding",
    "publishing-paths": "functions.publishing.reserving",
    "registers": "functions.data_access.api",
    "registers-loading": "functions.data_access.load_rsf",
    "registers-uploads": "functions.data_access.uploads",
}
"""The document of each module's API, which has the module's own name."""
PAGES = frozenset({"functions.data_access.pages"})
"""What is looked at by people, and has no document for programs."""

type Document = dict[str, Any]

_WHOLE_KEY: Document = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "The whole key."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The whole key, as a bearer token."},
}
_BASIC: Document = {
    "basic": {"type": "http", "scheme": "basic", "description": "The whole key as the password, or as the user name alone."}
}
_TOKEN: Document = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "As GOV.UK Notify's own clients sign it (HS256)."}
}
_RECEIPT: Document = {
    "type": "object",
    "description": "What became of one event: `duplicate`, it was here already; `checked`, a test key asked, and nothing was done.",
    "properties": {
        "id": {"type": "string"},
        "source": {"type": "string"},
        "status": {"enum": ["accepted", "duplicate", "checked", "refused"]},
        "accepted_at": {"type": "string", "format": "date-time"},
        "trace": {"type": "string", "format": "uri", "description": "Where to follow it."},
        "code": {"type": "string", "description": "Why it was refused, for programs."},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}},
        },
        "warnings": {
            "type": "array",
            "description": "What is to be changed though the event was taken: `deprecated`, its type is to end.",
            "items": {
                "type": "object",
                "properties": {"code": {"enum": ["deprecated"]}, "field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "required": ["status"],
}
_ENDS: Document = {
    "Deprecation": "Since when the type is deprecated (RFC 9745); of several, the earliest.",
    "Sunset": "From when it is refused (RFC 8594); of several, the earliest.",
    "Link": "The schema of what follows it, as `successor-version`.",
}
_LIMITED: Document = {
    "Retry-After": "The seconds until there is one more.",
    "RateLimit-Policy": "So many events in so many seconds.",
    "RateLimit": "What is left, and in how many seconds there is more.",
}
_ATTRIBUTES = {name: field for name, field in CloudEvent.model_fields.items() if name not in ("data", "department", "dataref")}


def apis() -> dict[str, Api]:
    """Every API by the name of its document."""
    return {name: getattr(import_module(module), module.rpartition(".")[2]) for name, module in DOCUMENTS.items()}


def exported() -> dict[Path, str]:
    """The text of every file, by its path."""
    return {FOLDER / f"{name}.json": json.dumps(document(api), indent=2, ensure_ascii=False) + "\n" for name, api in apis().items()}


def write() -> list[Path]:
    """Write what differs; gives the paths written."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    changed = [path for path, text in exported().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in changed:
        path.write_text(exported()[path], encoding="utf-8")
    return changed


def document(api: Api) -> Document:
    """One document, whole."""
    made: Document = json.loads(api.resolver.get_openapi_json_schema())
    paths = {_template(path): operations for path, operations in sorted(made["paths"].items())}
    for path, operations in paths.items():
        for operation in operations.values():
            _complete(path, operation)
    schemas = {name: schema for name, schema in made["components"]["schemas"].items() if "ValidationError" not in name}
    if "/events" in paths:
        _complete_ingress(paths["/events"]["post"])
        schemas |= {"CloudEvent": _event(), "Receipt": _RECEIPT}
    if "/developers" in paths:
        _complete_developers(paths)
    if "/registers/{name}/load-rsf" in paths:
        stream = {"schema": {"type": "string", "description": "Lines, as `/registers/<name>/download-rsf` gives them."}}
        paths["/registers/{name}/load-rsf"]["post"]["requestBody"] = {"required": True, "content": {rsf.MEDIA_TYPE: stream}}
    if "/v2/notifications/email" in paths:
        schemas |= notify_requests.complete(paths)
    components = {"schemas": dict(sorted(schemas.items())), "responses": {"Refusal": _refusal(api)}, "securitySchemes": _schemes(api)}
    made["info"]["description"] = _who_may(api)
    security: Document = {"security": [{name: []} for name in _schemes(api)]} if api.scheme or api.admits else {}
    return {**made, **security, "paths": paths, "components": {name: part for name, part in components.items() if part}}


def _template(path: str) -> str:
    """A path whose end may hold slashes, `/api/content/.+`, as OpenAPI can say it."""
    return path.replace(".+", "{path}")


def _complete(path: str, operation: Document) -> None:
    if path.endswith("{path}"):
        rest = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}, "description": "The rest, slashes included."}
        operation["parameters"] = [*operation.get("parameters", []), rest]
    # What Powertools would answer; the desk answers in the shape of the API instead.
    operation["responses"] = {
        **{
            status: response for status, response in sorted(operation["responses"].items()) if "ValidationError" not in json.dumps(response)
        },
        "default": {"$ref": "#/components/responses/Refusal"},
    }
    for response in operation["responses"].values():
        # A body that the route writes itself: its text says nothing of what is in it.
        if response.get("content", {}).get("application/json", {}).get("schema", {}).get("type") == "string":
            del response["content"]


def _refusal(api: Api) -> Document:
    """Why something was refused, as this API would really say it."""
    example = Refusal(409, "It has changed since you read it.", code="conflict", field="version")
    answer = api.refuse(example)
    content = {"schema": {"type": "object"}, "example": json.loads(answer.body or "null")}
    return {"description": "It was refused, and why.", "content": {answer.content_type: content}}


def _schemes(api: Api) -> Document:
    if api.admits or api is developers.developers:
        query = {"type": "apiKey", "in": "query", "name": "api_key"}
        return {**_WHOLE_KEY, "query": query, "basic": {"type": "http", "scheme": "basic", "description": "The whole key, as user name."}}
    if api.scheme is auth.whole_key:
        return _WHOLE_KEY
    if api.scheme is load_rsf.basic_key:
        return _BASIC
    return _TOKEN if api.scheme is auth.notify_jwt else {}


def _who_may(api: Api) -> str:
    if api.admits:
        return "Rows are for holders of keys with the scope `data:read`, and DEMO_KEY; all else is open to everybody."
    if api.scheme is None:
        return "Open to everybody."
    return f"Needs a key with the scope `{api.scope}`." if api.scope else "Needs a key."


def _event() -> Document:
    schema = CloudEvent.model_json_schema()
    properties = {name: schema["properties"][name] for name in (*_ATTRIBUTES, "data")}
    description = "One event (CloudEvents 1.0). `data` is held to the schema of its type; other attributes are carried on."
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": schema["required"],
        "additionalProperties": {"type": ["string", "integer", "boolean"]},
    }


def _complete_ingress(operation: Document) -> None:
    event, receipt = ({"$ref": f"#/components/schemas/{name}"} for name in ("CloudEvent", "Receipt"))
    batch = {"type": "object", "properties": {"receipts": {"type": "array", "items": receipt}}, "required": ["receipts"]}
    operation["responses"]["202"] |= {"content": {"application/json": {"schema": {"anyOf": [receipt, batch]}}}, "headers": _headers(_ENDS)}
    operation["responses"]["429"] = {
        "description": "More events a minute than the department may send: none of these was taken.",
        "headers": _headers(_LIMITED),
        "content": {"application/problem+json": {"schema": {"type": "object"}}, "application/json": {"schema": batch}},
    }
    operation["requestBody"] = {
        "required": True,
        "content": {
            cloudevents.STRUCTURED: {"schema": event, "example": json.loads(EXAMPLE.read_bytes())},
            cloudevents.BATCHED: {"schema": {"type": "array", "items": event, "maxItems": cloudevents.LARGEST_BATCH}},
            "application/json": {"schema": {"description": "The event's data; its attributes are headers, `ce-id` and so on."}},
        },
    }


def _headers(told: Document) -> Document:
    return {name: {"description": description, "schema": {"type": "string"}} for name, description in told.items()}


def _complete_developers(paths: Document) -> None:
    """What developers send, as a form or as JSON."""
    text, days, yes = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
    person = {"email": {**text, "format": "email"}, "use_description": text, "website": text, "terms_and_conditions": yes}
    named = _object({**person, "first_name": text, "last_name": text}, "email", "first_name", "last_name", "terms_and_conditions")
    lasts = {"expires_in_days": days}
    bodies = {
        "/developers": _object(person, "email", "terms_and_conditions"),
        "/developers/links": _object({"email": person["email"]}, "email"),
        "/api-umbrella/v1/users.json": _object({"user": named, "options": _object({"verify_email": yes})}, "user"),
        f"{accounts.ACCOUNT}/{{token}}/keys": _object(lasts),
        f"{accounts.ACCOUNT}/{{token}}/keys/{{key_id}}/rotate": _object({"overlap_days": days, **lasts}),
        f"{accounts.ACCOUNT}/{{token}}/delete": _object({"sure": yes}, "sure"),
    }
    for path, schema in bodies.items():
        kinds = {kind: {"schema": schema} for kind in (developers.JSON, developers.FORM)}
        paths[path]["post"]["requestBody"] = {"required": "required" in schema, "content": kinds}
    paths["/developers/usage"]["get"]["security"] = [{"key": []}, {"query": []}, {"basic": []}, {"bearer": []}]


def _object(properties: Document, *required: str) -> Document:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def placeholders(path: str) -> list[str]:
    """The parameters that a path names."""
    return re.findall(r"{(\w+)}", path)


if __name__ == "__main__":
    for written in write():
        print(written.relative_to(ROOT))
