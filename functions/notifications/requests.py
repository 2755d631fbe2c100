"""What a caller asks for, checked field by field with GOV.UK Notify's own messages (contract 1.3, 1.6).

All that is wrong with a body is said at once. Of unknown fields the names are repeated, never the values, and nothing whole that is long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypedDict
from uuid import UUID

from functions.common import clock
from functions.common.failures import Refusal
from functions.notifications.notification import Postage
from functions.notifications.recipients import NotARecipient, email_address, phone_number
from functions.notifications.statuses import ASKED, meant
from schemas.platform import Channel

type Check = Callable[[str, object], str | None]

LONGEST_REFERENCE = 1000
LONGEST_REPEATED = 100
"""Characters of what somebody sent that a refusal repeats: a body may be larger than an answer."""
LONGEST_IDEMPOTENCY_KEY = 255


class Unacceptable(Refusal):
    """A request that will not be done: `errors` are pairs of an error's name and its message, `more` what each says besides."""

    def __init__(
        self,
        *errors: tuple[str, str],
        status: int = 400,
        more: Mapping[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(status, errors[0][1], code=errors[0][0], headers=headers)
        self.errors = errors
        self.more = more or {}


@dataclass(frozen=True, slots=True)
class Asked:
    """One message that somebody asks to have sent. Without a version, the template's latest is meant."""

    channel: Channel
    recipient: str
    """An email address, a phone number, or nothing: a letter's address is among its personalisation."""
    template_id: UUID
    template_version: int | None = None
    personalisation: Mapping[str, object] = field(default_factory=dict)
    reference: str | None = None
    sender_id: str | None = None
    one_click_unsubscribe_url: str | None = None
    sanitise_content_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrecompiledAsked:
    """A letter that somebody asks to have posted as it is."""

    reference: str
    content: str
    """The PDF in base64."""
    postage: Postage


type AnyAsked = Asked | PrecompiledAsked


class ListAsked(TypedDict):
    """Which notifications somebody asks for: all where nothing is named."""

    statuses: frozenset[str]
    channels: frozenset[str]
    reference: str | None
    older_than: str | None


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
        template_version=_number(fields.get("template_version")),
        personalisation=_mapping(fields.get("personalisation")),
        reference=_said(fields.get("reference")),
        sender_id=_uuid_text(fields.get("email_reply_to_id")),
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
        template_version=_number(fields.get("template_version")),
        personalisation=_mapping(fields.get("personalisation")),
        reference=_said(fields.get("reference")),
        sender_id=_uuid_text(fields.get("sms_sender_id")),
    )


def letter(body: object) -> Asked | PrecompiledAsked:
    """What the body of `POST /v2/notifications/letter` asks for: with `content`, a letter that is a PDF already. Raises Unacceptable."""
    if isinstance(body, dict) and "content" in body:
        fields = _checked(body, _PRECOMPILED, ("reference", "content"))
        return PrecompiledAsked(str(fields["reference"]), str(fields["content"]), _postage(fields.get("postage")))
    fields = _checked(body, _LETTER, ("template_id", "personalisation"))
    return Asked(
        channel="letter",
        recipient="",
        template_id=UUID(str(fields["template_id"])),
        template_version=_number(fields.get("template_version")),
        personalisation=_mapping(fields.get("personalisation")),
        reference=_said(fields.get("reference")),
    )


def preview(body: object) -> Mapping[str, object]:
    """The personalisation in the body of a preview, which may be empty. Raises Unacceptable."""
    return _mapping(_checked({} if body is None else body, {"personalisation": _object}, ()).get("personalisation"))


def listing(query: Sequence[tuple[str, str]]) -> ListAsked:
    """What a query string asks a list of notifications for. Raises Unacceptable."""
    asked = _queried(query, _LIST)
    return {
        "statuses": meant(asked["status"]),
        "channels": frozenset(asked["template_type"]),
        "reference": _one(asked["reference"]),
        "older_than": _id(asked["older_than"]),
    }


def older_than(query: Sequence[tuple[str, str]]) -> str | None:
    """From where on a query string asks for received texts. Raises Unacceptable."""
    return _id(_queried(query, {"older_than": _uuid})["older_than"])


def template_type(query: Sequence[tuple[str, str]]) -> str | None:
    """The type of templates that a query string asks for. Raises Unacceptable."""
    return _one(_queried(query, {"type": _one_of(_CHANNELS)})["type"])


def idempotency_key(given: str | None) -> str | None:
    """The `Idempotency-Key` of a request, if it has one. Raises Unacceptable where it is none."""
    if given is None:
        return None
    key = given.strip().strip('"')
    if not key or len(key) > LONGEST_IDEMPOTENCY_KEY or not key.isprintable():
        raise invalid([f"Idempotency-Key must have 1 to {LONGEST_IDEMPOTENCY_KEY} printable characters"])
    return key


def repeated(value: object) -> str:
    """What somebody sent, as far as a refusal repeats it."""
    text = str(value)
    return text if len(text) <= LONGEST_REPEATED else f"{text[:LONGEST_REPEATED]}…"


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
        raise invalid([f"{repeated(body)} is not of type object"])
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
        yield _unexpected(unexpected)


def _queried(query: Sequence[tuple[str, str]], checks: Mapping[str, Check]) -> Mapping[str, list[str]]:
    """The parameters of a query string, each with all its values. Raises Unacceptable."""
    asked: dict[str, list[str]] = {name: [] for name in checks}
    unexpected = sorted({name for name, _ in query if name not in checks})
    problems = [problem for name, value in query if name in checks and (problem := checks[name](name, value))]
    if unexpected:
        problems.append(_unexpected(unexpected))
    if problems:
        raise invalid(problems)
    for name, value in query:
        asked[name].append(value)
    return asked


def _unexpected(names: Sequence[str]) -> str:
    return f"Additional properties are not allowed ({repeated(', '.join(names))} {'was' if len(names) == 1 else 'were'} unexpected)"


def _one(values: Sequence[str]) -> str | None:
    return values[-1] if values else None


def _id(values: Sequence[str]) -> str | None:
    return str(UUID(values[-1])) if values else None


def _one_of(allowed: Sequence[str]) -> Check:
    def check(name: str, value: object) -> str | None:
        return None if value in allowed else f"{name} {repeated(value)} is not one of [{', '.join(allowed)}]"

    return check


def _string(name: str, value: object) -> str | None:
    return None if isinstance(value, str) else f"{name} {repeated(repr(value))} is not of type string"


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
    return None if isinstance(value, dict) else f"{name} {repeated(repr(value))} is not of type object"


def _reference(name: str, value: object) -> str | None:
    problem = _string(name, value)
    if problem is None and len(str(value)) > LONGEST_REFERENCE:
        return f"{name} {repeated(value)} is too long"
    return problem


def _https(name: str, value: object) -> str | None:
    return _string(name, value) or (None if str(value).startswith("https") else f"{name} is not a valid https url")


def _names(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, list):
        return f"{name} {repeated(repr(value))} is not of type array, null"
    return next((problem for part in value if (problem := _string(name, part))), None)


def _within_a_day(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return f"{name} {repeated(repr(value))} is not of type string, null"
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


def _version(name: str, value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return None
    return f"{name} {repeated(repr(value))} is not the number of a version"


def _posted(name: str, value: object) -> str | None:
    return None if value in ("first", "second", "economy") else f"{name} invalid. It must be either first, second or economy."


_CHANNELS = ("sms", "email", "letter")
_LIST: dict[str, Check] = {
    "reference": _string,
    "status": _one_of(ASKED),
    "template_type": _one_of(_CHANNELS),
    "older_than": _uuid,
    "include_jobs": _one_of(("true", "True")),
}
_ALL: dict[str, Check] = {"template_id": _uuid, "template_version": _version, "personalisation": _object, "reference": _reference}
_BOTH: dict[str, Check] = {**_ALL, "scheduled_for": _within_a_day}
_LETTER: dict[str, Check] = _ALL
_PRECOMPILED: dict[str, Check] = {"reference": _reference, "content": _string, "postage": _posted}
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


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _postage(value: object) -> Postage:
    return "first" if value == "first" else "economy" if value == "economy" else "second"


def _said(value: object) -> str | None:
    return None if value is None else str(value)


def _text(value: object) -> str | None:
    return str(value) if value else None


def _uuid_text(value: object) -> str | None:
    return str(UUID(value)) if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, list) else ()
