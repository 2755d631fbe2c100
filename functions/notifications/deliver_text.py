"""Hand an accepted text to AWS End User Messaging, once; on a laptop to Amazon SNS, which the emulator has."""

from __future__ import annotations

from functions.common import clients, clock
from functions.common.consumer import consumes
from functions.common.settings import setting, stage
from functions.notifications import sms
from functions.notifications.handing_over import hand_over
from functions.notifications.notification import Notification
from functions.notifications.port import Message, Provider, Taken, Text
from functions.notifications.provider_answers import ask
from schemas.platform import NotificationAccepted

LONGEST_SHORT_CODE = 6
"""Digits of a number that is dialled without a country."""


@consumes(NotificationAccepted)
def deliver_text(event: NotificationAccepted) -> None:
    """Compose it, and hand it over."""
    hand_over(event, compose, carrier())


def compose(notification: Notification) -> Text:
    """The text that this notification means, with the service's name in front where it wants that."""
    return Text(notification.sender, notification.recipient, sms.render(notification.body, notification.text_prefix))


def carrier() -> Provider:
    """Who carries texts at this stage."""
    return Sns() if stage() == "local" else EndUserMessaging()


class EndUserMessaging:
    """AWS End User Messaging."""

    def send(self, message: Message) -> Taken:
        """Hand a text over."""
        text = _text(message)
        answer = ask(
            lambda: clients.texts().send_text_message(
                DestinationPhoneNumber=f"+{text.recipient}",
                OriginationIdentity=_origin(text.sender),
                MessageBody=text.body,
                MessageType="TRANSACTIONAL",
                # It is what makes End User Messaging say what became of the text.
                ConfigurationSetName=setting("CONFIGURATION_SET"),
            )
        )
        return Taken("end-user-messaging", answer["MessageId"], clock.stamp())


class Sns:
    """Amazon SNS."""

    def send(self, message: Message) -> Taken:
        """Hand a text over."""
        text = _text(message)
        attributes = {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": text.sender}
        answer = ask(
            lambda: clients.sns().publish(
                PhoneNumber=f"+{text.recipient}",
                Message=text.body,
                MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
            )
        )
        return Taken("sns", answer["MessageId"], clock.stamp())


def _text(message: Message) -> Text:
    assert isinstance(message, Text)  # noqa: S101  # this queue holds texts alone
    return message


def _origin(sender: str) -> str:
    """A sender as End User Messaging knows it: a name or a short code as it is, a number with its country."""
    if not sender.isdecimal() or len(sender) <= LONGEST_SHORT_CODE:
        return sender
    return f"+44{sender[1:]}" if sender.startswith("0") else f"+{sender}"
