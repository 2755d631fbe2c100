"""The GOV.UK Notify API: ask for an email, a text or a letter, and see what became of it (contract 1)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response

from functions.common import auth, wire
from functions.common.failures import Refusal, nothing_here
from functions.common.http import Api, caller
from functions.notifications import content, directory, requests, sending_requests, template_views, views
from functions.notifications.notification import Notification, Service
from functions.notifications.refusals import ALWAYS, not_found, shape
from functions.notifications.requests import bad_request
from functions.notifications.statuses import Status
from functions.notifications.store import listing, messages, received_texts
from schemas.platform import Channel

LARGEST_BODY = 5_000_000
"""Bytes of a request: what an email of two million may take as JSON, below what Lambda is given."""

MOST_DIGITS = 9
"""Of the number of a version."""

api = Api(
    "Notifications",
    scheme=auth.notify_jwt,
    scope="notifications:send",
    key_types=("live", "team", "test"),
    shape=shape,
    invalid_status=400,
    media_types=(),
    largest_body=LARGEST_BODY,
    raw=True,
    always=ALWAYS,
)


@api.post("/v2/notifications/email", status_code=201)
def post_email() -> tuple[views.Shape, int]:
    """Accept an email."""
    return _send("email", requests.email)


@api.post("/v2/notifications/sms", status_code=201)
def post_sms() -> tuple[views.Shape, int]:
    """Accept a text."""
    return _send("sms", requests.sms)


@api.post("/v2/notifications/letter", status_code=201)
def post_letter() -> tuple[views.Shape, int]:
    """Accept a letter: from a template, or as a PDF."""
    return _send("letter", requests.letter)


@api.post("/v2/notifications/<channel>", include_in_schema=False)
def post_other(channel: str) -> None:
    """There is no other channel; and nothing more can be done with a notification, whose address this might be."""
    raise nothing_here()


@api.get("/v2/notifications")
def get_notifications() -> views.Shape:
    """The notifications that were asked for with keys of the caller's type, newest first, 250 at a time."""
    query = _query()
    asked = requests.listing(query)
    found = listing.notifications(_service(), caller().key_type, **asked)
    return views.notifications(found, api.base_url, query)


@api.get("/v2/notifications/<notification_id>")
def get_notification(notification_id: str) -> views.Shape:
    """What became of a notification of the caller's service."""
    return views.notification(_notification(notification_id), api.base_url)


@api.get("/v2/notifications/<notification_id>/pdf")
def get_pdf(notification_id: str) -> Response[str]:
    """The PDF of a letter of the caller's service."""
    letter = _notification(notification_id)
    if letter.channel != "letter":
        raise bad_request("Notification is not a letter")
    if letter.status == Status.VIRUS_SCAN_FAILED:
        raise bad_request("File did not pass the virus scan")
    if letter.status == Status.TECHNICAL_FAILURE:
        raise bad_request(f"PDF not available for letters in status {letter.status}")
    is_checked = letter.status != Status.PENDING_VIRUS_CHECK
    pdf = content.fetch_letter(letter.pdf_key) if letter.pdf_key and is_checked else None
    if pdf is None:
        raise requests.Unacceptable(("PDFNotReadyError", "PDF not available yet, try again later"))
    answer = Response(200, "application/pdf", base64.b64encode(pdf).decode())
    # The resolver would read bytes as text to check them.
    answer.base64_encoded = True
    return answer


@api.get("/v2/template/<template_id>")
def get_template(template_id: str) -> views.Shape:
    """A template of the caller's service, in its latest version."""
    return template_views.shown(_service(), template_id, None)


@api.get("/v2/template/<template_id>/version/<version>")
def get_template_version(template_id: str, version: str) -> views.Shape:
    """One version of a template; 0 is the latest."""
    if not version.isdecimal() or len(version) > MOST_DIGITS:
        raise nothing_here()
    return template_views.shown(_service(), template_id, int(version) or None)


@api.post("/v2/template/<template_id>/preview")
def preview_template(template_id: str) -> views.Shape:
    """What a template would say with these values, in its latest version."""
    return template_views.preview(_service(), template_id, requests.preview(_json() if api.body() else None))


@api.get("/v2/templates")
def get_templates() -> views.Shape:
    """The templates of the caller's service, in their latest versions."""
    return {"templates": template_views.all_of(_service(), requests.template_type(_query()))}


@api.get("/service/<service_id>/template/<template_id>/versions")
def get_template_versions(service_id: str, template_id: str) -> views.Shape:
    """Every version of a template of the caller's service, the newest first."""
    if str(requests.uuid_of("service_id", service_id)) != caller().service_id:
        raise not_found()
    return {"data": template_views.history(_service(), template_id)}


@api.get("/v2/received-text-messages")
def get_received_texts() -> views.Shape:
    """The texts that people sent to the caller's service, newest first, 250 at a time."""
    query = _query()
    older_than = requests.older_than(query)
    return views.received_texts(received_texts.page(_service(), older_than), api.base_url, query)


def _send(channel: Channel, read: Callable[[object], requests.AnyAsked]) -> tuple[views.Shape, int]:
    request = sending_requests.Request(channel, _service(), caller().key_type, api.headers.get("idempotency-key"))
    notification = sending_requests.take(request, _json, read)
    return views.accepted(notification, api.base_url), 201


def _json() -> object:
    try:
        return wire.parse_json(api.body())
    except Refusal:
        raise bad_request("Invalid JSON supplied in POST data") from None


def _service() -> Service:
    service = directory.service(caller().service_id, caller().department)
    if service is None:
        raise Refusal(403, "Invalid token: service not found", code="AuthError")
    return service


def _notification(given: str) -> Notification:
    found = messages.find(caller().service_id, str(requests.uuid_of("notification_id", given)))
    if found is None:
        raise not_found()
    return found


def _query() -> Sequence[tuple[str, str]]:
    # As it was written: API Gateway joins repeated parameters with commas, which a reference may hold itself.
    return parse_qsl(str(api.resolver.current_event.raw_event.get("rawQueryString", "")), keep_blank_values=True)
