"""What a service sends with: as its department's file declares it, and as it is set over HTTP.

Permissions, people, senders, numbers, limits and callbacks. `Sending.compiled` turns them into the plain members that functions read.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from schemas.grammar import CallbackUrl, Email, KeyType, Mailbox, Positive, Slug
from schemas.ids import SenderKind, sender_id
from schemas.messages import CallbackKind

Permission = Literal["email", "sms", "letter", "international_sms", "sms_to_uk_landlines", "inbound_sms", "international_letters"]

MOST_GUESTS = 5
"""Email addresses, and as many phone numbers (contract 4)."""
TRIAL_MESSAGES_PER_DAY = 50
MOST_NUMBERS = 40
"""As many as are claimed, and given up, in one transaction."""
MOST_CALLBACKS = 10
MOST_SENDERS = 50
"""Of each kind."""
MOST_IN_A_TEAM = 200

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_NUMBER = re.compile(r"\+?[0-9]{7,15}")
_BRITISH = re.compile(r"44[1-9][0-9]{8,9}")
_ABROAD = re.compile(r"[1-9][0-9]{6,14}")
_BETWEEN_DIGITS = re.compile(r"[\s()-]")
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9&._-][A-Za-z0-9 &._-]{1,9}[A-Za-z0-9&._-]")
_SENDER_NUMBER = re.compile(r"(?!00)[0-9]{5,15}")
_MOST_LINES = 10
_NOT_DIALLED = "is not a phone number, as 07984404008 or +447984404008"


def dialled(number: str) -> str:
    """A number as networks write it, without the plus: `07984 404008` and `+44 7984 404008` are 447984404008. Raises ValueError."""
    digits = _BETWEEN_DIGITS.sub("", number)
    if digits.startswith(("+", "00")):
        digits = digits.lstrip("+").removeprefix("00")
    elif digits.startswith("0"):
        digits = f"44{digits[1:]}"
    elif not digits.startswith("44"):
        raise ValueError(_NOT_DIALLED)
    if not (_BRITISH if digits.startswith("44") else _ABROAD).fullmatch(digits):
        raise ValueError(_NOT_DIALLED)
    return digits


def _refused(what: str) -> PydanticCustomError:
    return PydanticCustomError("sending", "{what}", {"what": what})


def _someone(given: str) -> str:
    address = given.strip()
    if _ADDRESS.fullmatch(address) or _NUMBER.fullmatch(_BETWEEN_DIGITS.sub("", address)):
        return address
    # Not said again: it may be somebody's.
    raise _refused("is neither an email address nor a phone number")


def _answerable(address: str) -> str:
    mailbox, _, host = address.rpartition("@")
    try:
        host.encode("idna")
        mailbox.encode("ascii")
    except UnicodeError:
        raise _refused("cannot be written in ASCII, its host in Punycode: no email can be answered there") from None
    return address


def _own_number(given: str) -> str:
    try:
        return dialled(given)
    except ValueError as wrong:
        raise _refused(str(wrong)) from None


def _text_sender(given: str) -> str:
    if _SENDER_NAME.fullmatch(given) or _SENDER_NUMBER.fullmatch(given):
        return given
    raise _refused("is neither a name of 3 to 11 letters, digits, spaces, & . - and _ with a letter in it nor the digits of a phone number")


def _block(given: str) -> str:
    lines = [line.strip() for line in given.strip().splitlines()]
    if not 1 <= len(lines) <= _MOST_LINES:
        raise _refused(f"has {len(lines)} lines, and may have 1 to {_MOST_LINES}")
    return "\n".join(lines)


def _each_once[Item: str](items: list[Item]) -> list[Item]:
    for position, item in enumerate(items, start=1):
        if item in items[position:]:
            raise _refused(f"holds the same entry twice, as numbers {position} and {items.index(item, position) + 1}")
    return items


def _few_guests(guests: list[str]) -> list[str]:
    addresses = sum("@" in guest for guest in guests)
    if addresses > MOST_GUESTS or len(guests) - addresses > MOST_GUESTS:
        raise _refused(f"may hold {MOST_GUESTS} email addresses and {MOST_GUESTS} phone numbers")
    return guests


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Known = Annotated[UUID | None, Field(description="What requests name it by, where they do already; else an id follows from its name.")]

_DEFAULT = Field(default=False, description="Whether it is used where a message names none; the only one is without saying so.")


class ReplyTo(_Strict):
    """Where answers to an email go."""

    kind: ClassVar[SenderKind] = "reply_to"
    id: Known = None
    address: Annotated[Email, AfterValidator(_answerable)] = Field(description="An email address.")
    default: bool = _DEFAULT


class TextSender(_Strict):
    """What a phone shows a text to be from: a name, or a number that can be answered."""

    kind: ClassVar[SenderKind] = "text_sender"
    id: Known = None
    sender: Annotated[str, AfterValidator(_text_sender)] = Field(description="3 to 11 letters, digits and signs, or a number in digits.")
    default: bool = _DEFAULT


class ContactBlock(_Strict):
    """Who a letter is from, at its top right: up to ten lines."""

    kind: ClassVar[SenderKind] = "contact_block"
    id: Known = None
    lines: Annotated[str, Field(max_length=1000), AfterValidator(_block)] = Field(description="A name and an address, a line each.")
    default: bool = _DEFAULT


type Sender = ReplyTo | TextSender | ContactBlock


def _told_apart[Kind: Sender](senders: dict[str, Kind]) -> dict[str, Kind]:
    defaults = [name for name, sender in senders.items() if sender.default]
    if len(defaults) > 1:
        raise _refused(f"has more than one default: {', '.join(defaults)}")
    by_id: dict[str, str] = {}
    for name, sender in senders.items():
        if sender.id and by_id.setdefault(str(sender.id), name) != name:
            raise _refused(f"{by_id[str(sender.id)]} and {name} have the same id")
    return senders


FEWEST_DAYS, MOST_DAYS = 3, 90
"""For how long a service may have its messages kept."""
Days = Annotated[int, Field(ge=FEWEST_DAYS, le=MOST_DAYS)]
Permissions = Annotated[list[Permission], AfterValidator(_each_once)]
PerDay = Annotated[int, Field(ge=0)]
Someone = Annotated[str, AfterValidator(_someone)]
OwnNumber = Annotated[str, AfterValidator(_own_number)]


class Retention(_Strict):
    """Days for which a message is kept, by channel."""

    email: Days = Field(default=7, description="Days for emails.")
    sms: Days = Field(default=7, description="Days for texts.")
    letter: Days = Field(default=7, description="Days for letters.")


class SendingLimits(_Strict):
    """How much a service may send. International texts count as texts, too."""

    requests_per_minute: Positive = Field(default=3000, description="Requests over HTTP, for each type of key.")
    emails_per_day: PerDay = Field(default=250_000, description="Emails.")
    texts_per_day: PerDay = Field(default=250_000, description="Texts, those abroad among them.")
    letters_per_day: PerDay = Field(default=20_000, description="Letters.")
    international_texts_per_day: PerDay = Field(default=100, description="Texts abroad.")


class Callback(_Strict):
    """Where a service is told of what happens to its messages, of which kinds of news, and for which types of key."""

    url: CallbackUrl = Field(description="Where it is told.")
    for_: Annotated[list[CallbackKind], Field(min_length=1, alias="for"), AfterValidator(_each_once)] = Field(description="Which news.")
    key_types: Annotated[list[KeyType], Field(min_length=1), AfterValidator(_each_once)] = Field(
        default=["live", "team", "test"], description="Of messages that keys of these types sent."
    )


class Sending(_Strict):
    """All that a service sends with."""

    permissions: Permissions = Field(default=[], description="What it may send and receive.")
    trial: bool = Field(default=False, description="Only to the team and the guestlist, 50 emails and 50 texts a day, and no letters.")
    team: Annotated[list[Someone], AfterValidator(_each_once)] = Field(
        default=[], max_length=MOST_IN_A_TEAM, description="Members' addresses and numbers."
    )
    guestlist: Annotated[list[Someone], AfterValidator(_each_once), AfterValidator(_few_guests)] = Field(
        default=[], description="Others whom team keys and trial mode reach."
    )
    text_prefix: bool = Field(default=True, description="Texts begin with the service's name.")
    email_name: Mailbox | None = Field(default=None, description="Its emails come from this mailbox; by default from that of its name.")
    reply_to: Annotated[dict[Slug, ReplyTo], Field(max_length=MOST_SENDERS), AfterValidator(_told_apart)] = Field(
        default={}, description="Where answers to its emails go."
    )
    text_senders: Annotated[dict[Slug, TextSender], Field(max_length=MOST_SENDERS), AfterValidator(_told_apart)] = Field(
        default={}, description="What phones show its texts to be from."
    )
    contact_blocks: Annotated[dict[Slug, ContactBlock], Field(max_length=MOST_SENDERS), AfterValidator(_told_apart)] = Field(
        default={}, description="Who its letters are from."
    )
    inbound_numbers: Annotated[list[OwnNumber], AfterValidator(_each_once)] = Field(
        default=[], max_length=MOST_NUMBERS, description="Numbers that are this service's alone: texts to them are kept for it."
    )
    retention_days: Retention = Field(default=Retention(), description="For how long its messages are kept.")
    limits: SendingLimits = Field(default=SendingLimits(), description="How much it may send.")
    callbacks: Annotated[dict[Slug, Callback], Field(max_length=MOST_CALLBACKS)] = Field(
        default={}, description="Who is told of what becomes of its messages."
    )

    @field_validator("inbound_numbers")
    @classmethod
    def _may_receive(cls, numbers: list[str], info: ValidationInfo) -> list[str]:
        if numbers and "inbound_sms" not in info.data.get("permissions", ["inbound_sms"]):
            raise _refused("needs the permission inbound_sms")
        return numbers

    def compiled(self, service_id: str) -> dict[str, Any]:
        """What the functions read of it: plain JSON with every default filled in, senders by their id. Nothing in it is null."""
        return {
            "permissions": list(self.permissions),
            "trial": self.trial,
            "team": list(self.team),
            "guestlist": list(self.guestlist),
            "text_prefix": self.text_prefix,
            **({"email_name": self.email_name} if self.email_name else {}),
            "reply_to": _by_id(service_id, self.reply_to),
            "text_senders": _by_id(service_id, self.text_senders),
            "contact_blocks": _by_id(service_id, self.contact_blocks),
            "inbound_numbers": list(self.inbound_numbers),
            "retention_days": self.retention_days.model_dump(),
            "limits": self._limits(),
            "callbacks": {name: callback.model_dump(by_alias=True) for name, callback in self.callbacks.items()},
        }

    def _limits(self) -> dict[str, int]:
        limits: dict[str, int] = self.limits.model_dump()
        if self.trial:
            few = {name: min(limits[name], TRIAL_MESSAGES_PER_DAY) for name in ("emails_per_day", "texts_per_day")}
            limits |= few | {"letters_per_day": 0}
        return limits


def _by_id(service_id: str, senders: Mapping[str, Sender]) -> dict[str, Any]:
    """Senders by their id, each with its name; the only one of its kind is the default without saying so."""
    return {
        str(sender.id or sender_id(service_id, sender.kind, name)): {
            "name": name,
            **sender.model_dump(exclude={"id"}),
            "default": sender.default or len(senders) == 1,
        }
        for name, sender in senders.items()
    }
