"""Who is asking for data, told from a key in any of the places that clients of api.data.gov put it in (data contract, 3).

An outside developer's key and a department's are of one kind. Who has none may try with DEMO_KEY, within limits by address.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from functions.common import auth, keys
from functions.common.failures import Refusal

if TYPE_CHECKING:
    from functions.common.auth import Caller

type Request = Mapping[str, Any]
"""An HTTP API event (payload 2.0)."""

DEMO_KEY = "DEMO_KEY"
SCOPE = "data:read"
SIGN_UP = "/developers"
"""Where developers get a key, and may write to us."""
ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    # Without this a browser keeps from a page all that it is told of its limit.
    "Access-Control-Expose-Headers": "X-RateLimit-Limit, X-RateLimit-Remaining, RateLimit, RateLimit-Policy, Retry-After, X-Correlation-Id",
}
"""Headers of every answer to whoever sends such a key."""

_NAMES = {404: "NOT_FOUND", 500: "INTERNAL_SERVER_ERROR"}
_SECRETS = frozenset({"authorization", "x-api-key"})


@dataclass(frozen=True)
class Holder:
    """Whose key it is: `name` is what requests are counted under, `per_hour` how many there may be where that is not as for everybody."""

    name: str
    caller: Caller
    per_hour: int | None = None


def given(request: Request) -> str:
    """The key that stands in X-Api-Key, else in the query as `api_key`, else as Basic user name, else as a bearer token; "" for none."""
    headers = {name.lower(): value for name, value in (request.get("headers") or {}).items()}
    query = request.get("queryStringParameters") or {}
    authorization = headers.get("authorization", "")
    kind, _, rest = authorization.partition(" ")
    found = headers.get("x-api-key") or query.get("api_key") or (_user(rest) if kind.lower() == "basic" else "")
    return (found or (rest if kind.lower() == "bearer" else "")).strip()


def without(request: Request) -> dict[str, Any]:
    """The request as it goes on: the key stands nowhere in it any more, so that no route takes it for a filter and no line logs it."""
    headers = {name: value for name, value in (request.get("headers") or {}).items() if name.lower() not in _SECRETS}
    kept = [(name, value) for name, value in parse_qsl(request.get("rawQueryString", ""), keep_blank_values=True) if name != "api_key"]
    query = {name: value for name, value in (request.get("queryStringParameters") or {}).items() if name != "api_key"}
    return {**request, "headers": headers, "rawQueryString": urlencode(kept), "queryStringParameters": query}


def holder(text: str, site: str) -> Holder:
    """Whose key this is. Raises Refusal 403 with the contract's codes; `site` is where we are, for the addresses in messages."""
    key = keys.parse(text)
    found = auth.opened(key) if key else None
    if found is None:
        raise Refusal(403, f"An invalid api_key was supplied. Get one at {site}{SIGN_UP}", code="API_KEY_INVALID")
    ring, kept = found
    # Only who has the secret learns what became of the key.
    if kept.unverified:
        message = f"The api_key supplied has not been verified yet. Follow the link in the email, or contact us at {site}{SIGN_UP}"
        raise Refusal(403, message, code="API_KEY_UNVERIFIED")
    if ring.suspended or kept.revoked or kept.expired:
        raise Refusal(403, f"The api_key supplied has been disabled. Get another at {site}{SIGN_UP}", code="API_KEY_DISABLED")
    if SCOPE not in kept.scopes:
        message = f"The api_key supplied is not authorized to access the given service: it lacks the scope {SCOPE}. See {site}{SIGN_UP}"
        raise Refusal(403, message, code="API_KEY_UNAUTHORIZED")
    return Holder(ring.holder, auth.caller_of(ring, kept), ring.per_hour)


def missing(site: str) -> Refusal:
    """There is no key."""
    return Refusal(403, f"No api_key was supplied. Get one at {site}{SIGN_UP}", code="API_KEY_MISSING")


def shape(refusal: Refusal) -> object:
    """A refusal as api.data.gov says it. The field at fault stands beside, where there is one."""
    told = {"code": _NAMES.get(refusal.status) or (refusal.code or "ERROR").upper(), "message": refusal.message}
    return {"error": {**told, **({"field": refusal.field} if refusal.field else {})}}


def site(request: Request) -> str:
    """Where the caller found us."""
    headers = {name.lower(): value for name, value in (request.get("headers") or {}).items()}
    host = headers.get("x-forwarded-host") or headers.get("host", "localhost")
    return f"{headers.get('x-forwarded-proto', 'https')}://{host}"


def _user(credentials: str) -> str:
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
