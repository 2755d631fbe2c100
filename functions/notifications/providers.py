"""Those who carry messages: Amazon SES for emails, Amazon SNS for texts, and the simulator for what must never leave."""

from __future__ import annotations

from email.headerregistry import Address
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from functions.common import clients, clock
from functions.common.settings import setting, stage
from functions.notifications import simulator
from functions.notifications.notification import Notification
from functions.notifications.port import Email, Message, NotTaken, Provider, Rejected, Taken, Text, Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sesv2.type_defs import MessageTypeDef

# What these say no to now they will say no to again; every other refusal of theirs is about the account or the moment.
_FINAL = frozenset(
    {
        "MessageRejected",
        "BadRequestException",
        "InvalidParameter",
        "InvalidParameterException",
        "ParameterValueInvalid",
        "ValidationException",
    }
)


def choose(notification: Notification) -> Provider:
    """Who carries this notification. Test keys never reach anybody; on a laptop receipts are simulated, for nothing there sends them."""
    if notification.key_type == "test":
        return Simulator()
    live = Ses() if notification.channel == "email" else Sns()
    return WithSimulatedReceipts(live) if stage() == "local" else live


class Ses:
    """Amazon SES."""

    def send(self, message: Message) -> Taken:
        """Hand an email over."""
        assert isinstance(message, Email)  # noqa: S101  # `choose` gives emails to SES alone
        sender = str(Address(message.sender_name, addr_spec=message.sender_address))
        answer = _ask(
            lambda: clients.ses().send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": [_ascii(message.recipient)]},
                Content={"Simple": _simple(message)},
                # It is what makes SES say what became of the email.
                ConfigurationSetName=setting("CONFIGURATION_SET"),
            )
        )
        return Taken("ses", answer["MessageId"], clock.stamp())


class Sns:
    """Amazon SNS."""

    def send(self, message: Message) -> Taken:
        """Hand a text over."""
        assert isinstance(message, Text)  # noqa: S101  # `choose` gives texts to SNS alone
        attributes = {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": message.sender}
        answer = _ask(
            lambda: clients.sns().publish(
                PhoneNumber=f"+{message.recipient}",
                Message=message.body,
                MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
            )
        )
        return Taken("sns", answer["MessageId"], clock.stamp())


class Simulator:
    """Takes everything, sends nothing, and gives the receipts that the recipient stands for."""

    def send(self, message: Message) -> Taken:
        """Take a message."""
        taken = simulator.take()
        simulator.give_receipt(message, taken.reference)
        return taken


class WithSimulatedReceipts:
    """A live provider whose receipts are simulated."""

    def __init__(self, live: Provider) -> None:
        self._live = live

    def send(self, message: Message) -> Taken:
        """Hand a message over, and have its receipt come back."""
        taken = self._live.send(message)
        simulator.give_receipt(message, taken.reference)
        return taken


def _ask(call: Callable[[], Any]) -> Any:
    """Make one call to a provider and put its failure into the port's words."""
    from botocore.exceptions import (
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
        NoCredentialsError,
        ParamValidationError,
    )

    try:
        return call()
    except ClientError as refused:
        code = refused.response["Error"]["Code"]
        if code in _FINAL:
            raise Rejected(code) from None
        if _may_have_left(code, refused.response["ResponseMetadata"]["HTTPStatusCode"]):
            raise Unanswered(code) from None
        raise NotTaken(code) from None
    except ParamValidationError:
        raise Rejected("ParamValidationError") from None
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as unreached:
        raise NotTaken(type(unreached).__name__) from None
    except HTTPClientError as lost:
        raise Unanswered(type(lost).__name__) from None


def _may_have_left(code: str, status: int) -> bool:
    """Whether a failure is the provider's own, at a moment that it does not tell: all of 5xx but what says that it did not begin."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE and "Throttl" not in code


def _simple(message: Email) -> MessageTypeDef:
    content: MessageTypeDef = {
        "Subject": {"Data": message.subject, "Charset": "UTF-8"},
        "Body": {"Html": {"Data": message.html, "Charset": "UTF-8"}, "Text": {"Data": message.text, "Charset": "UTF-8"}},
    }
    if message.unsubscribe_url:
        # One click, as RFC 8058 has it.
        content["Headers"] = [
            {"Name": "List-Unsubscribe", "Value": f"<{message.unsubscribe_url}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    return content


def _ascii(address: str) -> str:
    """An address as SES takes it: the domain in Punycode."""
    mailbox, _, host = address.rpartition("@")
    return f"{mailbox}@{host.encode('idna').decode()}"
