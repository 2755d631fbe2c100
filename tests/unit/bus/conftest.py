"""What the tests of this room are given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from functions.bus import ingress
from functions.common.auth import Caller
from tests.unit.bus.ground import AGENCY_KEY, Answer, request
from tests.unit.common.conftest import ground, printed

__all__ = ["ground", "printed"]

type Send = Callable[..., Answer]


@pytest.fixture
def as_caller(monkeypatch: pytest.MonkeyPatch) -> Callable[[Caller], None]:
    """Say who is asking; at first it is the Environment Agency, with a live key."""

    def become(who: Caller) -> None:
        monkeypatch.setattr(ingress.api, "_scheme", lambda _: who)

    become(AGENCY_KEY)
    return become


@pytest.fixture
def send(as_caller: Callable[[Caller], None]) -> Send:
    """Send events to ingress: a mapping or a list in the JSON formats, bytes as they are."""

    def send_it(body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        kind = "application/cloudevents-batch+json" if isinstance(body, list) else "application/cloudevents+json"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return request(ingress.api, "POST", "/events", raw, {"Content-Type": kind} if headers is None else headers)

    return send_it
