"""The Publishing API: lists of content, what may be linked to, what stands at a path, and the content types (contract 1.2)."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from functions.common.failures import Refusal
from functions.publishing import listings
from functions.publishing.protocol import publishing_api
from schemas.content import registry
from schemas.content.fields import Path

finding = publishing_api("Publishing API: lists")

_FIELDS = Query(alias="fields[]", description="Fields of an edition; all of them where none is named.")
_ALIASES = Query(alias="content_id_aliases[]", description="Other names of content ids, as their `content_id_alias` said.")
_STATES = Query(alias="states[]", description="`draft`, `published`, `unpublished`; all of them where none is named.")


class PathsOrder(BaseModel):
    """Which paths are asked about, and what does not count."""

    base_paths: list[Path] = Field(min_length=1, max_length=listings.MOST_PATHS)
    exclude_document_types: list[str] = ["gone", "redirect"]
    exclude_unpublishing_types: list[str] = ["vanish", "redirect", "gone"]
    with_drafts: bool = False


@finding.get("/v2/content")
def list_content(  # noqa: PLR0913, PLR0917  # each is one thing that may be asked for
    document_type: Annotated[list[str], Query()] = [],  # noqa: B006  # read, never changed
    fields: Annotated[list[str], _FIELDS] = [],  # noqa: B006  # as above
    states: Annotated[list[str], _STATES] = [],  # noqa: B006  # as above
    locale: Annotated[str, Query()] = "en",
    publishing_app: Annotated[str | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=500)] = None,
    search_in: Annotated[list[str], Query(alias="search_in[]")] = [],  # noqa: B006  # as above
    aliases: Annotated[list[str], _ALIASES] = [],  # noqa: B006  # as above
    order: Annotated[str | None, Query()] = None,
    page: Annotated[int, Query(ge=1)] = 1,
    per_page: Annotated[int, Query(ge=1, le=listings.MOST_PER_PAGE)] = 50,
) -> dict[str, Any]:
    """A page of the department's content. `link_<type>=<content id>` asks for what has such a link."""
    wanted = {
        **_wanted(document_type, fields, states, locale, publishing_app, order),
        "q": q,
        "search_in": search_in,
        "aliases": aliases,
        "page": page,
        "per_page": per_page,
    }
    found = listings.content(wanted)
    links = [("self", page), *([("previous", page - 1)] if page > 1 else []), *([("next", page + 1)] if page < found["pages"] else [])]
    return {**found, "links": [{"href": _address("page", str(number)), "rel": relation} for relation, number in links]}


@finding.get("/v2/editions")
def list_editions(  # noqa: PLR0913, PLR0917  # as above
    document_types: Annotated[list[str], Query(alias="document_types[]")] = [],  # noqa: B006  # as above
    fields: Annotated[list[str], _FIELDS] = [],  # noqa: B006  # as above
    states: Annotated[list[str], _STATES] = [],  # noqa: B006  # as above
    locale: Annotated[str, Query()] = "all",
    publishing_app: Annotated[str | None, Query()] = None,
    order: Annotated[str | None, Query()] = None,
    per_page: Annotated[int, Query(ge=1, le=listings.MOST_PER_PAGE)] = 100,
    before: Annotated[str | None, Query()] = None,
    after: Annotated[str | None, Query()] = None,
) -> dict[str, Any]:
    """Editions in an order, from where a page before ended."""
    wanted = {
        **_wanted(document_types, fields, states, locale, publishing_app, order),
        "per_page": per_page,
        "before": before,
        "after": after,
    }
    found = listings.editions(wanted)
    links = [{"href": f"{finding.base_url}{finding.path}?{urlencode(dict(finding.query))}", "rel": "self"}]
    if "next" in found["more"]:
        links.append({"href": _address("after", found["more"]["next"], "before"), "rel": "next"})
    if "previous" in found["more"]:
        links.append({"href": _address("before", found["more"]["previous"], "after"), "rel": "previous"})
    return {"links": links, "results": found["results"]}


@finding.get("/v2/linkables")
def list_linkables(document_type: Annotated[str, Query()]) -> list[dict[str, Any]]:
    """What may be linked to of a type, in English."""
    return listings.linkables(document_type)


@finding.post("/lookup-by-base-path")
def look_up(order: PathsOrder) -> dict[str, str]:
    """The content id at each path; paths with none are left out."""
    left_out = (order.exclude_document_types, order.exclude_unpublishing_types)
    return listings.by_base_path(order.base_paths, *left_out, with_drafts=order.with_drafts)


@finding.get("/v2/schemas")
def list_schemas() -> dict[str, Any]:
    """The JSON Schema of every content type, by its name."""
    from schemas.content import json_schema  # local: lists of content need no type

    return {name: json_schema.schema(name) for name in sorted(registry.TYPES)}


@finding.get("/v2/schemas/<schema_name>")
def get_schema(schema_name: str) -> Response[str]:
    """The JSON Schema of a content type."""
    if schema_name not in registry.TYPES:
        raise Refusal(404, "There is no such content type.", code="not_found")
    from schemas.content import json_schema  # local: as above

    return Response(200, "application/schema+json", json.dumps(json_schema.schema(schema_name)))


def _wanted(types: list[str], fields: list[str], states: list[str], locale: str, app: str | None, order: str | None) -> dict[str, Any]:
    links = [(name.removeprefix("link_"), target) for name, target in finding.query.items() if name.startswith("link_")]
    if len(links) > 1:
        raise Refusal(422, "only one link may be asked for", code="parameter_missing_or_invalid", field=f"link_{links[1][0]}")
    return {
        "document_types": types,
        "fields": fields,
        "states": states,
        "locale": locale,
        "publishing_app": app,
        "order": order,
        "link": links[0] if links else None,
    }


def _address(name: str, value: str, without: str = "") -> str:
    query = {key: said for key, said in finding.query.items() if key not in {name, without}}
    return f"{finding.base_url}{finding.path}?{urlencode({**query, name: value})}"
