"""A provider that is away for a minute. It begins with the first test and ends among the others, for they need not wait for it."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from tests.integration.faults import Fault
from tests.integration.stack import Stack, warning

SECONDS = 60
AREA = "104FWF006"


class Outage:
    """One message that its provider does not take for a minute, and how it fares."""

    recipient = "minute@example.com"

    def __init__(self, stack: Stack) -> None:
        self.over = threading.Event()
        self.sent_meanwhile = -1
        self._stack = stack
        self._broken = ExitStack()
        self._broken.enter_context(stack.proxy.broken(Fault("unavailable", "SES.SendEmail", holding=self.recipient.encode(), times=1000)))
        path = f"/notifications/services/{stack.service()}/subscribers/flood-warnings/{AREA}"
        stack.http.post(path, json={"email_address": self.recipient}, headers=stack.admin).raise_for_status()
        stack.emit(warning(area=AREA)).raise_for_status()
        timer = threading.Timer(SECONDS, self._end)
        timer.daemon = True
        timer.start()

    def _end(self) -> None:
        self.sent_meanwhile = len(self._stack.emails(self.recipient))
        self._broken.close()
        self.over.set()
