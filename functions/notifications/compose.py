"""From a stored notification to the message that its recipient sees."""

from __future__ import annotations

from functions.notifications import sms
from functions.notifications.notification import Notification
from functions.notifications.port import Email, Message, Text


def compose(notification: Notification) -> Message:
    """The message that this notification means, whole."""
    if notification.channel == "sms":
        return Text(notification.sender, notification.recipient, sms.render(notification.body, notification.service_name))
    from functions.notifications import email  # here, for texts need no Markdown parser

    subject = notification.subject or ""
    return Email(
        sender_name=notification.service_name,
        sender_address=notification.sender,
        recipient=notification.recipient,
        subject=subject,
        html=email.html_part(subject, notification.body, notification.service_name),
        text=email.plain_part(notification.body),
        unsubscribe_url=notification.one_click_unsubscribe_url,
    )
