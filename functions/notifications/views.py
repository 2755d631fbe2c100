"""What the API answers: the shapes of contract 1.4."""

from __future__ import annotations

from collections.abc import Mapping

from functions.notifications import sms, templates
from functions.notifications.notification import Notification, Template
from functions.notifications.statuses import FINAL, Status

type Shape = dict[str, object]

PENCE_PER_FRAGMENT = 2.4
_ADDRESS_LINES = ("line_1", "line_2", "line_3", "line_4", "line_5", "line_6", "postcode")


def accepted(notification: Notification, base: str, sanitised: Mapping[str, object]) -> Shape:
    """The answer to a POST. `base` is the address the caller used."""
    is_email = notification.channel == "email"
    content: Shape = {"body": notification.body}
    if is_email:
        content |= {"subject": notification.subject, "from_email": notification.sender}
        content |= {"one_click_unsubscribe_url": notification.one_click_unsubscribe_url}
    else:
        content |= {"from_number": notification.sender}
    answer: Shape = {
        "id": notification.id,
        "reference": notification.reference,
        "uri": f"{base}/v2/notifications/{notification.id}",
        "template": {
            "id": notification.template_id,
            "version": notification.template_version,
            "uri": f"{base}/services/{notification.service_id}/templates/{notification.template_id}",
        },
        "scheduled_for": None,
        "content": content,
    }
    return answer | {"sanitised_content": sanitised} if is_email else answer


def notification(shown: Notification, base: str) -> Shape:
    """The answer to `GET /v2/notifications/<id>`: every key, always."""
    is_email = shown.channel == "email"
    version = f"{base}/v2/template/{shown.template_id}/version/{shown.template_version}"
    return {
        "id": shown.id,
        "reference": shown.reference,
        "email_address": shown.given_recipient if is_email else None,
        "phone_number": None if is_email else shown.given_recipient,
        **dict.fromkeys(_ADDRESS_LINES),
        "type": shown.channel,
        "status": str(shown.status),
        "template": {"version": shown.template_version, "id": shown.template_id, "uri": version},
        "body": shown.body,
        "subject": shown.subject,
        "created_at": shown.created_at,
        "created_by_name": None,
        "sent_at": shown.sent_at,
        "completed_at": shown.completed_at if shown.status in FINAL else None,
        "scheduled_for": None,
        "postage": None,
        "one_click_unsubscribe_url": shown.one_click_unsubscribe_url,
        **_cost(shown),
    }


def template(shown: Template) -> Shape:
    """The answer to `GET /v2/template/<id>`."""
    names = templates.placeholders(shown.subject or "", shown.body)
    return {
        "id": shown.id,
        "name": shown.name,
        "type": shown.channel,
        "created_at": shown.created_at,
        "updated_at": shown.updated_at,
        "created_by": shown.created_by,
        "version": shown.version,
        "body": shown.body,
        "subject": shown.subject,
        "postage": None,
        "letter_contact_block": None,
        "personalisation": {name: {"required": True} for name in names},
    }


def _cost(shown: Notification) -> Shape:
    if shown.channel == "email":
        return {"cost_details": {}, "cost_in_pounds": 0.0, "is_cost_data_ready": True}
    if shown.status == Status.CREATED:
        return {"cost_details": {}, "cost_in_pounds": None, "is_cost_data_ready": False}
    if shown.sent_at is None or shown.key_type == "test":
        return {"cost_details": {}, "cost_in_pounds": 0.0, "is_cost_data_ready": True}
    fragments = sms.fragments(sms.render(shown.body, shown.service_name))
    rate = PENCE_PER_FRAGMENT / 100
    details = {"billable_sms_fragments": fragments, "international_rate_multiplier": 1, "sms_rate": rate}
    return {"cost_details": details, "cost_in_pounds": round(fragments * rate, 4), "is_cost_data_ready": True}
