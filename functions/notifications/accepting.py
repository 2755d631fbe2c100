"""From what was asked to a notification, or to the reason why not, in the order in which GOV.UK Notify checks (contract 1.5)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from functions.notifications import content, recipients, sms, templates
from functions.notifications.filling import filled
from functions.notifications.notification import Notification, Postage, Service, Template, chosen
from functions.notifications.requests import Asked, PrecompiledAsked, Unacceptable, bad_request, invalid, repeated
from functions.notifications.sanitise import sanitise
from functions.notifications.statuses import Status
from schemas.grammar import KeyType
from schemas.placeholders import same
from schemas.platform import Channel

LONGEST_EMAIL = 2_000_000
"""Bytes of UTF-8 a filled body may have."""
LONGEST_LETTER = 100_000
"""Characters: three times what ten pages hold, and no more than can be typeset to see whether it is ten."""

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

PROVIDED_AS_PDF = "Provided as PDF"
"""What stands in the place of the address of a letter that came as a PDF."""

_TRIAL = "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode"
_LONGEST: Mapping[Channel, int] = {"email": LONGEST_EMAIL, "sms": sms.LIMIT, "letter": LONGEST_LETTER}
_PLURALS: Mapping[Channel, str] = {"email": "emails", "sms": "text messages", "letter": "letters"}


class Unreachable(Unacceptable):
    """Nothing is wrong with the message, but this recipient cannot have it."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a notification is accepted as: its id, when, and what marks the request when it comes again."""

    id: str
    at: str
    request_hash: str | None = None


def accept(asked: Asked, service: Service, key_type: KeyType, template: Template | None, acceptance: Acceptance) -> Notification:
    """The notification that this request becomes. Raises Unacceptable with the first reason against it."""
    _check_permission(asked.channel, service)
    sanitised = sanitised_content(asked)
    template = _fit(template, asked.channel)
    personalisation = {name: _sanitised(value) if name in sanitised else value for name, value in asked.personalisation.items()}
    subject, body = filled(template, personalisation)
    _check_not_empty(body)
    _check_files(asked)
    accepted = _Accepted(asked, service, key_type, template, acceptance, subject, body, sanitised)
    return accepted.letter(personalisation) if asked.channel == "letter" else accepted.message()


def accept_precompiled(asked: PrecompiledAsked, service: Service, key_type: KeyType, acceptance: Acceptance) -> tuple[Notification, bytes]:
    """The notification that a letter which is a PDF already becomes, and that PDF: it waits to be checked. Raises Unacceptable."""
    _check_permission("letter", service)
    _check_may_post(service, key_type)
    pdf = _decoded(asked.content)
    # By its hash: under one idempotency key, another PDF must not take the place of the one that was accepted.
    pdf_key = content.letter_key(service.id, hashlib.sha256(pdf).hexdigest(), service.retention_days["letter"])
    notification = Notification(
        id=acceptance.id,
        service_id=service.id,
        service_name=service.name,
        sender=service.name,
        channel="letter",
        key_type=key_type,
        template_id=None,
        template_version=1,
        given_recipient=PROVIDED_AS_PDF,
        recipient=PROVIDED_AS_PDF,
        subject=None,
        body="",
        created_at=acceptance.at,
        retention_days=service.retention_days["letter"],
        reference=asked.reference,
        address=(PROVIDED_AS_PDF,),
        postage=asked.postage,
        pdf_key=pdf_key,
        request_hash=acceptance.request_hash,
        status=Status.PENDING_VIRUS_CHECK,
    )
    return notification, pdf


def sanitised_content(asked: Asked) -> dict[str, dict[str, str]]:
    """What sanitising changes, by the caller's name for it: each value before and after."""
    names = {same(name) for name in asked.sanitise_content_for}
    named = {name: value for name, value in asked.personalisation.items() if same(name) in names and value is not None}
    changes = {name: (_said(value), _said(_sanitised(value))) for name, value in named.items()}
    return {name: {"unsanitised": before, "sanitised": after} for name, (before, after) in changes.items() if after != before}


def normalise(channel: Channel, given: str) -> recipients.Recipient:
    """A recipient in the form it is sent to. Raises NotARecipient."""
    return recipients.email_address(given) if channel == "email" else recipients.phone_number(given)


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A request whose words are in order, on its way to its recipient."""

    asked: Asked
    service: Service
    key_type: KeyType
    template: Template
    acceptance: Acceptance
    subject: str | None
    body: str
    sanitised: Mapping[str, Mapping[str, str]]

    def message(self) -> Notification:
        """The email or text that it becomes."""
        chosen = self._chosen_sender()
        recipient = _reachable(self.asked, self.service, self.key_type)
        _check_length(self.asked.channel, self.body)
        is_email = self.asked.channel == "email"
        return self._notification(
            sender=self.service.email_address if is_email else chosen or self.service.text_sender,
            reply_to=chosen if is_email else None,
            given_recipient=self.asked.recipient.strip(),
            recipient=recipient.address,
            text_prefix="" if is_email else self.service.prefix,
            rate_multiplier=1 if is_email else recipient.rate_multiplier,
            is_international=recipient.is_international,
            one_click_unsubscribe_url=self.asked.one_click_unsubscribe_url,
        )

    def letter(self, personalisation: Mapping[str, object]) -> Notification:
        """The letter that it becomes."""
        _check_may_post(self.service, self.key_type)
        address, postage = _postal(personalisation, self.service, self.template)
        _check_length("letter", f"{self.subject}{self.body}")
        _check_qr_codes(self.body)
        return self._notification(
            sender=self.service.name,
            given_recipient=address[0],
            recipient=address[0],
            address=address,
            postage=postage,
            pdf_key=content.letter_key(self.service.id, self.acceptance.id, self.service.retention_days["letter"]),
            contact_block=chosen(self.service.contact_blocks, self.template.contact_block) or "",
        )

    def _notification(self, **of_its_channel: object) -> Notification:
        fields: dict[str, object] = {
            "id": self.acceptance.id,
            "service_id": self.service.id,
            "service_name": self.service.name,
            "channel": self.asked.channel,
            "key_type": self.key_type,
            "template_id": self.template.id,
            "template_version": self.template.version,
            "subject": self.subject,
            "body": self.body,
            "created_at": self.acceptance.at,
            "retention_days": self.service.retention_days[self.asked.channel],
            "reference": self.asked.reference,
            "sanitised": self.sanitised,
            "request_hash": self.acceptance.request_hash,
        }
        return Notification(**{**fields, **of_its_channel})  # type: ignore[arg-type]  # each is what its name says

    def _chosen_sender(self) -> str | None:
        """What the caller chose to send as, else the service's default. Raises Unacceptable where it has no such thing."""
        asked, service = self.asked, self.service
        known = service.reply_to if asked.channel == "email" else service.text_senders
        if asked.sender_id and asked.sender_id not in known:
            name = "email_reply_to_id" if asked.channel == "email" else "sms_sender_id"
            raise bad_request(f"{name} {asked.sender_id} does not exist in database for service id {service.id}")
        return chosen(known, asked.sender_id)


def _check_permission(channel: Channel, service: Service) -> None:
    if channel not in service.permissions:
        raise bad_request(f"Service is not allowed to send {_PLURALS[channel]}")


def _fit(template: Template | None, channel: Channel) -> Template:
    if template is None:
        raise bad_request("Template not found")
    if template.channel != channel:
        raise bad_request(f"{template.channel} template is not suitable for {channel} notification")
    if template.is_archived:
        raise bad_request("Template has been deleted")
    return template


def _sanitised(value: object) -> object:
    """A value without links and Markdown; of a list, each of its items."""
    if isinstance(value, list):
        return [None if item is None else sanitise(str(item)) for item in value]
    return sanitise(str(value))


def _said(value: object) -> str:
    return templates.prose([str(item) for item in value if item is not None]) if isinstance(value, list) else str(value)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise bad_request("Cannot decode letter content (invalid base64 encoding)") from None


def _check_not_empty(body: str) -> None:
    if templates.is_blank(body):
        raise bad_request("Your message is empty.")


def _check_files(asked: Asked) -> None:
    if not any(isinstance(value, dict) and "file" in value for value in asked.personalisation.values()):
        return
    if asked.channel != "email":
        raise bad_request("Can only send a file by email")
    raise bad_request("Files are not supported yet: send a link to the file instead")


def _reachable(asked: Asked, service: Service, key_type: KeyType) -> recipients.Recipient:
    """The recipient as it is sent to, if this key and this service may send there."""
    try:
        recipient = normalise(asked.channel, asked.recipient)
    except recipients.NotARecipient as refused:
        field = "email_address" if asked.channel == "email" else "phone_number"
        raise Unreachable(("ValidationError", f"{field} {refused}")) from None
    if key_type != "test" and recipient.address not in SIMULATED and (key_type == "team" or service.is_trial):
        _check_guest(asked.channel, recipient.address, service, key_type)
    if recipient.is_landline and "sms_to_uk_landlines" not in service.permissions:
        raise Unreachable(("InvalidPhoneError", "Not a UK mobile number"))
    if recipient.is_international and "international_sms" not in service.permissions:
        raise Unreachable(("BadRequestError", "Cannot send to international mobile numbers"))
    return recipient


def _check_guest(channel: Channel, address: str, service: Service, key_type: KeyType) -> None:
    guests = (guest for guest in service.guests if ("@" in guest) == (channel == "email"))
    if all(_address(channel, guest) != address for guest in guests):
        refused = "Can’t send to this recipient using a team-only API key" if key_type == "team" else _TRIAL
        raise Unreachable(("BadRequestError", refused))


def _address(channel: Channel, guest: str) -> str | None:
    try:
        return normalise(channel, guest).address
    except recipients.NotARecipient:
        return None


def _check_length(channel: Channel, words: str) -> None:
    limit = _LONGEST[channel]
    size = len(words.encode()) if channel == "email" else sms.length(words) if channel == "sms" else len(words)
    if size > limit:
        unit, long = ("bytes", "") if channel == "email" else ("characters", " long")
        named = _PLURALS[channel].capitalize()
        raise bad_request(f"Your message is too long. {named} cannot be longer than {limit} {unit}. Your message is {size} {unit}{long}.")


def _check_may_post(service: Service, key_type: KeyType) -> None:
    if key_type == "team":
        raise Unacceptable(("BadRequestError", "Cannot send letters with a team api key"), status=403)
    if service.is_trial and key_type != "test":
        raise Unacceptable(("BadRequestError", "Cannot send letters when service is in trial mode"), status=403)


def _postal(personalisation: Mapping[str, object], service: Service, template: Template) -> tuple[tuple[str, ...], Postage]:
    """Where a letter goes, and how."""
    from functions.notifications import postal  # here, for only letters need the countries of the world

    abroad = "international_letters" in service.permissions
    try:
        address = postal.address(postal.lines_of(personalisation), international=abroad)
    except postal.NotAnAddress as refused:
        raise invalid([str(refused)]) from None
    return address.lines, address.zone if address.zone != "uk" else template.postage or "second"


def _check_qr_codes(body: str) -> None:
    from functions.notifications import qr  # here, for only letters have them

    try:
        qr.check_qr_codes(body)
    except qr.QrTooLong as refused:
        more = {"data": repeated(refused.data), "num_bytes": refused.num_bytes, "max_bytes": refused.max_bytes}
        raise Unacceptable(("ValidationError", str(refused)), more=more) from None
