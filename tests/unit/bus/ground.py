"""What the tests of this room add to the common ground: somebody who calls its HTTP entry points."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from functions.common.auth import Caller
from tests.unit.common.ground import AGENCY

AGENCY_KEY = Caller(AGENCY, "service", "key", "live", frozenset({"events:emit"}))
COUNCILS_KEY = Caller("communities", "service", "key", "live", frozenset({"events:emit"}))
TEST_KEY = Caller(AGENCY, "service", "key", "test", frozenset({"events:emit"}))
HOST = "https://api.example.gov.uk"


class Answer:
    """An HTTP answer."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.status: int = answer["statusCode"]
        self.headers: dict[str, str] = {name.lower(): value for name, value in answer["headers"].items()}
        self.text: str = answer.get("body") or ""

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


def request(
    handler: Callable[..., Mapping[str, Any]],
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Answer:
    """Call an HTTP entry point as the gateway does."""
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        **({"queryStringParameters": dict(query)} if query else {}),
        "headers": {"host": "api.example.gov.uk", **(headers or {})},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    return Answer(handler(event, SimpleNamespace()))
