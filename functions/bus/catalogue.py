"""What the platform says of itself: whether it is there, the contracts of its events, and the reference of its APIs."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response

from functions.common.failures import Refusal
from functions.common.http import Api
from schemas import registry

BUNDLED = ("docs/openapi/*.json", "functions/bus/views/*.html", "schemas/department.json")

_ROOT = Path(__file__).parents[2]
_KEPT = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}

api = catalogue = Api("Catalogue")


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


@api.get("/docs", summary="The reference of every API")
def reference() -> Response[str]:
    """A page, without JavaScript."""
    from jinja2 import Environment, FileSystemLoader  # local: most calls here are for the health check or a schema

    folder = FileSystemLoader(_ROOT / "functions" / "bus" / "views")
    views = Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    events = [found.id for found in registry.every_schema()]
    views.filters["marked"] = _marked
    page = views.get_template("reference.html").render(references=_references().values(), events=events)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(200, "text/html; charset=utf-8", page, headers={**_KEPT, "Content-Security-Policy": policy})


@api.get("/docs/<name>", summary="The OpenAPI 3.1 document of one API, e.g. `/docs/events.json`")
def openapi(name: str) -> Response[str]:
    """For tools."""
    found = _references().get(name.removesuffix(".json"))
    if found is None:
        raise Refusal(404, f"There is no API called {name!r}: there are {', '.join(_references())}.", code="not_found")
    return Response(200, "application/json", json.dumps(found["document"], ensure_ascii=False), headers=dict(_KEPT))


def _marked(text: str) -> str:
    """A sentence of a docstring as HTML: what stands between backticks is code."""
    from markupsafe import Markup, escape  # local: Jinja2's own

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped first


@cache
def _references() -> dict[str, dict[str, Any]]:
    documents = {path.stem: json.loads(path.read_bytes()) for path in sorted((_ROOT / "docs" / "openapi").glob("*.json"))}
    return {name: {"name": name, "document": document, "operations": list(_operations(document))} for name, document in documents.items()}


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"method": method.upper(), "path": path, "summary": operation.get("summary"), "description": operation.get("description")}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
