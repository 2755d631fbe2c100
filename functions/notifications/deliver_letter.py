"""Make an accepted letter ready, and leave it where the printer collects it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING

from functions.common import clients, clock
from functions.common.consumer import consumes
from functions.common.settings import setting
from functions.notifications import content, letter_post
from functions.notifications.handing_over import hand_over
from functions.notifications.layout import MAXIMUM_PAGES
from functions.notifications.notification import Notification
from functions.notifications.port import Letter, Message, NotTaken, Taken, Unprintable
from schemas.platform import NotificationAccepted

if TYPE_CHECKING:
    from functions.notifications.letters import RenderedLetter

PRINT = "print/"
"""Where the bucket holds what is to be printed: a folder for each day, a PDF and its manifest for each letter."""


@consumes(NotificationAccepted)
def deliver_letter(event: NotificationAccepted) -> None:
    """Render it, unless it came as a PDF, and leave it for the printer."""
    hand_over(event, compose, PrintDrop())


def compose(notification: Notification) -> Letter:
    """The letter that this notification means. Raises Unprintable where it has too many pages."""
    if notification.pdf_key is None:
        raise Unprintable("there is no PDF of it")
    if notification.is_precompiled:
        pdf, pages = content.fetch_letter(notification.pdf_key), notification.pages or 0
        if pdf is None:
            raise Unprintable("its PDF is gone")
    else:
        rendered = _rendered(notification)
        content.keep_letter(notification.pdf_key, rendered.pdf)
        pdf, pages = rendered.pdf, rendered.pages
    day = notification.created_at[:10]
    return Letter(notification.id, notification.service_id, pdf, pages, notification.postage or "second", day)


class PrintDrop:
    """A folder that the printer collects from. The manifest comes last: a letter is there when its manifest is."""

    def send(self, message: Message) -> Taken:
        """Leave a letter. The same one left again is one letter, so that no answer need be waited for in doubt."""
        from botocore.exceptions import BotoCoreError, ClientError

        assert isinstance(message, Letter)  # noqa: S101  # this queue holds letters alone
        at = clock.stamp()
        # Not today's folder: what is left again after midnight, since no answer came, must be the same letter.
        name = f"{PRINT}{message.day}/{message.id}"
        try:
            self._leave(f"{name}.pdf", message.pdf, "application/pdf")
            self._leave(f"{name}.json", json.dumps(_manifest(message, at)).encode(), "application/json")
        except (ClientError, BotoCoreError) as failure:
            raise NotTaken(type(failure).__name__) from None
        return Taken("print", message.id, at, message.pages)

    @staticmethod
    def _leave(key: str, body: bytes, media_type: str) -> None:
        clients.s3().put_object(Bucket=setting("BUCKET"), Key=key, Body=body, ContentType=media_type)


def _manifest(letter: Letter, at: str) -> dict[str, object]:
    return {
        "reference": letter.id,
        "service_id": letter.service_id,
        "postage": letter.postage,
        "pages": letter.pages,
        "sheets": letter_post.sheets(letter.pages),
        "sha256": hashlib.sha256(letter.pdf).hexdigest(),
        "left_at": at,
    }


def _rendered(notification: Notification) -> RenderedLetter:
    from functions.notifications import letters, qr  # here, so that a cold start need not load the typesetter before its first event

    written = letters.LetterContent(
        address=notification.address,
        contact_block=notification.contact_block,
        subject=notification.subject or "",
        body=notification.body,
        date=clock.in_london(datetime.fromisoformat(notification.created_at)).date(),
    )
    try:
        rendered = letters.render(written)
    except qr.QrTooLong as refused:
        raise Unprintable(str(refused)) from None
    if rendered.pages > MAXIMUM_PAGES:
        raise Unprintable(f"letter-too-long: it has {rendered.pages} pages, more than {MAXIMUM_PAGES}")
    return rendered
