"""Who is asking, told from a key. One kind of key everywhere; each protocol takes it the way its clients send it.

Nobody is let in by default: a scheme answers with a Caller or raises Refusal. What a caller may do is said by the scopes of the key.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from functions.common import clock, keyring, keys
from functions.common.failures import Refusal
from functions.common.keyring import KeptKey, Keyring
from schemas.grammar import KeyType

if TYPE_CHECKING:
    from functions.common.keys import Key


TOLERANCE = 30
"""Seconds that a caller's clock may be wrong by (notifications contract, 1.1)."""

_BEARER = "bearer "
_EXAMPLE = "https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header"
_UNREADABLE = f"Invalid token: make sure your API token matches the example at {_EXAMPLE}"
_CLOCK = "Error: Your system clock must be accurate to within 30 seconds"


@dataclass(frozen=True)
class Caller:
    """Who is asking: a service of a department, with one of its keys."""

    department: str
    service_id: str
    key_id: str
    key_type: KeyType
    scopes: frozenset[str]


def whole_key(headers: Mapping[str, str]) -> Caller:
    """The caller whose whole key stands in X-Api-Key, api_key or Authorization (bare, or as a bearer token).

    Raises Refusal 401; an unknown service and a wrong secret are refused in the same words. 403 where the service is suspended.
    """
    given = _given(headers)
    if not given:
        raise _unauthorised("Send a key: as X-Api-Key, or in Authorization as a bearer token.")
    key = keys.parse(given)
    found = opened(key) if key else None
    if found is None:
        raise _unauthorised("This key is not known.")
    ring, kept = found
    # Only who has the secret learns what became of the key.
    if kept.unverified:
        raise _unauthorised("This key waits until the link in the email that was sent for it is followed.")
    if kept.revoked:
        raise _unauthorised("This key was revoked.")
    if kept.expired:
        raise _unauthorised("This key has expired.")
    if ring.suspended:
        raise Refusal(403, "The service of this key is suspended.", code="AuthError")
    return caller_of(ring, kept)


def opened(key: Key) -> tuple[Keyring, KeptKey] | None:
    """The keyring that a whole key opens, and what is kept of the key there, whatever became of it. None where it opens nothing."""
    return keyring.find(key.service_id, lambda ring: _opened(ring, key))


def caller_of(ring: Keyring, key: KeptKey) -> Caller:
    """Who asks with a key of a keyring."""
    return Caller(ring.department, ring.service_id, key.key_id, cast(KeyType, key.type), key.scopes)


def notify_jwt(headers: Mapping[str, str]) -> Caller:
    """The caller who signed a GOV.UK Notify token with the secret of a key (notifications contract, 1.1, whose words these are)."""
    authorization = headers.get("authorization", "").strip()
    if not authorization:
        raise _unauthorised("Unauthorized: authentication token must be provided")
    if authorization[: len(_BEARER)].lower() != _BEARER:
        raise _unauthorised("Unauthorized: authentication bearer scheme must be used")
    token = _Token(authorization[len(_BEARER) :].strip())
    service_id = _issuer(token.claims)
    ring = keyring.look_up(service_id)
    if ring and not ring.keys:
        ring = keyring.read(service_id)  # its first key may be a moment old
    if ring is None:
        raise _forbidden("Invalid token: service not found")
    if not ring.keys:
        raise _forbidden("Invalid token: service has no API keys")
    if ring.suspended:
        raise _forbidden("Invalid token: service is archived")
    if token.algorithm != "HS256":
        raise _forbidden("Invalid token: algorithm used is not HS256")
    found = keyring.find(service_id, token.signer)
    if found is None or "iat" not in token.claims:
        raise _forbidden("Invalid token: API key not found")
    _check_times(token.claims)
    ring, kept = found
    if kept.revoked:
        raise _forbidden("Invalid token: API key revoked")
    if kept.expired:
        raise _forbidden("Invalid token: API key expired")
    return caller_of(ring, kept)


class _Token:
    """A JWT whose signature is still to be checked. Raises Refusal where it is none."""

    def __init__(self, text: str) -> None:
        # Local: of all HTTP functions, only those that speak the Notify protocol need it.
        import jwt

        try:
            decoded = jwt.decode_complete(text, options={"verify_signature": False})
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise _forbidden(_UNREADABLE) from None
        self._text = text
        self.claims: Mapping[str, Any] = decoded["payload"]
        self.algorithm = decoded["header"].get("alg")

    def signer(self, ring: Keyring) -> KeptKey | None:
        """The key that signed it: each secret is tried, since a token does not say which key made it."""
        return next((key for key in ring.keys if self._signed_with(keyring.secret(ring.service_id, key))), None)

    def _signed_with(self, secret: str | None) -> bool:
        import jwt

        if secret is None:
            return False
        try:
            jwt.api_jws.decode(self._text, secret, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return False
        return True


def _given(headers: Mapping[str, str]) -> str:
    authorization = headers.get("authorization", "")
    if authorization[: len(_BEARER)].lower() == _BEARER:
        authorization = authorization[len(_BEARER) :]
    return (headers.get("x-api-key") or headers.get("api_key") or authorization).strip()


def _opened(ring: Keyring, key: Key) -> KeptKey | None:
    fingerprint = keys.fingerprint(keyring.pepper(), key)
    found = None
    # All are compared, whichever matches: how long it takes tells nothing.
    for kept in ring.keys:
        if hmac.compare_digest(kept.fingerprint, fingerprint):
            found = kept
    return found


def _issuer(claims: Mapping[str, Any]) -> str:
    if "iss" not in claims:
        raise _forbidden("Invalid token: iss field not provided")
    try:
        return str(UUID(claims["iss"]))
    except (ValueError, TypeError, AttributeError):
        raise _forbidden("Invalid token: service id is not the right data type") from None


def _check_times(claims: Mapping[str, Any]) -> None:
    now = clock.epoch()
    # Written so that NaN, which Python's JSON knows, is refused: it is not within anything.
    if not _is_number(claims["iat"]) or not abs(now - claims["iat"]) <= TOLERANCE:
        raise _forbidden(_CLOCK)
    if "nbf" in claims and not (_is_number(claims["nbf"]) and claims["nbf"] <= now + TOLERANCE):
        raise _forbidden(_CLOCK)
    if "exp" in claims and not (_is_number(claims["exp"]) and now < claims["exp"] + TOLERANCE):
        raise _forbidden(_UNREADABLE)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unauthorised(message: str) -> Refusal:
    return Refusal(401, message, code="AuthError", headers={"WWW-Authenticate": "Bearer"})


def _forbidden(message: str) -> Refusal:
    return Refusal(403, message, code="AuthError")
