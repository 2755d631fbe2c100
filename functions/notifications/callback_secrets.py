"""What a callback's secrets are bound to: its service and its name, so that none of them is any other's."""

from __future__ import annotations


def signed_as(service_id: str, callback: str) -> str:
    """The name that the secret of its signatures follows from."""
    return f"callback:{service_id}/{callback}"


def binding(service_id: str, callback: str) -> dict[str, str]:
    """The encryption context of its bearer token."""
    return {"service": service_id, "callback": callback}
