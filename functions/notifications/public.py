"""What needs no key: the link with which somebody unsubscribes, and whether the service is up (contract 1.2)."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from aws_lambda_powertools.event_handler import Response

from functions.common import clock
from functions.common.cause import because, current
from functions.common.http import Api
from functions.notifications import directory, unsubscribing
from functions.notifications.refusals import ALWAYS, not_found, shape
from functions.notifications.store import messages, subscribers, unsubscribes
from functions.notifications.store.unsubscribes import Unsubscribe
from functions.notifications.unsubscribe_page import page
from functions.notifications.unsubscribing import Link

public = Api("Notifications: unsubscribing", shape=shape, invalid_status=400, media_types=(), raw=True, always=ALWAYS)


@public.get("/_status")
def get_status() -> dict[str, str]:
    """Whether the service answers."""
    return {"status": "ok"}


@public.get("/unsubscribe/<notification_id>/<token>")
def show_unsubscribe(notification_id: str, token: str) -> Response[str]:
    """The page on which somebody who followed the link says that they mean it: mail programs follow links by themselves."""
    link = unsubscribing.read(notification_id, token)
    if link is None:
        return _page(404, "This link does not work", "It may be more than a year old, or not copied whole from the email.")
    return _page(200, f"Unsubscribe from emails about {_about(link)}", "You will not get more like the one that led you here.", asks=True)


@public.post("/unsubscribe/<notification_id>/<token>")
def post_unsubscribe(notification_id: str, token: str) -> Response[str]:
    """Unsubscribe at once, as RFC 8058 has it. A second time changes nothing."""
    link = unsubscribing.read(notification_id, token)
    if link is None:
        raise not_found()
    with because(replace(current(), department=link.department)):
        _unsubscribe(link)
    return _page(200, "You have unsubscribed", f"{_about(link)} has been told. You may still get emails that were on their way.")


def _unsubscribe(link: Link) -> None:
    if link.list_name and link.subscriber_id:
        subscribers.unsubscribe(link.service_id, link.list_name, link.subscriber_id)
    about = messages.find_unread(link.service_id, link.notification_id)
    asked = Unsubscribe(
        link.notification_id,
        clock.stamp(),
        email_address=about.recipient if about else None,
        template_id=about.template_id if about else None,
        reference=about.reference if about else None,
    )
    unsubscribes.record(link.service_id, asked)


def _about(link: Link) -> str:
    """The service as those know it who get its emails."""
    service = directory.service(link.service_id, link.department)
    return service.name if service else link.department


def _page(status: int, title: str, text: str, *, asks: bool = False) -> Response[str]:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    return Response(status, "text/html; charset=utf-8", page(escape(title), escape(text), asks=asks), headers=headers)
