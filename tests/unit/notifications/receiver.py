"""A service's receiver of callbacks, and the news that it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.common import clock, webhooks
from functions.notifications.call_back import call_back
from functions.notifications.configure import configure
from schemas.envelope import CloudEvent
from schemas.platform import NotificationStatusChanged
from tests.unit.notifications.asking import ask
from tests.unit.notifications.ground import CALLBACK, SERVICE, Ground, accepted_email, event, handle

HOOK, LIVE_HOOK = "http://127.0.0.1:1/hook", "http://127.0.0.1:1/live"
CALLBACKS = f"/notifications/services/{SERVICE}/callbacks"
TOKEN = "bearer-token"


@dataclass
class Receiver:
    """Whoever is told: what it got, and how it answers, first answer first."""

    answers: list[Exception] = field(default_factory=list)
    refuses: str | None = None
    """An address at which it takes nothing."""
    away: bool = False
    meanwhile: Callable[[], object] = lambda: None
    """What happens while it is told."""
    got: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        """Take it, or answer as it was told to."""
        self.got.append((url, body, headers))
        self.meanwhile()
        if self.away:
            raise webhooks.Unreached("the receiver was not reached: TimeoutError")
        if url == self.refuses:
            raise webhooks.Refused(410)
        if self.answers:
            raise self.answers.pop(0)

    def bodies(self, url: str = HOOK) -> list[dict[str, Any]]:
        """What was posted to an address."""
        return [json.loads(body) for to, body, _ in self.got if to == url]


def changed(notification_id: str, status: str = "delivered", **changes: Any) -> CloudEvent:
    """A change of status, as the bus brings it."""
    fields = {"service_id": SERVICE, "notification_id": notification_id, "channel": "email", "key_type": "live", "status": status}
    return event(NotificationStatusChanged.model_validate({**fields, **changes}))


def delivered(**changes: Any) -> tuple[str, CloudEvent]:
    """An email that arrived, and the event that says so."""
    fields = {"status": "delivered", "sent_at": clock.stamp(), "completed_at": clock.stamp(), "reference": "my reference", **changes}
    id_ = accepted_email(**fields).id
    return id_, changed(id_)


def tell(ground: Ground) -> list[bool]:
    """Let those tell whose turn has come; for each, whether it was acknowledged."""
    return [acknowledged for turn in ground.turns() for acknowledged in handle(call_back, turn)]


def deliveries(callback: str = CALLBACK) -> list[dict[str, Any]]:
    """What a callback was told today, as its service sees it."""
    answer = ask("GET", f"{CALLBACKS}/{callback}/deliveries", of=configure)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["deliveries"]
    return found
