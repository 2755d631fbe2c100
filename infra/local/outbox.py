"""Every email and text that left the platform here: the emulator keeps them instead of sending them."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx


@dataclass(frozen=True)
class Sent:
    """A message as it was handed to SES or SNS."""

    kind: str
    id: str
    sent_at: str
    sender: str
    to: tuple[str, ...]
    subject: str
    body: str
    html: str
    reply_to: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def view(self) -> dict[str, Any]:
        return asdict(self)


async def messages(client: httpx.AsyncClient, to: str = "") -> list[Sent]:
    """What was sent, newest first; with `to`, only what was sent to that address or number."""
    emails = (await client.get("/_ministack/ses/messages")).json()["messages"]
    texts = (await client.get("/_ministack/sns/sms-messages")).json()["sms_messages"]
    sent = [email(one) for account in emails.values() for one in account]
    sent += [text(number, one) for number, received in texts.items() for one in received]
    wanted = plain(to)
    return sorted((one for one in sent if not wanted or wanted in map(plain, one.to)), key=lambda one: one.sent_at, reverse=True)


def plain(address: str) -> str:
    """An address as it is compared: a query string turns the + of a number into a space."""
    return address.strip().lower().removeprefix("+")


def email(one: dict[str, Any]) -> Sent:
    """An email as the emulator shows it (`/_ministack/ses/messages`)."""
    return Sent(
        kind="email",
        id=one["MessageId"],
        sent_at=moment(one["Timestamp"]),
        sender=one["Source"],
        to=(*one["To"], *one["CC"], *one["BCC"]),
        subject=one["Subject"],
        body=one["BodyText"],
        html=one["BodyHtml"] or "",
        reply_to=tuple(one.get("ReplyTo", ())),
        headers={header["Name"]: header["Value"] for header in one.get("Headers", ())},
    )


def text(number: str, one: dict[str, Any]) -> Sent:
    """A text as the emulator shows it (`/_ministack/sns/sms-messages`), with the time we gave it."""
    sender = (one.get("MessageAttributes") or {}).get("AWS.SNS.SMS.SenderID", {})
    return Sent(
        kind="text",
        id=one["MessageId"],
        sent_at=moment(one["Timestamp"]),
        sender=sender.get("StringValue", "") or sender.get("Value", ""),
        to=(number,),
        subject="",
        body=one["Message"],
        html="",
    )


def moment(when: float | str) -> str:
    """RFC 3339 in UTC with milliseconds, from what the emulator gives (seconds, or text)."""
    found = datetime.fromtimestamp(when, UTC) if isinstance(when, int | float) else datetime.fromisoformat(when)
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
