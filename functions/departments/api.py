"""Departments, services and keys over HTTP, for whoever holds the platform's admin key."""

from __future__ import annotations

from uuid import UUID

from aws_lambda_powertools.event_handler import Response

from functions.common import auth, declarations, signing
from functions.common.failures import Invalid, Refusal
from functions.common.http import Api
from functions.departments.services import (
    ADMIN,
    DEVELOPERS,
    PLATFORM,
    PLATFORMS_OWN,
    Department,
    Departments,
    Key,
    Keys,
    MadeKey,
    NewKey,
    NewService,
    Service,
    WebhookSecret,
)
from functions.departments.store import services as store

api = Api("Departments", scheme=auth.whole_key, scope=ADMIN)


@api.get("/departments")
def list_departments() -> Departments:
    """Every department there is or was."""
    return Departments(departments=store.departments())


@api.get("/departments/<slug>")
def get_department(slug: str) -> Department:
    """A department and its services."""
    return _department(slug)


@api.post("/departments/<slug>/services", status_code=201)
def create_service(slug: str, new: NewService) -> tuple[Service, int]:
    """Make a service of a department."""
    return store.create_service(_department(slug).slug, new), 201


@api.get("/departments/<slug>/webhooks/<name>/secret")
def get_webhook_secret(slug: str, name: str) -> Response[WebhookSecret]:
    """The secret with which a declared webhook's messages are signed, as receivers' libraries take it (Standard Webhooks)."""
    if declarations.webhook(slug, name) is None:
        raise Refusal(404, "There is no such webhook.", code="not_found")
    secret = WebhookSecret(secret=signing.shared_secret(f"webhook:{slug}/{name}"))
    return Response(200, "application/json", secret, headers={"Cache-Control": "no-store"})


@api.get("/services/<service_id>")
def get_service(service_id: UUID) -> Service:
    """A service."""
    return _service(service_id)


@api.post("/services/<service_id>/keys", status_code=201)
def create_key(service_id: UUID, new: NewKey) -> Response[MadeKey]:
    """Make a key. The answer is the only time that it is shown whole."""
    owner = _service(service_id)
    if owner.department != PLATFORM and (reserved := sorted(PLATFORMS_OWN.intersection(new.scopes))):
        raise Invalid(f"{reserved[0]} is for keys of the platform's own services", "scopes")
    if owner.department == DEVELOPERS:
        raise Refusal(409, "An outside developer's keys are made by the developer.", code="not_yours_to_make")
    return Response(201, "application/json", store.create_key(owner, new), headers={"Cache-Control": "no-store"})


@api.get("/services/<service_id>/keys")
def list_keys(service_id: UUID) -> Keys:
    """The keys of a service, without their secrets."""
    return Keys(keys=store.keys_of(str(_service(service_id).id)))


@api.delete("/services/<service_id>/keys/<key_id>")
def revoke_key(service_id: UUID, key_id: UUID) -> Key:
    """Revoke a key: within two seconds it opens nothing anywhere. Revoking it again changes nothing."""
    key = store.revoke_key(_service(service_id), str(key_id))
    if key is None:
        raise Refusal(404, "This service has no such key.", code="not_found")
    return key


def _department(slug: str) -> Department:
    if department := store.department(slug):
        return department
    raise Refusal(404, f"There is no department {slug}.", code="not_found")


def _service(service_id: UUID) -> Service:
    if service := store.service(str(service_id)):
        return service
    raise Refusal(404, "There is no such service.", code="not_found")
