"""The way in for those who are not on AWS: `POST /events` in CloudEvents' batch format, with a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, cast
from urllib.parse import urlsplit

from commonweal_events.doors import Answer, halves
from commonweal_events.envelope import Envelope
from commonweal_events.receipt import Problem

BATCH = "application/cloudevents-batch+json"
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
TIMEOUT = 30
TOO_LARGE = 413
COME_BACK = frozenset({408, 425, 429})
LONGEST_SHOWN = 300


class Http:
    """The platform at `url`, with the key of one of the department's services, or a function that fetches it.

    No redirect is followed: the key goes to the address it was given for, over TLS. Raises ValueError for an address without.
    """

    most_events = 100
    # A little less than the body may be, for the brackets and commas between the events.
    most_bytes = 1_000_000

    def __init__(self, *, url: str, key: str | Callable[[], str]) -> None:
        address = urlsplit(url)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in THIS_MACHINE):
            raise ValueError("the platform's address begins with https://: a key never travels without TLS, but on one's own machine")
        self._secure = address.scheme == "https"
        self._host = address.netloc.rpartition("@")[2]
        self._path = f"{address.path.rstrip('/')}/events"
        self._key = key

    def put(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """One request; more only where it was too large as a whole. Raises what the network raises."""
        body = f"[{','.join(envelope.text() for envelope in envelopes)}]".encode()
        status, after, answer = self._post(body)
        if status == TOO_LARGE and len(envelopes) > 1:
            return halves(self.put, envelopes)
        if status in COME_BACK or status >= 500:
            return [Answer("again", (Problem("", f"the platform answered {status}"),), after=after)] * len(envelopes)
        receipts = answer.get("receipts")
        if isinstance(receipts, list) and len(receipts) == len(envelopes):
            return [_answer(receipt, envelope) for receipt, envelope in zip(receipts, envelopes, strict=True)]
        return [Answer("refused", _problems(answer) or (Problem("", f"the platform answered {status}"),))] * len(envelopes)

    def _post(self, body: bytes) -> tuple[int, float, dict[str, Any]]:
        connection = (HTTPSConnection if self._secure else HTTPConnection)(self._host, timeout=TIMEOUT)
        key = self._key if isinstance(self._key, str) else self._key()
        try:
            connection.request("POST", self._path, body, {"Content-Type": BATCH, "X-Api-Key": key})
            response = connection.getresponse()
            return response.status, _seconds(response.headers.get("Retry-After")), _members(response.read())
        finally:
            connection.close()


def _answer(receipt: dict[str, Any], envelope: Envelope) -> Answer:
    status = receipt.get("status")
    if status not in ("accepted", "duplicate", "checked", "refused") or receipt.get("id") != envelope.id:
        return Answer("again", (Problem("", "the platform's receipt could not be read"),))
    return Answer(status, _problems(receipt), receipt.get("trace"))


def _problems(answer: dict[str, Any]) -> tuple[Problem, ...]:
    """What the platform says is wrong: field by field where it does, else in one sentence."""
    if errors := answer.get("errors"):
        return tuple(Problem(str(error.get("field", "")), str(error.get("message", ""))[:LONGEST_SHOWN]) for error in errors)
    return (Problem("", str(answer["detail"])[:LONGEST_SHOWN]),) if "detail" in answer else ()


def _members(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isdigit() else 0
