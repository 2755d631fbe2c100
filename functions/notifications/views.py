"""What the API answers: the shapes of contract 1.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from functions.notifications import letter_post, sms, templates
from functions.notifications.notification import Notification, ReceivedText, Template
from functions.notifications.statuses import FINAL, LETTER_NAMES, Status
from schemas.placeholders import same

type Shape = dict[str, object]

PENCE_PER_FRAGMENT = 2.4
_ADDRESS_LINES = ("line_1", "line_2", "line_3", "line_4", "line_5", "line_6")


def accepted(notification: Notification, base: str) -> Shape:
    """The answer to a POST. `base` is the address the caller used."""
    if notification.is_precompiled:
        return {"id": notification.id, "reference": notification.reference, "postage": notification.postage}
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
        "content": _content(notification),
    }
    return answer | {"sanitised_content": notification.sanitised} if notification.channel == "email" else answer


def notification(shown: Notification, base: str) -> Shape:
    """The answer to `GET /v2/notifications/<id>`: every key, always."""
    is_letter = shown.channel == "letter"
    version = f"{base}/v2/template/{shown.shown_template_id}/version/{shown.template_version}"
    answer: Shape = {
        "id": shown.id,
        "reference": shown.reference,
        "email_address": shown.given_recipient if shown.channel == "email" else None,
        "phone_number": shown.given_recipient if shown.channel == "sms" else None,
        **_address(shown),
        "type": shown.channel,
        "status": LETTER_NAMES.get(shown.status, str(shown.status)) if is_letter else str(shown.status),
        "template": {"version": shown.template_version, "id": shown.shown_template_id, "uri": version},
        "body": shown.body,
        "subject": shown.subject,
        "created_at": shown.created_at,
        "created_by_name": None,
        "sent_at": shown.sent_at,
        "completed_at": shown.completed_at if shown.status in FINAL else None,
        "scheduled_for": None,
        "postage": shown.postage,
        "one_click_unsubscribe_url": shown.one_click_unsubscribe_url,
        **_cost(shown),
    }
    return answer | {"estimated_delivery": letter_post.estimated_delivery(shown)} if is_letter else answer


def notifications(shown: Sequence[Notification], base: str, query: Sequence[tuple[str, str]]) -> Shape:
    """The answer to `GET /v2/notifications`; `query` is what was asked, as pairs."""
    last = shown[-1].id if shown else None
    return {"notifications": [notification(one, base) for one in shown], "links": _links(f"{base}/v2/notifications", query, last)}


def received_texts(shown: Sequence[ReceivedText], base: str, query: Sequence[tuple[str, str]]) -> Shape:
    """The answer to `GET /v2/received-text-messages`."""
    texts = [
        {
            "id": text.id,
            "user_number": text.user_number,
            "notify_number": text.notify_number,
            "created_at": text.created_at,
            "service_id": text.service_id,
            "content": text.content,
        }
        for text in shown
    ]
    last = shown[-1].id if shown else None
    return {"received_text_messages": texts, "links": _links(f"{base}/v2/received-text-messages", query, last)}


def template(shown: Template, contact_block: str | None = None) -> Shape:
    """The answer to `GET /v2/template/<id>`. A placeholder that has a default need not be given."""
    defaults = {same(name) for name in shown.defaults}
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
        "postage": shown.postage,
        "letter_contact_block": contact_block,
        "personalisation": {name: {"required": same(name) not in defaults} for name in names},
    }


def preview(shown: Template, subject: str | None, body: str, html: str | None) -> Shape:
    """The answer to a preview."""
    return {
        "id": shown.id,
        "type": shown.channel,
        "version": shown.version,
        "body": body,
        "subject": subject,
        "html": html,
        "postage": shown.postage,
    }


def _content(shown: Notification) -> Shape:
    if shown.channel == "sms":
        return {"body": shown.body, "from_number": shown.sender}
    content: Shape = {"body": shown.body, "subject": shown.subject}
    if shown.channel == "letter":
        return content
    return content | {"from_email": shown.sender, "one_click_unsubscribe_url": shown.one_click_unsubscribe_url}


def _address(shown: Notification) -> Shape:
    """The lines of a letter's address; the last one, a postcode or a country, is said to be the postcode."""
    lines: Shape = dict.fromkeys((*_ADDRESS_LINES, "postcode"))
    if shown.channel != "letter" or not shown.address:
        return lines
    if shown.is_precompiled:
        return lines | {"line_1": shown.recipient}
    return lines | dict(zip(_ADDRESS_LINES, shown.address[:-1], strict=False)) | {"postcode": shown.address[-1]}


def _cost(shown: Notification) -> Shape:
    if shown.channel == "email":
        return {"cost_details": {}, "cost_in_pounds": 0.0, "is_cost_data_ready": True}
    if shown.status in (Status.CREATED, Status.PENDING_VIRUS_CHECK) or (shown.channel == "letter" and shown.pages is None):
        return {"cost_details": {}, "cost_in_pounds": None, "is_cost_data_ready": False}
    if shown.sent_at is None or (shown.channel == "letter" and shown.key_type == "test"):
        return {"cost_details": {}, "cost_in_pounds": 0.0, "is_cost_data_ready": True}
    if shown.channel == "letter":
        # What a sheet costs to print and post is nobody's to say here.
        details: Shape = {"billable_sheets_of_paper": letter_post.sheets(shown.pages or 0), "postage": shown.postage}
        return {"cost_details": details, "cost_in_pounds": None, "is_cost_data_ready": False}
    # What a test key asks for is billed to nobody.
    fragments = 0 if shown.key_type == "test" else sms.fragments(sms.render(shown.body, shown.text_prefix))
    rate, multiplier = PENCE_PER_FRAGMENT / 100, shown.rate_multiplier
    details = {"billable_sms_fragments": fragments, "international_rate_multiplier": multiplier, "sms_rate": rate}
    if multiplier is None:
        return {"cost_details": details, "cost_in_pounds": None, "is_cost_data_ready": False}
    return {"cost_details": details, "cost_in_pounds": round(fragments * multiplier * rate, 4), "is_cost_data_ready": True}


def _links(address: str, query: Sequence[tuple[str, str]], last: str | None) -> Mapping[str, str]:
    """Where a list stands, and where it goes on: whenever it holds anything, for clients ask until a page is empty."""
    links = {"current": _with_query(address, query)}
    if last:
        links["next"] = _with_query(address, [*((name, value) for name, value in query if name != "older_than"), ("older_than", last)])
    return links


def _with_query(address: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(query)}" if query else address
