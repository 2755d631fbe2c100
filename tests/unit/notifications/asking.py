"""Asking the room over HTTP, as API Gateway passes a request on."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode

from functions.common.auth import Caller
from functions.common.http import Api
from functions.notifications.api import api
from tests.unit.notifications.ground import DEPARTMENT, EMAIL_TEMPLATE, LETTER_TEMPLATE, SERVICE, TEXT_TEMPLATE, VALUES

URL = "http://127.0.0.1:8000"
LIVE = Caller(DEPARTMENT, SERVICE, "key", "live", frozenset({"notifications:send"}))
MANAGER = replace(LIVE, scopes=frozenset({"notifications:manage"}))
ADDRESS = {"address_line_1": "Jo Bloggs", "address_line_2": "1 High Street", "address_line_3": "London", "postcode": "n14wq"}
EMAIL: dict[str, Any] = {"email_address": "jo@example.com", "template_id": EMAIL_TEMPLATE, "personalisation": VALUES}
TEXT: dict[str, Any] = {"phone_number": "07723 456789", "template_id": TEXT_TEMPLATE, "personalisation": VALUES}
LETTER: dict[str, Any] = {"template_id": LETTER_TEMPLATE, "personalisation": {**VALUES, **ADDRESS}}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """Its body as JSON; None where it has none."""
        return json.loads(self.content) if self.content else None

    @property
    def text(self) -> str:
        """Its body as text."""
        return self.content.decode()

    @property
    def messages(self) -> list[str]:
        """The messages of a refusal of the Notify API."""
        return [error["message"] for error in self.json["errors"]]

    @property
    def error(self) -> tuple[int, str, str]:
        """The status, name and message of a refusal of the Notify API that has one reason."""
        (error,) = self.json["errors"]
        assert self.json["status_code"] == self.status
        return self.status, error["error"], error["message"]


def ask(
    method: str,
    path: str,
    body: object = None,
    *,
    of: Api = api,
    query: Sequence[tuple[str, str]] | str = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask an API of the room; a body that is text is sent as it is."""
    raw_query = query if isinstance(query, str) else urlencode(query)
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": raw_query,
        "queryStringParameters": dict(parse_qsl(raw_query)) or None,
        "headers": {"host": "127.0.0.1:8000", "x-forwarded-proto": "http", "content-type": "application/json", **(headers or {})},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": body if isinstance(body, str) else json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
    answer = of(event, SimpleNamespace())  # type: ignore[arg-type]  # nothing reads the context
    content = answer.get("body") or ""
    raw = b64decode(content) if answer.get("isBase64Encoded") else content.encode()
    return Answer(answer["statusCode"], {name.lower(): value for name, value in answer["headers"].items()}, raw)


def send(kind: str, body: object, key: str | None = None) -> Answer:
    """Ask the Notify API for an email, a text or a letter; `key` is an Idempotency-Key."""
    return ask("POST", f"/v2/notifications/{kind}", body, headers={"Idempotency-Key": key} if key else None)


def accepted(kind: str, body: object, key: str | None = None) -> Any:
    """The same, where it is accepted: the answer's JSON."""
    answer = send(kind, body, key)
    assert answer.status == 201, answer.text
    return answer.json


def shown(notification_id: str) -> Any:
    """What the Notify API shows of a notification."""
    answer = ask("GET", f"/v2/notifications/{notification_id}")
    assert answer.status == 200, answer.text
    return answer.json


def as_caller(asked: Api = api, **changes: Any) -> Any:
    """While this lasts, whoever asks is the live key of the service, but for these changes."""
    who = replace(LIVE if asked is api else MANAGER, **changes)
    return patch.object(asked, "_scheme", lambda _: who)
