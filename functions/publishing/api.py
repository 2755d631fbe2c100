"""The Publishing API: saving, publishing and taking away content, and what was done with it (contract 1.2 to 1.7)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import BaseModel, ConfigDict

from functions.common.failures import Refusal
from functions.publishing import commands, histories
from functions.publishing.protocol import LARGEST_BODY, User, known, publishing_api, written
from schemas.content.fields import RedirectRule, Timestamp, Version

api = publishing_api("Publishing API", largest_body=LARGEST_BODY)


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
def put_content(content_id: str, payload: Annotated[dict[str, Any], Body()], user: User = None) -> Response[str]:
    """Create or replace the draft edition."""
    edition, write_id = commands.put(known(content_id), payload, user)
    return written(content_id, write_id, edition)


@api.get("/v2/content/<content_id>")
def get_content(
    content_id: str,
    locale: Annotated[str, Query()] = "en",
    content_store: Annotated[Literal["draft", "live"] | None, Query()] = None,
    version: Annotated[str | None, Query()] = None,
) -> dict[str, Any]:
    """The draft edition, else the live one. Earlier ones stand in its history."""
    if version is not None:
        raise Refusal(422, "version is no longer supported", code="parameter_missing_or_invalid", field="version")
    return commands.show(known(content_id), locale, content_store)


@api.post("/v2/content/<content_id>/publish")
def publish_content(content_id: str, order: PublishOrder = PublishOrder(), user: User = None) -> Response[str]:  # noqa: B008  # an empty body is an order, too
    """Make the draft the live edition."""
    write_id = commands.publish(known(content_id), order.locale, order.update_type, order.expected, user)
    return written(content_id, write_id, {"content_id": content_id})


@api.post("/v2/content/<content_id>/republish")
def republish_content(content_id: str, order: Order = Order(), user: User = None) -> Response[str]:  # noqa: B008  # as above
    """Send the live edition on its way once more. One that was taken away is published again."""
    write_id = commands.republish(known(content_id), order.locale, order.expected, user)
    return written(content_id, write_id, {"content_id": content_id})


@api.post("/v2/content/<content_id>/unpublish")
def unpublish_content(content_id: str, order: UnpublishOrder, user: User = None) -> Response[str]:
    """Take the live edition away: withdrawal, gone, redirect or vanish."""
    wanted = {**order.model_dump(exclude_none=True), "previous_version": order.expected}
    write_id = commands.unpublish(known(content_id), order.locale, wanted, user)
    return written(content_id, write_id, {"content_id": content_id})


@api.post("/v2/content/<content_id>/discard-draft")
def discard_draft(content_id: str, order: Order = Order(), user: User = None) -> Response[str]:  # noqa: B008  # as above
    """Remove the draft."""
    write_id = commands.discard_draft(known(content_id), order.locale, order.expected, user)
    return written(content_id, write_id, {"content_id": content_id})


@api.get("/v2/content/<content_id>/events")
def list_events(
    content_id: str,
    action: Annotated[str | None, Query()] = None,
    since: Annotated[Timestamp | None, Query(alias="from")] = None,
    until: Annotated[Timestamp | None, Query(alias="to")] = None,
) -> list[dict[str, Any]]:
    """Every write to the content id, the first first."""
    return histories.events(known(content_id), action, since, until)


@api.get("/v2/content/<content_id>/events/<write_id>")
def follow_event(content_id: str, write_id: str) -> dict[str, Any]:
    """One write and its effects: when its page was rendered, and how many of the pages that show it have been made again."""
    return histories.followed(known(content_id), write_id)


@api.get("/v2/content/<content_id>/editions")
def list_editions(content_id: str, locale: Annotated[str, Query()] = "en") -> list[dict[str, Any]]:
    """Every edition of the document as it was saved, the newest first."""
    return histories.editions(known(content_id), locale)
