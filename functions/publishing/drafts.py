"""Drafts, as items and as pages, for those who may see them; and links by which others may."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from functions.common.auth import whole_key
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.publishing import addresses, headers, previews, sharing
from functions.publishing.previews import Viewer
from schemas.content.fields import Locale, Uuid

ITEMS, PAGES = "/draft/api/content", "/draft"
SCOPE = "content:write"


def _shape(refusal: Refusal) -> object:
    return {"errors": {"type": refusal.code, "code": str(refusal.status), "message": refusal.message}}


drafts = Api("Drafts", shape=_shape, always={"Cache-Control": headers.PRIVATE, "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"})


class Share(BaseModel):
    """Which draft to share."""

    content_id: Uuid
    locale: Locale = "en"


@drafts.get(ITEMS, operation_id="get_draft_home_item")
@drafts.get(f"{ITEMS}/.+")
def get_draft_item() -> Response[str]:
    """The content item of the draft at a path, else of what is live there."""
    item = previews.item(_asked(ITEMS), _viewer())
    return Response(200, "application/json", json.dumps(addresses.absolute(item, drafts.base_url), ensure_ascii=False))


@drafts.post(f"{PAGES}/share-links")
def share_draft(wanted: Share) -> dict[str, Any]:
    """A link by which whoever has it sees the draft, and nothing else. Its id is the first of the draft's `auth_bypass_ids`."""
    department = _caller()
    bypass_id = previews.bypass_id(wanted.content_id, wanted.locale, department)
    if bypass_id is None:
        raise Refusal(404, "There is no draft of this document that has an id in auth_bypass_ids.", code="not_found")
    token, until = sharing.token(sharing.Pass(department, bypass_id))
    return {"token": token, "query": f"token={token}", "expires_at": until.isoformat(timespec="seconds")}


@drafts.get(PAGES, operation_id="get_draft_home_page")
@drafts.get(f"{PAGES}/.+")
def get_draft_page() -> Response[str]:
    """The page of the draft at a path, as readers will see it."""
    from functions.publishing import site  # local: items and links are given without its templates

    path = _asked(PAGES)
    for page in site.pages_of(previews.item_of_page(path, _viewer()), origin=drafts.base_url):
        if page.path == path and page.html:
            return Response(200, "text/html; charset=utf-8", page.html, headers=dict(headers.SECURITY))
        if page.path == path and page.location:
            return Response(302, "text/plain", "", headers={"Location": f"{PAGES}{page.location}"})
    raise Refusal(404, "There is no page at this path.", code="not_found")


def _asked(prefix: str) -> str:
    return drafts.path.removeprefix(prefix) or "/"


def _viewer() -> Viewer:
    """Whoever has a share link sees what it is for; whoever has a key says for whom it asks."""
    token = drafts.query.get("token")
    if token:
        shared = sharing.read(token)
        if shared is None:
            raise Refusal(403, "This link does not work, or does not work any more.", code="access_forbidden")
        return Viewer(shared.department, bypass_id=shared.bypass_id)
    said = drafts.headers
    return Viewer(_caller(), _said(said.get("x-govuk-authenticated-user")), _said(said.get("x-govuk-authenticated-organisation")))


def _said(header: str | None) -> str | None:
    # "invalid" is how a proxy says that nobody is signed in.
    return None if header in {None, "", "invalid"} else header


def _caller() -> str:
    caller = whole_key(drafts.headers)
    if SCOPE not in caller.scopes or caller.key_type != "live":
        raise Refusal(403, f"This key may not see drafts: it needs the scope {SCOPE}, and to be live.", code="scope_missing")
    return caller.department
