"""The Publishing API's manner of speaking, which its entry points share (contract 1.2, 1.4)."""

from __future__ import annotations

import json
import re
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from functions.common.auth import whole_key
from functions.common.failures import Refusal
from functions.common.http import Api
from schemas.content.failures import Unacceptable

LARGEST_BODY = 5_000_000
"""Bytes of an edition: as much as a function may be sent (6 MB) leaves room for. Details over what an item holds go to S3."""

User = Annotated[str | None, Header(alias="x-govuk-authenticated-user")]
"""Who of the department asks, in its own words: noted in the document's history."""


def publishing_api(title: str, *, largest_body: int = 1_000_000) -> Api:
    """An entry point of the Publishing API."""
    made = Api(title, scheme=whole_key, scope="content:write", shape=_shape, largest_body=largest_body)
    made.resolver.exception_handler(Unacceptable)(_unacceptable)
    return made


def known(content_id: str) -> str:
    """A content id. Raises Refusal 404 for what is none: no such address is routed (contract 1.1)."""
    if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", content_id):
        raise Refusal(404, "There is nothing here.", code="not_found")
    return content_id


def written(content_id: str, write_id: str, body: object) -> Response[str]:
    """The answer to a write, with the address at which its effects can be followed."""
    monitor = f'</v2/content/{content_id}/events/{write_id}>; rel="monitor"'
    return Response(200, "application/json", json.dumps(body, ensure_ascii=False), headers={"Link": monitor})


def _shape(refusal: Refusal) -> object:
    fields: dict[str, list[str]] = {}
    for problem in refusal.problems:
        fields.setdefault(problem.field, []).append(problem.message)
    if refusal.field:
        fields.setdefault(refusal.field, []).append(refusal.message)
    members = {"code": refusal.status, "error_code": refusal.code, "message": refusal.message, "fields": fields}
    return {"error": {name: value for name, value in members.items() if value}}


def _unacceptable(refused: Unacceptable) -> Response[str]:
    # The one answer that is not an error object: clients of the Publishing API expect the failures of a schema as a bare array.
    return Response(422, "application/json", json.dumps(refused.failures))
