"""Hand an accepted email to Amazon SES, once."""

from __future__ import annotations

from email.utils import formataddr
from typing import TYPE_CHECKING

from functions.common import clients, clock
from functions.common.consumer import consumes
from functions.common.settings import setting
from functions.notifications.handing_over import hand_over
from functions.notifications.notification import Notification
from functions.notifications.port import Email, Message, Rejected, Taken
from functions.notifications.provider_answers import ask
from schemas.platform import NotificationAccepted

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import MessageTypeDef


LONGEST_HEADER = 860
"""Characters of a header that SES takes, less the brackets. An email with a longer link still has it at its end."""


@consumes(NotificationAccepted)
def deliver_email(event: NotificationAccepted) -> None:
    """Compose it, and hand it over."""
    hand_over(event, compose, Ses())


def compose(notification: Notification) -> Email:
    """The email that this notification means, whole. Raises Rejected where an address of it is none that an email can bear."""
    from functions.notifications import email  # here, so that a cold start need not read the Markdown parser before its first event

    subject = notification.subject or ""
    html, text = email.parts(subject, _with_link(notification), notification.service_name)
    return Email(
        sender_name=notification.service_name,
        sender_address=notification.sender,
        recipient=_ascii(notification.recipient),
        subject=subject,
        html=html,
        text=text,
        reply_to=_ascii(notification.reply_to) if notification.reply_to else None,
        unsubscribe_url=notification.one_click_unsubscribe_url or notification.unsubscribe_url,
    )


class Ses:
    """Amazon SES."""

    def send(self, message: Message) -> Taken:
        """Hand an email over."""
        assert isinstance(message, Email)  # noqa: S101  # this queue holds emails alone
        # A name with an accent is written in ASCII (RFC 2047), as SES wants it.
        sender = formataddr((message.sender_name, message.sender_address))
        answer = ask(
            lambda: clients.ses().send_email(
                FromEmailAddress=sender,
                ReplyToAddresses=[message.reply_to] if message.reply_to else [],
                Destination={"ToAddresses": [message.recipient]},
                Content={"Simple": _simple(message)},
                # It is what makes SES say what became of the email.
                ConfigurationSetName=setting("CONFIGURATION_SET"),
            )
        )
        return Taken("ses", answer["MessageId"], clock.stamp())


def _with_link(notification: Notification) -> str:
    if notification.unsubscribe_url is None:
        return notification.body
    link = notification.one_click_unsubscribe_url or notification.unsubscribe_url
    return f"{notification.body}\n\n---\n\n[Unsubscribe from these emails]({link})"


def _simple(message: Email) -> MessageTypeDef:
    content: MessageTypeDef = {
        "Subject": {"Data": message.subject, "Charset": "UTF-8"},
        "Body": {"Html": {"Data": message.html, "Charset": "UTF-8"}, "Text": {"Data": message.text, "Charset": "UTF-8"}},
    }
    if message.unsubscribe_url and message.unsubscribe_url.isascii() and len(message.unsubscribe_url) < LONGEST_HEADER:
        # One click, as RFC 8058 has it.
        content["Headers"] = [
            {"Name": "List-Unsubscribe", "Value": f"<{message.unsubscribe_url}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    return content


def _ascii(address: str) -> str:
    """An address as SES takes it: the domain in Punycode."""
    mailbox, _, host = address.rpartition("@")
    try:
        return f"{mailbox}@{host.encode('idna').decode()}"
    except UnicodeError:
        raise Rejected("an address that cannot be written in ASCII") from None
