"""What a caller asks for, checked field by field with GOV.UK Notify's own messages (contract 1.3, 1.6).

All that is wrong with a body is said at once. Values of unknown fields are never repeated, only their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from functions.common import clock
from functions.common.failures import Refusal
from functions.notifications.recipients import NotARecipient, email_address, phone_number
from schemas.platform import Channel

type Check = Callable[[str, object], str | None]

LONGEST_REFERENCE = 1000


class Unacceptable(Refusal):
    """A request that will not be done: `errors` are pairs of an error's name and its message."""

    def __init__(self, *errors: tuple[str, str], status: int = 400) -> None:
        super().__init__(status, errors[0][1], code=errors[0][0])
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Asked:
    """One message that somebody asks to have sent."""

    channel: Channel
    recipient: str
    template_id: UUID
    personalisation: Mapping[str, object] = field(default_factory=dict)
    reference: str | None = None
    sender_id: str | None = None
    one_click_unsubscribe_url: str | None = None
    sanitise_content_for: tuple[str, ...] = ()


def bad_request(message: str) -> Unacceptable:
    """A refusal for a reason that no field's form shows."""
    return Unacceptable(("BadRequestError", message))


def invalid(messages: Iterable[str]) -> Unacceptable:
    """A refusal of fields, each message said once."""
    return Unacceptable(*(("ValidationError", message.replace("'", "")) for message in dict.fromkeys(messages)))


def email(body: object) -> Asked:
    """What the body of `POST /v2/notifications/email` asks for. Raises Unacceptable."""
    fields = _checked(body, _EMAIL, ("email_address", "template_id"))
    return Asked(
        channel="email",
        recipient=str(fields["email_address"]),
        template_id=UUID(str(fields["template_id"])),
        personalisation=_mapping(fields.get("personalisation")),
        reference=_text(fields.get("reference")),
        sender_id=_text(fields.get("email_reply_to_id")),
        one_click_unsubscribe_url=_text(fields.get("one_click_unsubscribe_url")),
        sanitise_content_for=_texts(fields.get("sanitise_content_for")),
    )


def sms(body: object) -> Asked:
    """What the body of `POST /v2/notifications/sms` asks for. Raises Unacceptable."""
    fields = _checked(body, _SMS, ("phone_number", "template_id"))
    return Asked(
        channel="sms",
        recipient=str(fields["phone_number"]),
        template_id=UUID(str(fields["template_id"])),
        personalisation=_mapping(fields.get("personalisation")),
        reference=_text(fields.get("reference")),
        sender_id=_text(fields.get("sms_sender_id")),
    )


def uuid_of(name: str, value: object) -> UUID:
    """A UUID in any form that Python reads. Raises Unacceptable naming it."""
    problem = _uuid(name, value)
    if problem:
        raise invalid([problem])
    return UUID(str(value))


def _checked(body: object, checks: Mapping[str, Check], required: tuple[str, ...]) -> Mapping[str, object]:
    if body == []:
        body = {}
    if not isinstance(body, dict):
        raise invalid([f"{body} is not of type object"])
    problems = list(_problems(body, checks, required))
    if problems:
        raise invalid(problems)
    if body.get("scheduled_for") is not None:
        # GOV.UK Notify checks it and then sends at once; a message that leaves before its time cannot be taken back.
        raise bad_request("scheduled_for is not supported yet: leave it out, and the message is sent at once")
    return body


def _problems(body: Mapping[str, object], checks: Mapping[str, Check], required: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{name} is a required property" for name in required if name not in body)
    for name, check in checks.items():
        if name in body and (problem := check(name, body[name])):
            yield problem
    unexpected = sorted(name for name in body if name not in checks)
    if unexpected:
        yield f"Additional properties are not allowed ({', '.join(unexpected)} {'was' if len(unexpected) == 1 else 'were'} unexpected)"


def _string(name: str, value: object) -> str | None:
    return None if isinstance(value, str) else f"{name} {value!r} is not of type string"


def _uuid(name: str, value: object) -> str | None:
    if not isinstance(value, str):
        return _string(name, value)
    try:
        UUID(value)
    except ValueError:
        return f"{name} is not a valid UUID"
    return None


def _email_address(name: str, value: object) -> str | None:
    return _string(name, value) or _recipient(name, str(value), email_address)


def _phone_number(name: str, value: object) -> str | None:
    return _string(name, value) or _recipient(name, str(value), phone_number)


def _recipient(name: str, value: str, rule: Callable[[str], object]) -> str | None:
    try:
        rule(value)
    except NotARecipient as refused:
        return f"{name} {refused}"
    return None


def _object(name: str, value: object) -> str | None:
    return None if isinstance(value, dict) else f"{name} {value!r} is not of type object"


def _reference(name: str, value: object) -> str | None:
    problem = _string(name, value)
    if problem is None and len(str(value)) > LONGEST_REFERENCE:
        return f"{name} {value} is too long"
    return problem


def _https(name: str, value: object) -> str | None:
    return _string(name, value) or (None if str(value).startswith("https") else f"{name} is not a valid https url")


def _names(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, list):
        return f"{name} {value!r} is not of type array, null"
    return next((problem for part in value if (problem := _string(name, part))), None)


def _within_a_day(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return f"{name} {value!r} is not of type string, null"
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return f"{name} datetime format is invalid. It must be a valid ISO8601 date time format, https://en.wikipedia.org/wiki/ISO_8601"
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment < clock.now():
        return f"{name} datetime can not be in the past"
    if moment > clock.now() + timedelta(hours=24):
        return f"{name} datetime can only be 24 hours in the future"
    return None


_BOTH: dict[str, Check] = {"template_id": _uuid, "personalisation": _object, "reference": _reference, "scheduled_for": _within_a_day}
_EMAIL: dict[str, Check] = {
    "email_address": _email_address,
    **_BOTH,
    "email_reply_to_id": _uuid,
    "one_click_unsubscribe_url": _https,
    "sanitise_content_for": _names,
}
_SMS: dict[str, Check] = {"phone_number": _phone_number, **_BOTH, "sms_sender_id": _uuid}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return str(value) if value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, list) else ()
