"""Refusals in the words of the GOV.UK Notify API (contract 1.1, 1.2, 1.6)."""

from __future__ import annotations

from functions.common.failures import Refusal
from functions.notifications.requests import Unacceptable

ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type,Authorization,Idempotency-Key",
    "Access-Control-Allow-Methods": "GET,PUT,POST,DELETE",
    "Cache-Control": "no-store, no-cache, private, must-revalidate",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Frame-Options": "SAMEORIGIN",
}
"""What stands at the head of every answer of Notify's, a refusal or not (contract 1.2)."""

_NAMES = {
    "body_too_large": "RequestEntityTooLarge",
    "scope_missing": "AuthError",
    "unavailable": "ServiceUnavailable",
    "internal_error": "InternalServerError",
    "invalid": "ValidationError",
}


def shape(refusal: Refusal) -> object:
    """A refusal as the official clients read it. What is no route has the older of Notify's two shapes."""
    if refusal.code in ("not_found", "method_not_allowed"):
        return {"result": "error", "message": refusal.message}
    if isinstance(refusal, Unacceptable):
        errors = [{"error": name, "message": message, **refusal.more} for name, message in refusal.errors]
    elif refusal.code == "internal_error":
        errors = [{"error": _NAMES["internal_error"], "message": "Internal server error"}]
    else:
        errors = [{"error": _NAMES.get(refusal.code or "", str(refusal.code)), "message": refusal.message}]
    return {"status_code": refusal.status, "errors": errors}


def not_found() -> Unacceptable:
    """There is no such notification or template of the caller's."""
    return Unacceptable(("NoResultFound", "No result found"), status=404)
