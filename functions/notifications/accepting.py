"""From what was asked to a notification, or to the reason why not, in the order in which GOV.UK Notify checks (contract 1.5)."""

from __future__ import annotations

from collections.abc import Mapping

from functions.notifications import recipients, sms, templates
from functions.notifications.notification import KeyType, Notification, Service, Template
from functions.notifications.requests import Asked, Unacceptable, bad_request
from functions.notifications.sanitise import sanitise
from schemas.platform import Channel

LONGEST_EMAIL = 2_000_000
"""Bytes of UTF-8 a filled body may have."""

SIMULATED = frozenset(
    {
        "simulate-delivered@notifications.service.gov.uk",
        "simulate-delivered-2@notifications.service.gov.uk",
        "simulate-delivered-3@notifications.service.gov.uk",
        "447700900000",
        "447700900111",
        "447700900222",
    }
)
"""Recipients for whom a request is checked and answered, and nothing else is done."""


class Unreachable(Unacceptable):
    """Nothing is wrong with the message, but this recipient cannot have it."""


def accept(asked: Asked, service: Service, key_type: KeyType, template: Template | None, *, id: str, at: str) -> Notification:  # noqa: A002
    """The notification that this request becomes. Raises Unacceptable with the first reason against it."""
    _check_permission(asked.channel, service)
    template = _fit(template, asked.channel)
    personalisation = _sanitised(asked)
    _check_complete(template, personalisation)
    subject, body = _content(template, personalisation)
    _check_not_empty(asked.channel, body)
    _check_files(asked, service)
    _check_sender(asked, service)
    recipient = _reachable(asked, service, key_type)
    _check_length(asked.channel, body)
    return Notification(
        id=id,
        service_id=service.id,
        service_name=service.name,
        sender=service.email_address if asked.channel == "email" else service.text_sender,
        channel=asked.channel,
        key_type=key_type,
        template_id=template.id,
        template_version=template.version,
        given_recipient=asked.recipient.strip(),
        recipient=recipient,
        subject=subject,
        body=body,
        created_at=at,
        reference=asked.reference,
        one_click_unsubscribe_url=asked.one_click_unsubscribe_url,
    )


def sanitised_content(asked: Asked) -> dict[str, dict[str, str]]:
    """What sanitising changed, for the answer: each value before and after."""
    after = _sanitised(asked)
    return {
        name: {"unsanitised": str(value), "sanitised": str(after[name])}
        for name, value in asked.personalisation.items()
        if str(after[name]) != str(value)
    }


def normalise(channel: Channel, given: str) -> recipients.Recipient:
    """A recipient in the form it is sent to. Raises NotARecipient."""
    return recipients.email_address(given) if channel == "email" else recipients.phone_number(given)


def _check_permission(channel: Channel, service: Service) -> None:
    if channel not in service.channels:
        raise bad_request(f"Service is not allowed to send {'emails' if channel == 'email' else 'text messages'}")


def _fit(template: Template | None, channel: Channel) -> Template:
    if template is None:
        raise bad_request("Template not found")
    if template.channel != channel:
        raise bad_request(f"{template.channel} template is not suitable for {channel} notification")
    if template.is_archived:
        raise bad_request("Template has been deleted")
    return template


def _sanitised(asked: Asked) -> Mapping[str, object]:
    names = {templates.same(name) for name in asked.sanitise_content_for}
    return {
        name: sanitise(str(value)) if templates.same(name) in names and value is not None else value
        for name, value in asked.personalisation.items()
    }


def _check_complete(template: Template, personalisation: Mapping[str, object]) -> None:
    missing = templates.missing(personalisation, template.subject or "", template.body)
    if missing:
        raise bad_request(f"Missing personalisation: {', '.join(missing)}")


def _content(template: Template, personalisation: Mapping[str, object]) -> tuple[str | None, str]:
    if template.channel == "sms":
        return None, sms.render(templates.fill(template.body, personalisation, templates.prose))
    subject = templates.one_line(templates.fill(template.subject or "", personalisation, templates.prose))
    return subject, templates.fill(template.body, personalisation, templates.bullets).strip()


def _check_not_empty(channel: Channel, body: str) -> None:
    if sms.is_empty(body) if channel == "sms" else templates.is_blank(body):
        raise bad_request("Your message is empty.")


def _check_files(asked: Asked, service: Service) -> None:
    if not any(isinstance(value, dict) and "file" in value for value in asked.personalisation.values()):
        return
    if asked.channel == "sms":
        raise bad_request("Can only send a file by email")
    raise bad_request(f"Send files by email has not been set up for service {service.id}")


def _check_sender(asked: Asked, service: Service) -> None:
    if asked.sender_id:
        name = "email_reply_to_id" if asked.channel == "email" else "sms_sender_id"
        raise bad_request(f"{name} {asked.sender_id} does not exist in database for service id {service.id}")


def _reachable(asked: Asked, service: Service, key_type: KeyType) -> str:
    """The recipient as it is sent to, if this key and this service may send there."""
    try:
        recipient = normalise(asked.channel, asked.recipient)
    except recipients.NotARecipient as refused:
        field = "email_address" if asked.channel == "email" else "phone_number"
        raise Unreachable(("ValidationError", f"{field} {refused}")) from None
    if key_type == "team" and recipient.address not in _guests(asked.channel, service):
        raise Unreachable(("BadRequestError", "Can’t send to this recipient using a team-only API key"))
    if recipient.is_landline:
        raise Unreachable(("InvalidPhoneError", "Not a UK mobile number"))
    if recipient.is_international:
        raise Unreachable(("BadRequestError", "Cannot send to international mobile numbers"))
    return recipient.address


def _guests(channel: Channel, service: Service) -> set[str]:
    return {normalise(channel, guest).address for guest in service.guestlist if ("@" in guest) == (channel == "email")}


def _check_length(channel: Channel, body: str) -> None:
    if channel == "sms" and (length := sms.length(body)) > sms.LIMIT:
        raise bad_request(
            f"Your message is too long. Text messages cannot be longer than {sms.LIMIT} characters. "
            f"Your message is {length} characters long."
        )
    if channel == "email" and (size := len(body.encode())) > LONGEST_EMAIL:
        raise bad_request(f"Your message is too long. Emails cannot be longer than {LONGEST_EMAIL} bytes. Your message is {size} bytes.")
