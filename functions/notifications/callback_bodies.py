"""What callbacks are told, in the shapes of contract 4: written when it is told, so that nobody's address waits in a queue."""

from __future__ import annotations

from functions.notifications.notification import Notification
from functions.notifications.store import messages, received_texts, template_versions
from functions.notifications.store.callbacks import Telling

type Body = dict[str, object]


def body(telling: Telling) -> Body | None:
    """The body of this telling; None where what it is about is not kept any more."""
    about = telling.about
    if telling.kind == "inbound":
        return _inbound(telling.service_id, about["text_id"])
    notification = messages.find_unread(telling.service_id, about["notification_id"])
    if notification is None:
        return None
    match telling.kind:
        case "delivery":
            return _delivery(notification, about["status"], telling.event_at)
        case "complaint":
            return _complaint(notification, about["complaint_id"])
    return _returned(notification)


def _delivery(about: Notification, status: str, event_at: str) -> Body:
    return {
        "id": about.id,
        "reference": about.reference,
        "to": about.given_recipient,
        "status": status,
        "created_at": about.created_at,
        "completed_at": about.completed_at or event_at,
        "sent_at": about.sent_at,
        "notification_type": about.channel,
        "template_id": about.shown_template_id,
        "template_version": about.template_version,
    }


def _inbound(service_id: str, text_id: str) -> Body | None:
    text = received_texts.find(service_id, text_id)
    if text is None:
        return None
    return {
        "id": text.id,
        "source_number": text.user_number,
        "destination_number": text.notify_number,
        "message": text.content,
        "date_received": text.created_at,
    }


def _complaint(about: Notification, complaint_id: str) -> Body:
    return {
        "notification_id": about.id,
        "complaint_id": complaint_id,
        "reference": about.reference,
        "to": about.given_recipient,
        "complaint_date": about.complained_at,
    }


def _returned(about: Notification) -> Body:
    template = template_versions.latest(about.service_id, about.template_id) if about.template_id else None
    return {
        "notification_id": about.id,
        "reference": about.reference,
        "date_sent": about.sent_at,
        "sent_by": None,
        "template_name": template.name if template else None,
        "template_id": about.shown_template_id,
        "template_version": about.template_version,
        "spreadsheet_file_name": None,
        "spreadsheet_row_number": None,
        "upload_letter_file_name": None,
    }
