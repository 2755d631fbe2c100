"""The GOV.UK Notify API: ask for an email or a text, and see what became of it (contract 1)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from functions.common import auth, clock, ids, wire
from functions.common.failures import Refusal
from functions.common.http import Api, caller
from functions.notifications import directory, refusals, requests, store, views
from functions.notifications.accepting import SIMULATED, accept, sanitised_content
from functions.notifications.notification import Service, Template
from functions.notifications.requests import Asked

LARGEST_BODY = 5_000_000
"""Bytes of a request: what an email of two million may take as JSON, below what Lambda is given."""

api = Api(
    "Notifications",
    scheme=auth.notify_jwt,
    scope="notifications:send",
    key_types=("live", "team", "test"),
    shape=refusals.shape,
    invalid_status=400,
    media_types=(),
    largest_body=LARGEST_BODY,
    raw=True,
)


@api.post("/v2/notifications/email", status_code=201)
def post_email() -> tuple[views.Shape, int]:
    """Accept an email."""
    return _send(requests.email)


@api.post("/v2/notifications/sms", status_code=201)
def post_sms() -> tuple[views.Shape, int]:
    """Accept a text."""
    return _send(requests.sms)


@api.get("/v2/notifications/<notification_id>")
def get_notification(notification_id: str) -> views.Shape:
    """What became of a notification of the caller's service."""
    id_ = requests.uuid_of("notification_id", notification_id)
    found = store.find(caller().service_id, str(id_))
    if found is None:
        raise Refusal(404, "No result found", code="NoResultFound")
    return views.notification(found, api.base_url)


@api.get("/v2/template/<template_id>")
def get_template(template_id: str) -> views.Shape:
    """A template of the caller's service, in its latest version."""
    found = _template(requests.uuid_of("id", template_id))
    if found is None:
        raise Refusal(404, "No result found", code="NoResultFound")
    return views.template(found)


def _send(read: Callable[[object], Asked]) -> tuple[views.Shape, int]:
    asked = read(_json())
    notification = accept(asked, _service(), caller().key_type, _template(asked.template_id), id=ids.new(), at=clock.stamp())
    if notification.recipient not in SIMULATED:
        store.create(notification)
    return views.accepted(notification, api.base_url, sanitised_content(asked)), 201


def _json() -> object:
    try:
        return wire.parse_json(api.body())
    except Refusal:
        raise requests.bad_request("Invalid JSON supplied in POST data") from None


def _service() -> Service:
    service = directory.service(caller().service_id, caller().department)
    if service is None:
        raise Refusal(403, "Invalid token: service not found", code="AuthError")
    return service


def _template(template_id: UUID) -> Template | None:
    service_id = caller().service_id
    return directory.template(service_id, str(template_id)) or store.template(service_id, str(template_id))
