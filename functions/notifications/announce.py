"""Find whom a service wants told of what has happened, and have each told, once."""

from __future__ import annotations

import json

from functions.common import clients, ids
from functions.common.cause import current
from functions.common.consumer import consumes_any
from functions.common.failures import Invalid, Stale
from functions.common.settings import setting
from functions.notifications import directory
from functions.notifications.notification import Callback
from functions.notifications.statuses import FINAL, Status
from functions.notifications.store import callbacks
from functions.notifications.store.callbacks import Kind, Telling
from schemas.envelope import CloudEvent, instant
from schemas.platform import ComplaintReceived, NotificationStatusChanged, TextReceived

type News = NotificationStatusChanged | ComplaintReceived | TextReceived

_MODELS: dict[str, type[News]] = {model.type_name(): model for model in (NotificationStatusChanged, ComplaintReceived, TextReceived)}


@consumes_any
def announce(envelope: CloudEvent) -> None:
    """Note a telling for each callback that wants to hear of this, and put it on its way."""
    model = _MODELS.get(envelope.type)
    if model is None:
        raise Invalid(f"{envelope.type} is nothing that callbacks are told of", "type")
    news = model.read(envelope)
    kind = _kind(news)
    service = directory.service(str(news.service_id), current().department or "")
    wanted = [callback for callback in service.callbacks if _wants(callback, kind, news)] if service and kind else []
    if not wanted or kind is None:
        raise Stale("nobody wants to be told")
    at = instant(envelope.time)
    for callback in wanted:
        about = _about(news)
        telling = Telling(str(news.service_id), callback.name, ids.derived(envelope.id, f"callback:{callback.name}"), kind, at, at, about)
        noted = callbacks.note(telling)
        if noted.state == "waiting":
            send(noted, current().department or "")


def send(telling: Telling, department: str) -> None:
    """Put a telling on its way. In the group of its service: a receiver that is slow delays nobody else's."""
    told = {
        "department": department,
        "service_id": telling.service_id,
        "callback": telling.callback,
        "event_at": telling.event_at,
        "id": telling.id,
    }
    clients.sqs().send_message(QueueUrl=setting("CALLBACK_QUEUE"), MessageBody=json.dumps(told), MessageGroupId=telling.service_id)


def _kind(news: News) -> Kind | None:
    match news:
        case TextReceived():
            return "inbound"
        case ComplaintReceived():
            return "complaint"
        case NotificationStatusChanged(status=Status.RETURNED_LETTER):
            return "returned-letter"
    return "delivery" if news.status in FINAL else None


def _wants(callback: Callback, kind: Kind, news: News) -> bool:
    if kind not in callback.kinds:
        return False
    # Complaints and inbound texts are about real people: no key of a type asked for them.
    return news.key_type in callback.key_types if isinstance(news, NotificationStatusChanged) else True


def _about(news: News) -> dict[str, str]:
    match news:
        case TextReceived():
            return {"text_id": str(news.text_id)}
        case ComplaintReceived():
            return {"notification_id": str(news.notification_id), "complaint_id": news.complaint_id}
    return {"notification_id": str(news.notification_id), "status": news.status}
