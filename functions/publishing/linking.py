"""The Publishing API: link sets, and links with what they lead to (contract 1.2, 1.9)."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from functions.common.failures import Refusal
from functions.publishing import link_changes, link_sets, listings
from functions.publishing.protocol import User, known, publishing_api, written
from schemas.content.fields import Links, LinkType, Uuid, Version

MOST_AT_ONCE = 1_000
"""Link sets that are given in one answer."""
MOST_TYPES = 100
"""Types of links whose changes are asked for at once."""

linking = publishing_api("Publishing API: links")


class LinksOrder(BaseModel):
    """Which links to replace: of these types; an empty list removes a type."""

    model_config = ConfigDict(extra="ignore")

    links: Links | None = None
    previous_version: Version | None = None
    bulk_publishing: bool = False


class ManyOrder(BaseModel):
    """Whose link sets are wanted."""

    content_ids: list[Uuid] = Field(description="At most 1,000.")


@linking.patch("/v2/links/<content_id>")
def patch_links(content_id: str, order: LinksOrder, user: User = None) -> Response[str]:
    """Replace the links of some types, in all editions and locales at once."""
    if order.links is None:
        raise Refusal(422, "links are required", code="links_missing", field="links")
    expected = None if order.previous_version is None else int(order.previous_version)
    link_set, write_id = link_sets.patch(known(content_id), order.links, expected, user)
    return written(content_id, write_id, link_set)


@linking.get("/v2/links/changes")
def list_link_changes(
    link_types: Annotated[list[LinkType], Query(alias="link_types[]", description="At least one.")] = [],  # noqa: B006  # read, never changed
    sources: Annotated[list[str], Query(alias="source_content_ids[]")] = [],  # noqa: B006  # as above
    targets: Annotated[list[str], Query(alias="target_content_ids[]")] = [],  # noqa: B006  # as above
    users: Annotated[list[str], Query(alias="users[]")] = [],  # noqa: B006  # as above
) -> dict[str, Any]:
    """The newest 250 links that were added to the department's link sets or removed from them, of some types."""
    if not 1 <= len(link_types) <= MOST_TYPES:
        message = f"link_types[] must be given, at most {MOST_TYPES}"
        raise Refusal(422, message, code="parameter_missing_or_invalid", field="link_types")
    return {"link_changes": link_changes.newest(link_types, sources, targets, users)}


@linking.get("/v2/links/<content_id>")
def get_links(content_id: str) -> dict[str, Any]:
    """The link set of a content id."""
    return link_sets.show(known(content_id))


@linking.post("/v2/links/by-content-id")
def get_many_links(order: ManyOrder) -> dict[str, Any]:
    """The link sets of several content ids."""
    if len(order.content_ids) > MOST_AT_ONCE:
        raise Refusal(413, f"At most {MOST_AT_ONCE} content_ids at once.", code="too_many", field="content_ids")
    return link_sets.of_many(list(dict.fromkeys(order.content_ids)))


@linking.get("/v2/expanded-links/<content_id>")
def get_expanded_links(
    content_id: str,
    locale: Annotated[str, Query()] = "en",
    with_drafts: Annotated[bool, Query()] = True,
    generate: Annotated[bool, Query(description="Changes nothing: they always are.")] = False,  # callers send it
) -> dict[str, Any]:
    """The links of a content id as they are now, with their targets' fields."""
    return link_sets.expanded(known(content_id), locale, with_drafts=with_drafts)


@linking.get("/v2/linked/<content_id>")
def get_linked(
    content_id: str,
    link_type: Annotated[str, Query()],
    fields: Annotated[list[str], Query(alias="fields[]")] = [],  # noqa: B006  # read, never changed
) -> list[dict[str, Any]]:
    """What of the department's has a link of a type in its link set that leads here."""
    return listings.linked(known(content_id), link_type, fields)
