"""The Publishing API: saving, publishing and taking away content (contract 1.2 to 1.7)."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import BaseModel, ConfigDict

from functions.common.auth import whole_key
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.publishing import commands
from schemas.content.failures import Unacceptable
from schemas.content.fields import RedirectRule, Timestamp, Version

LARGEST_BODY = 5_000_000
"""Bytes of an edition: as much as a function may be sent (6 MB) leaves room for. Details over what an item holds go to S3."""


def _shape(refusal: Refusal) -> object:
    fields: dict[str, list[str]] = {}
    for problem in refusal.problems:
        fields.setdefault(problem.field, []).append(problem.message)
    if refusal.field:
        fields.setdefault(refusal.field, []).append(refusal.message)
    members = {"code": refusal.status, "error_code": refusal.code, "message": refusal.message, "fields": fields}
    return {"error": {name: value for name, value in members.items() if value}}


api = Api("Publishing API", scheme=whole_key, scope="content:write", shape=_shape, largest_body=LARGEST_BODY)


class Order(BaseModel):
    """What the commands on a document have in common: which locale, and what the caller believes its lock version to be."""

    model_config = ConfigDict(extra="ignore")

    locale: str = "en"
    previous_version: Version | None = None

    @property
    def expected(self) -> int | None:
        return None if self.previous_version is None else int(self.previous_version)


class PublishOrder(Order):
    """How to publish."""

    update_type: str | None = None


class UnpublishOrder(Order):
    """How to take away, and what to say."""

    type: str | None = None
    explanation: str | None = None
    alternative_path: str | None = None
    redirects: list[RedirectRule] | None = None
    discard_drafts: bool = False
    allow_draft: bool = False
    unpublished_at: Timestamp | None = None


@api.put("/v2/content/<content_id>")
def put_content(content_id: str, payload: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
    """Create or replace the draft edition."""
    return commands.put(_known(content_id), payload)


@api.get("/v2/content/<content_id>")
def get_content(
    content_id: str,
    locale: Annotated[str, Query()] = "en",
    content_store: Annotated[Literal["draft", "live"] | None, Query()] = None,
) -> dict[str, Any]:
    """The draft edition, else the live one."""
    return commands.show(_known(content_id), locale, content_store)


@api.post("/v2/content/<content_id>/publish")
def publish_content(content_id: str, order: PublishOrder = PublishOrder()) -> dict[str, str]:  # noqa: B008  # an empty body is an order, too
    """Make the draft the live edition."""
    commands.publish(_known(content_id), order.locale, order.update_type, order.expected)
    return {"content_id": content_id}


@api.post("/v2/content/<content_id>/unpublish")
def unpublish_content(content_id: str, order: UnpublishOrder) -> dict[str, str]:
    """Take the live edition away: withdrawal, gone, redirect or vanish."""
    wanted = {**order.model_dump(exclude_none=True), "previous_version": order.expected}
    commands.unpublish(_known(content_id), order.locale, wanted)
    return {"content_id": content_id}


@api.post("/v2/content/<content_id>/discard-draft")
def discard_draft(content_id: str, order: Order = Order()) -> dict[str, str]:  # noqa: B008  # as above
    """Remove the draft."""
    commands.discard_draft(_known(content_id), order.locale, order.expected)
    return {"content_id": content_id}


def _unacceptable(refused: Unacceptable) -> Response[str]:
    # The one answer that is not an error object: clients of the Publishing API expect the failures of a schema as a bare array.
    return Response(422, "application/json", json.dumps(refused.failures))


api.resolver.exception_handler(Unacceptable)(_unacceptable)


def _known(content_id: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", content_id):
        raise Refusal(404, "There is nothing here.", code="not_found")
    return content_id
