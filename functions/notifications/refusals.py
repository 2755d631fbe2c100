"""Refusals in the words of the GOV.UK Notify API (contract 1.1, 1.2, 1.6)."""

from __future__ import annotations

from functions.common.failures import Refusal
from functions.notifications.requests import Unacceptable

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
    errors = refusal.errors if isinstance(refusal, Unacceptable) else ((refusal.code, refusal.message),)
    return {
        "status_code": refusal.status,
        "errors": [{"error": _NAMES.get(name or "", name), "message": message} for name, message in errors],
    }
