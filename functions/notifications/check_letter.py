"""Check a letter that came as a PDF: whether it holds anything harmful, and whether it can be printed and posted."""

from __future__ import annotations

from functions.common.cause import current
from functions.common.consumer import consumes
from functions.common.failures import Stale
from functions.notifications import content, directory, malware
from functions.notifications.inspection import inspect
from functions.notifications.notification import Notification
from functions.notifications.precompiled import NotPrintable
from functions.notifications.statuses import Status
from functions.notifications.store import messages
from schemas.platform import LetterUploaded


@consumes(LetterUploaded)
def check_letter(event: LetterUploaded) -> None:
    """Let it go on to the printer, or say why not. Transient until the scanner has seen it."""
    letter = messages.find(str(event.service_id), str(event.notification_id))
    if letter is None or letter.status != Status.PENDING_VIRUS_CHECK or letter.pdf_key is None:
        raise Stale("it was checked, or is gone")
    pdf = content.fetch_letter(letter.pdf_key)
    if pdf is None:
        messages.record_checked(letter, Status.TECHNICAL_FAILURE, "its PDF is gone")
    elif malware.is_in(letter.pdf_key, pdf):
        messages.record_checked(letter, Status.VIRUS_SCAN_FAILED, "malware was found in it")
    else:
        service = directory.service(letter.service_id, current().department or "")
        _check(letter, pdf, abroad=service is not None and "international_letters" in service.permissions)


def _check(letter: Notification, pdf: bytes, *, abroad: bool) -> None:
    try:
        checked = inspect(pdf, international=abroad)
    except NotPrintable as refused:
        on = f" (page {', '.join(map(str, refused.pages))})" if refused.pages else ""
        messages.record_checked(letter, Status.VALIDATION_FAILED, f"{refused.reason}: {refused}{on}")
    else:
        # What it takes to post abroad is not the caller's to choose.
        messages.record_checked(letter, Status.CREATED, pages=checked.pages, postage=None if checked.zone == "uk" else checked.zone)
