"""The content API: GET /api/content/<path>, open to everybody, one read (Content Store, contract 2)."""

from __future__ import annotations

import json

from aws_lambda_powertools.event_handler import Response

from functions.common.failures import Refusal
from functions.common.http import Api
from functions.publishing import addresses, bodies, headers, routing
from functions.publishing.store import contents

PREFIX = "/api/content"

content = Api("Content API", always={"Access-Control-Allow-Origin": "*", "Cache-Control": headers.public()})


@content.get(PREFIX, operation_id="get_home_content")
@content.get(f"{PREFIX}/.+")
def get_content() -> Response[str]:
    """The content item at a path. 303 to its own address where it is found by another of its routes, 404, or 410 where it is gone."""
    path = content.path.removeprefix(PREFIX).rstrip("/") or "/"
    found = contents.content(path)
    if found is None or "status" not in found:
        return _elsewhere(path, (found or {}).get("publish_at"))
    kept_for = headers.public(publish_at=found.get("publish_at"))
    if found["status"] == 404:
        raise _nothing(kept_for)
    etag = f'"{found["etag"]}"'
    if found["status"] == 200 and etag in content.headers.get("if-none-match", ""):
        return Response(304, body="", headers={"ETag": etag, "Cache-Control": kept_for})
    item = json.loads(bodies.kept(found, "item").read())
    kept_for = headers.public(publish_at=found.get("publish_at"), longest=(item.get("details") or {}).get("max_cache_time"))
    shown = json.dumps(addresses.absolute(item, content.base_url), ensure_ascii=False, separators=(",", ":"))
    return Response(found["status"], "application/json", shown, headers={"ETag": etag, "Cache-Control": kept_for})


def _elsewhere(path: str, publish_at: int | None) -> Response[str]:
    for above in contents.contents_above(path):
        if above["status"] == 200 and routing.covers(above["routes"], path):
            return Response(303, "application/json", "{}", headers={"Location": f"{PREFIX}{above['path']}"})
    raise _nothing(headers.public(publish_at=publish_at))


def _nothing(kept_for: str) -> Refusal:
    return Refusal(404, "There is no content at this path.", code="not_found", headers={"Cache-Control": kept_for})
