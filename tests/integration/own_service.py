"""A service of a test's own, made over HTTP as its department would make it: so that tests do not meet each other's messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from notifications_python_client.authentication import create_jwt_token
from notifications_python_client.notifications import NotificationsAPIClient

from tests.integration.faults import eventually
from tests.integration.stack import Stack

SCOPES = ["notifications:send", "notifications:manage"]
TITLE = "Harbour office"
EMAIL = {"name": "High water", "type": "email", "subject": "High water at ((place))", "body": "High water at ((place)) is at ((time))."}
TEXT = {"name": "High water", "type": "sms", "body": "High water at ((place)) is at ((time))."}
VALUES = {"place": "Whitby", "time": "5pm"}


class OwnService:
    """One service, what it sends with, and its keys."""

    def __init__(self, stack: Stack, name: str, department: str = "communities", **sending: Any) -> None:
        self.stack = stack
        self.name = f"{name}-{uuid4().hex[:8]}"
        asked = {"name": self.name, "title": TITLE}
        made = stack.http.post(f"/departments/{department}/services", json=asked, headers=stack.admin)
        self.id: str = _taken(made)["id"]
        self._keys: dict[str, str] = {}
        self.sending: dict[str, Any] = {}
        if sending:
            self.set(**sending)

    def set(self, **sending: Any) -> None:
        """Say what it sends with from now on. Functions may go on with what they read for two seconds: best before anything is sent."""
        # A mailbox of its own: all of them have one title.
        wanted = {"title": TITLE, "permissions": ["email", "sms"], "email_name": self.name, **sending}
        # What a service may do, and as whom, is for whoever runs the platform to say.
        self.sending = _taken(self.ask("PUT", "settings", wanted, self.stack.admin["X-Api-Key"]))["settings"]

    def sender(self, kind: str, name: str) -> str:
        """The id of one of its senders: `reply_to`, `text_senders` or `contact_blocks`."""
        return str(self.sending[kind][name]["id"])

    def key(self, kind: str = "live") -> str:
        """A key of this type, whole."""
        if kind not in self._keys:
            asked = {"name": kind, "type": kind, "scopes": SCOPES}
            made = self.stack.http.post(f"/services/{self.id}/keys", json=asked, headers=self.stack.admin)
            self._keys[kind] = str(_taken(made)["key"])
        return self._keys[kind]

    def client(self, kind: str = "live") -> NotificationsAPIClient:
        """GOV.UK Notify's own Python client, with a key of this type."""
        return NotificationsAPIClient(self.key(kind), base_url=self.stack.url)

    def ask(self, method: str, path: str, body: object = None, key: str | None = None) -> httpx.Response:
        """A request to one of its management routes, with its own live key or another."""
        address = f"/notifications/services/{self.id}/{path}"
        return self.stack.http.request(method, address, json=body, headers={"X-Api-Key": key or self.key()})

    def found(self, path: str) -> dict[str, Any]:
        """What one of its management routes answers."""
        return _taken(self.ask("GET", path))

    def template(self, draft: Mapping[str, object], **changes: object) -> str:
        """Keep a template; answers its id."""
        return str(_taken(self.ask("POST", "templates", {**draft, **changes}))["id"])

    def send(self, channel: str, body: object, kind: str = "live", **headers: str) -> httpx.Response:
        """Ask for a message as a program without a client library does."""
        key = self.key(kind)
        token = create_jwt_token(key[-36:], key[-73:-37])
        return self.stack.http.post(f"/v2/notifications/{channel}", json=body, headers={"Authorization": f"Bearer {token}", **headers})

    def ends(self, notification_id: str, *statuses: str, seconds: float = 30) -> str:
        """The status of a notification, once it is one of these, or time is out."""
        client = self.client()

        def status() -> str:
            return str(client.get_notification_by_id(notification_id)["status"])

        eventually(lambda: status() in statuses, seconds, every=0.1)
        return status()


def text_from(sender: str, dialled: str, words: str) -> str:
    """A text as AWS End User Messaging passes it on (two-way SMS)."""
    return json.dumps(
        {
            "originationNumber": sender,
            "destinationNumber": f"+44{dialled.replace(' ', '').removeprefix('0')}",
            "messageKeyword": "KEYWORD_447700900900",
            "messageBody": words,
            "inboundMessageId": str(uuid4()),
            "previousPublishedMessageId": None,
        }
    )


def _taken(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
    found: dict[str, Any] = answer.json()
    return found
