"""CKAN's Action API over HTTP (contract 1): each action at `/api/action/<name>` and at `/api/3/action/<name>`."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from functions.common import auth
from functions.common.auth import Caller
from functions.common.failures import Invalid, Refusal
from functions.common.http import Api
from functions.data_access.ckan import autocomplete, envelope, request
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.failures import BadRequest, Refused, failed, invalid_fields, not_found
from functions.data_access.ckan.registry import ACTIONS, Action

LARGEST_BODY = 5_000_000
"""Lambda takes 6 MB, and each quotation mark of a body costs two."""


def _shape(refusal: Refusal) -> object:
    """What never reached an action, as CKAN would say it."""
    if refusal.status == 404:
        return {"success": False, "error": not_found().error}
    if refusal.status >= 500:
        return {"success": False, "error": failed().error}
    return f"Bad request: {refusal.message}"


actions = Api(
    "CKAN Action API",
    raw=True,
    shape=_shape,
    invalid_status=400,
    media_types=(),
    largest_body=LARGEST_BODY,
    always={"Access-Control-Allow-Origin": "*"},
)


@actions.get("/api", operation_id="version")
def version() -> Response[Any]:
    """Which version of the API this is."""
    return Response(200, envelope.JSON, envelope.written({"version": 1}), {**envelope.HEADERS})


@actions.get("/api/3", operation_id="version_3")
def version_3() -> Response[Any]:
    """Which version of the API this is."""
    return Response(200, envelope.JSON, envelope.written({"version": 3}), {**envelope.HEADERS})


@actions.get("/api/action/<name>", operation_id="read")
@actions.get("/api/3/action/<name>", operation_id="read_3")
def read(name: str) -> Response[Any]:
    """Ask an action that changes nothing, with the parameters of the address."""
    return _answer(name, posted=False)


@actions.post("/api/action/<name>", operation_id="act")
@actions.post("/api/3/action/<name>", operation_id="act_3")
def act(name: str) -> Response[Any]:
    """Ask any action, with the parameters of the body: JSON, a form or multipart."""
    return _answer(name, posted=True)


@actions.get("/api/2/util/<kind>/autocomplete")
def suggest(kind: str) -> Response[Any]:
    """Names that contain what somebody has begun to write, as CKAN's own pages ask for them."""
    return _suggested(kind)


@actions.get("/api/util/resource/format_autocomplete", operation_id="suggest_formats")
def suggest_formats() -> Response[Any]:
    """The same for formats of resources."""
    return _suggested("format")


@actions.get("/datastore/dump/<resource_id>", operation_id="dump")
def dump_table(resource_id: str) -> Response[Any]:
    """All rows of a table, or those that `filters`, `q`, `offset` and `limit` ask for, as one file."""
    from functions.data_access.ckan import dump  # here: what writes files is not needed to answer

    try:
        return dump.dump(Asked(actions.base_url, request.from_query(_raw_query())), resource_id)
    except (BadRequest, Refused) as refusal:
        return dump.refused(refusal)


def _answer(name: str, *, posted: bool) -> Response[Any]:
    """Find the action, ask it, and put what it says into the envelope."""
    try:
        action = ACTIONS.get(name) or _unknown(name)
        parameters = _parameters(action, posted=posted)
        callback = parameters.pop("callback", None) if not posted else None
        if callback is not None and not envelope.is_callback(str(callback)):
            raise BadRequest("Bad request: callback must be the name of a function")
        # A script of any page may ask in this way, with whatever its browser sends along: it is nobody.
        asked = Asked(actions.base_url, parameters, None if callback is not None else _caller())
        return envelope.result(actions.base_url, name, action.run(asked), callback)
    except BadRequest as bad:
        return envelope.bare(str(bad))
    except Refused as refusal:
        return envelope.refused(actions.base_url, name, refusal)
    except Invalid as invalid:
        return envelope.refused(actions.base_url, name, invalid_fields({invalid.field or "data": invalid.message}))


def _parameters(action: Action, *, posted: bool) -> dict[str, Any]:
    if not posted:
        if action.writes:
            raise request.written_as_get()
        return request.from_query(_raw_query())
    found = request.from_body(actions.body(), actions.headers.get("content-type", ""))
    return found or ({} if action.writes else request.from_query(_raw_query()))


def _caller() -> Caller | None:
    """Who is asking. A key that is wrong, expired or revoked is nobody's, and no error (contract 1.3)."""
    headers = actions.headers
    given = headers.get("authorization") or headers.get("x-ckan-api-key")
    if not given:
        return None
    try:
        return auth.whole_key({"authorization": given})
    except Refusal:
        return None


def _suggested(kind: str) -> Response[Any]:
    try:
        asked = Asked(actions.base_url, request.from_query(_raw_query()))
        return Response(200, envelope.JSON, envelope.written(autocomplete.suggested(kind, asked)), {**envelope.HEADERS})
    except BadRequest as bad:
        return envelope.bare(str(bad))


def _unknown(name: str) -> Action:
    raise BadRequest(f"Bad request: Action name not known: {name[:100]}")


def _raw_query() -> str:
    return str(actions.resolver.current_event.raw_event.get("rawQueryString", ""))
