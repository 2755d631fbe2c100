"""Find whom a service wants told of what has happened, and have each told, once."""

from __future__ import annotations

from functions.common import clock, ids
from functions.common.cause import current
from functions.common.consumer import consumes_any
from functions.common.failures import Invalid, Stale
from functions.notifications import directory, turns
from functions.notifications.notification import Callback
from functions.notifications.statuses import FINAL, Status
from functions.notifications.store import callbacks
from functions.notifications.store.callbacks import Telling
from functions.notifications.store.lanes import lane_of
from schemas.envelope import CloudEvent, instant
from schemas.messages import CallbackKind
from schemas.platform import ComplaintReceived, NotificationStatusChanged, TextReceived

type News = NotificationStatusChanged | ComplaintReceived | TextReceived

_MODELS: dict[str, type[News]] = {model.type_name(): model for model in (NotificationStatusChanged, ComplaintReceived, TextReceived)}


@consumes_any
def announce(envelope: CloudEvent) -> None:
    """Note a telling for each callback that wants to hear of this, and have it told."""
    model = _MODELS.get(envelope.type)
    if model is None:
        raise Invalid(f"{envelope.type} is nothing that callbacks are told of", "type")
    news, department = model.read(envelope), current().department or ""
    service_id, kind = str(news.service_id), _kind(news)
    service = directory.service(service_id, department)
    wanted = [callback for callback in service.callbacks if _wants(callback, kind, news)] if service and kind else []
    if not wanted or kind is None:
        raise Stale("nobody wants to be told")
    now, about = clock.stamp(), _about(news)
    for callback in wanted:
        telling_id = ids.derived(envelope.id, f"callback:{callback.name}")
        callbacks.note(Telling(service_id, callback.name, telling_id, kind, instant(envelope.time), since=now, due=now, about=about))
        # Though it was noted before: who noted it may not have come to this.
        turns.wake(lane_of(service_id, callback.name, telling_id), department)


def _kind(news: News) -> CallbackKind | None:
    match news:
        case TextReceived():
            return "inbound"
        case ComplaintReceived():
            return "complaint"
        case NotificationStatusChanged(status=Status.RETURNED_LETTER):
            return "returned-letter"
    return "delivery" if news.status in FINAL else None


def _wants(callback: Callback, kind: CallbackKind, news: News) -> bool:
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
