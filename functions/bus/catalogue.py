"""What the platform says of itself: whether it is there, the contracts of its events, and its documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response

from functions.bus import documentation
from functions.common.browsers import ASKING, SECURITY
from functions.common.failures import Refusal
from functions.common.http import Api
from schemas import registry

BUNDLED = ("schemas/department.json",)

_ROOT = Path(__file__).parents[2]
_KEPT = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
_START = "/docs/index.html"


def _readdressed(event: dict[str, Any]) -> dict[str, Any]:
    """A request as the routes know it: the folder of the documentation is its beginning."""
    return {**event, "rawPath": "/docs"} if event["rawPath"] == "/docs/" else event


api = catalogue = Api("Catalogue", readdress=_readdressed)


@api.get("/healthcheck", summary="Whether the platform is there")
def healthcheck() -> dict[str, str]:
    """Says so, and nothing more."""
    return {"status": "ok"}


@api.get("/schemas/<owner>/<name>/<version>", summary="The JSON Schema of an event, as `dataschema` names it")
def schema(owner: str, name: str, version: str) -> Response[str]:
    """One version, e.g. `/schemas/environment-agency/FloodWarningIssued/1.0.0.json`. It never changes."""
    try:
        found = registry.by_uri(f"/schemas/{owner}/{name}/{version}")
    except registry.UnknownType as unknown:
        raise Refusal(404, str(unknown), code="not_found") from None
    return Response(200, "application/schema+json", json.dumps(found.definition, ensure_ascii=False), headers=dict(_KEPT))


@api.get("/schemas/department.json", summary="The JSON Schema of a department's file")
def department_schema() -> Response[str]:
    """For editors: it completes and explains a department's file."""
    found = (_ROOT / "schemas" / "department.json").read_text(encoding="utf-8")
    return Response(200, "application/schema+json", found, headers=dict(_KEPT))


@api.get("/docs", summary="The documentation: every event, department and API")
def start() -> Response[None]:
    """Leads to its first page, for links in it are relative to that."""
    return Response(302, headers={"Location": _START, **_KEPT})


# Before the next, which would take its addresses.
@api.get("/docs/try/.+", summary="Ask a GET operation what a form of its reference was filled with, e.g. `/docs/try/registers/record`")
def attempt() -> Response[None]:
    """Leads to the operation's own address. Only what its OpenAPI document knows is asked, and nothing but this platform."""
    document, _, operation = api.path.removeprefix("/docs/try/").partition("/")
    return Response(303, headers={"Location": documentation.tried(document, operation, api.query), "Cache-Control": "no-store"})


@api.get("/docs/.+", summary="A file of the documentation, e.g. `/docs/events.json`, the OpenAPI 3.1 document of an API")
def documented() -> Response[str]:
    """Pages, schemas, samples, `asyncapi.json`, and a document for each API. `/docs/search.html` takes words in `q`."""
    path = api.path.removeprefix("/docs/")
    if path in ("search", "search.html"):
        return Response(
            200, documentation.MEDIA_TYPES[".html"], documentation.search(api.query.get("q", "")), headers={**_KEPT, **SECURITY}
        )
    found = documentation.file(path)
    if found is None and "text/html" in api.headers.get("accept", ""):
        return Response(404, documentation.MEDIA_TYPES[".html"], documentation.missing(), headers=dict(SECURITY))
    if found is None:
        raise Refusal(404, f"The documentation has no {path!r}: it begins at {_START}.", code="not_found")
    text, media_type = found
    return Response(200, media_type, text, headers={**_KEPT, **(ASKING if path.startswith("apis/") else SECURITY)})
