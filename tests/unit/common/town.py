"""Some processes on one clock, over one table, and the keys that they know: what the tests of keys and quotas stand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest

from functions.common import clock, keyring, keys, quota
from functions.common.failures import Refusal
from tests.unit.common.ground import PEPPER

NOON = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
SERVICE = "5f2b8c3e-9d6a-4b1e-8f47-1c2d3e4f5a6b"
SITE = "https://commonweal.example"
OTHER_ADDRESS = "198.51.100.9"

type Request = dict[str, Any]


@dataclass
class Town:
    """Some processes on one clock, and the keys that they know."""

    monkeypatch: pytest.MonkeyPatch
    now: datetime = NOON
    processes: dict[int, tuple[dict[Any, Any], dict[Any, Any]]] = field(default_factory=dict)

    def run(self, process: int = 0) -> None:
        """From now on, this one."""
        leases, bursts = self.processes.setdefault(process, ({}, {}))
        self.monkeypatch.setattr(quota, "_leases", leases)
        self.monkeypatch.setattr(quota, "_bursts", bursts)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def service(self, identity: str = SERVICE, **said: Any) -> None:
        """A service stands in the keys table."""
        self._put({"pk": f"service#{identity}", "sk": "service", "department": "developers", **said})

    def key(self, identity: str = SERVICE, scopes: tuple[str, ...] = ("data:read",), **said: Any) -> str:
        """A key of it, whole."""
        key = keys.make("mine", identity)
        key_id = str(uuid4())
        kept = {"key_id": key_id, "type": "live", "scopes": list(scopes), "fingerprint": keys.fingerprint(PEPPER.encode(), key), **said}
        self._put({"pk": f"service#{identity}", "sk": f"key#{key_id}", **kept})
        return str(key)

    @staticmethod
    def _put(item: dict[str, Any]) -> None:
        boto3.resource("dynamodb").Table("bus").put_item(Item=item)
        keyring._kept.clear()


def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town with one service, over the table of the ground."""
    made = Town(monkeypatch)
    made.run()
    monkeypatch.setenv("KEYS_TABLE", "bus")
    monkeypatch.setattr(clock, "now", lambda: made.now)
    made.service()
    yield made
    quota.forget()
    keyring._kept.clear()


def request(key: str = "", address: str = "192.0.2.7", query: str = "", **headers: str) -> Request:
    parameters = dict(part.split("=", 1) for part in query.split("&") if part)
    sent = {"host": "commonweal.example", **({"X-Api-Key": key} if key else {}), **headers}
    return {
        "version": "2.0",
        "rawPath": "/things",
        "rawQueryString": query,
        "queryStringParameters": parameters,
        "headers": sent,
        "requestContext": {"http": {"method": "GET", "path": "/things", "sourceIp": address}, "stage": "$default", "requestId": "1"},
        "isBase64Encoded": False,
    }


def refused(sent: Request) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        quota.admit(sent)
    return refusal.value


def let_through(town: Town, key: str, count: int, pause: float = 1.0, **told: Any) -> int:
    """How many of so many requests are, asked slowly enough to be no burst."""
    through = 0
    for _ in range(count):
        town.wait(pause)
        try:
            quota.admit(request(key, **told))
        except Refusal:
            continue
        through += 1
    return through
