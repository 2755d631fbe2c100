"""Whose a service is, for the routes with which it is managed."""

from __future__ import annotations

from uuid import UUID

from functions.common import keyring
from functions.common.failures import Refusal, nothing_here
from functions.common.http import caller
from functions.notifications import directory
from functions.notifications.notification import Service


def own(service_id: UUID) -> Service:
    """The service, if it is the caller's own or its department's, or the caller runs the platform. Raises Refusal (404) for any other."""
    who, asked = caller(), str(service_id)
    owner = directory.owner(asked) or _keyholder(asked)
    may = asked == who.service_id or owner == who.department or "departments:admin" in who.scopes
    service = directory.service(asked, owner) if owner and may else None
    if service is None:
        raise nothing_here()
    return service


def refuse_declared(service_id: str) -> None:
    """Raises Refusal where a department's file says what the service sends with: two places to say it would be one too many."""
    if directory.owner(service_id):
        raise Refusal(409, "A department's file says what this service sends with: change it there.", code="declared")


def _keyholder(service_id: str) -> str | None:
    """The department of a service that was made over HTTP, as its keys know it."""
    ring = keyring.look_up(service_id)
    return ring.department if ring else None
