"""The content API: GET /api/content/<path>, open to everybody, one read (Content Store, contract 2)."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from functions.common.failures import Refusal
from functions.common.http import Api
from functions.publishing import bodies, routing
from functions.publishing.store import contents

PREFIX = "/api/content"
CACHED = "max-age=300, public"
"""Five minutes: pages change, and nobody is told which copies of them exist."""

content = Api("Content API", always={"Access-Control-Allow-Origin": "*", "Cache-Control": CACHED})


@content.get(f"{PREFIX}/.+")
def get_content() -> Response[str]:
    """The content item at a path. 303 to its own address where it is found by another of its routes, 404, or 410 where it is gone."""
    path = content.path.removeprefix(PREFIX).rstrip("/") or "/"
    found = contents.content(path)
    if found is None:
        return _elsewhere(path)
    if found["status"] == 404:
        raise _nothing()
    etag = f'"{found["etag"]}"'
    if found["status"] == 200 and etag in content.headers.get("if-none-match", ""):
        return Response(304, body="", headers={"ETag": etag})
    return Response(found["status"], "application/json", bodies.kept(found, "item").read(), headers={"ETag": etag})


def _elsewhere(path: str) -> Response[str]:
    for above in contents.contents_above(path):
        if above["status"] == 200 and routing.covers(above["routes"], path):
            return Response(303, "application/json", "{}", headers={"Location": f"{PREFIX}{above['path']}"})
    raise _nothing()


def _nothing() -> Refusal:
    return Refusal(404, "There is no content at this path.", code="not_found")
