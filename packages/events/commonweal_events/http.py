"""The way in for those who are not on AWS: `POST /events` in CloudEvents' batch format, with a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from commonweal_events.doors import Answer, halves
from commonweal_events.envelope import Envelope
from commonweal_events.receipt import Problem

BATCH = "application/cloudevents-batch+json"
SPEAKER = "commonweal-events"
"""Who asks. The platform's firewall turns away a request that does not say."""
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
TIMEOUT = 30
TOO_LARGE = 413
COME_BACK = frozenset({200, 202, 408, 425, 429})
"""Answers without receipts after which another try may help; what was taken after all is then a duplicate."""
ANOTHERS_FAULT = frozenset({401, 403, 404, 405, 407})
"""Answers about the key, the address or what lies between, as redirects are: the events are as good as they were."""
LONGEST_SHOWN = 300


class Http:
    """The platform at `url`, to which `/events` is added, with the key of one of the department's services, or a function that fetches it.

    A proxy is taken from the environment (`HTTPS_PROXY`, `NO_PROXY`). No redirect is followed: the key goes to the address it was given
    for, over TLS. Raises ValueError for an address without, and for one that ends in `/events`.
    """

    most_events = 100
    # A little less than the body may be, for the brackets and commas between the events.
    most_bytes = 1_000_000

    def __init__(self, *, url: str, key: str | Callable[[], str]) -> None:
        address = urlsplit(url)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in THIS_MACHINE):
            raise ValueError("the platform's address begins with https://: a key never travels without TLS, but on one's own machine")
        host, path = address.netloc.rpartition("@")[2], address.path.rstrip("/")
        if path.endswith("/events"):
            raise ValueError("the platform's address is the one before /events, which is added to it")
        self._url = f"{address.scheme}://{host}{path}/events"
        self._key = key

    def put(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """One request; more only where it was too large as a whole. Raises what the network raises."""
        key = self._fetched()
        if isinstance(key, Answer):
            return [key] * len(envelopes)
        body = f"[{','.join(envelope.text() for envelope in envelopes)}]".encode()
        status, after, answer = self._post(body, key)
        if status == TOO_LARGE and len(envelopes) > 1:
            return halves(self.put, envelopes)
        receipts = answer.get("receipts")
        if isinstance(receipts, list) and len(receipts) == len(envelopes):
            return [_answer(receipt, envelope, after) for receipt, envelope in zip(receipts, envelopes, strict=True)]
        return [_answer_without_receipts(status, answer, after)] * len(envelopes)

    def _fetched(self) -> str | Answer:
        """The key, without the line break that a file ends in; or what is wrong with it, which never shows it."""
        try:
            key = self._key if isinstance(self._key, str) else self._key()
        except ImportError:  # as the publisher does: no other try brings what is missing
            raise
        except Exception as failure:
            return Answer("again", (Problem("", f"the key could not be fetched ({type(failure).__name__})"),))
        if not isinstance(key, str) or not (key := key.strip()):
            return Answer("failed", (Problem("", "there is no key: it is a text that is not empty"),))
        if not (key.isascii() and key.isprintable()):
            return Answer("failed", (Problem("", "the key holds a character that no header can"),))
        return key

    def _post(self, body: bytes, key: str) -> tuple[int, float, dict[str, Any]]:
        # Imported when something is published: it brings TLS, and whoever imports this need not publish.
        from urllib.error import HTTPError, URLError
        from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

        class Staying(HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                """Go nowhere else: the answer is the redirect itself."""

        headers = {"Content-Type": BATCH, "X-Api-Key": key, "User-Agent": SPEAKER}
        request = Request(self._url, body, headers)  # noqa: S310  # checked above: https, or this machine
        # Without TLS a proxy would see the key.
        opener = build_opener(Staying) if request.type == "https" else build_opener(Staying, ProxyHandler({}))
        try:
            answer = opener.open(request, timeout=TIMEOUT)
        except HTTPError as other:
            answer = other
        except URLError as unreached:
            raise unreached.reason if isinstance(unreached.reason, Exception) else unreached from None
        with answer:
            return answer.status, _seconds(answer.headers.get("Retry-After")), _members(answer.read())


def _answer(receipt: dict[str, Any], envelope: Envelope, after: float) -> Answer:
    status = receipt.get("status")
    if status not in ("accepted", "duplicate", "checked", "refused") or receipt.get("id") != envelope.id:
        return Answer("again", (Problem("", "the platform's receipt could not be read"),))
    problems = _problems(receipt)
    if receipt.get("code") == "too_many_events":
        return Answer("again", problems, after=after)
    if receipt.get("code") == "id_already_used" and envelope.causationid:
        # Its id follows from its cause: what was taken is this, said at the cause's first delivery.
        return Answer("duplicate")
    return Answer(status, problems, receipt.get("trace"), _listed(receipt.get("warnings")))


def _answer_without_receipts(status: int, answer: dict[str, Any], after: float) -> Answer:
    """What an answer means that is one for all."""
    problems = _problems(answer) or (Problem("", f"the platform answered {status}"),)
    if status in COME_BACK or status >= 500:
        return Answer("again", problems, after=after)
    return Answer("failed" if status in ANOTHERS_FAULT or status < 400 else "refused", problems)


def _problems(answer: dict[str, Any]) -> tuple[Problem, ...]:
    """What the platform says is wrong: field by field where it does, else in one sentence."""
    if errors := answer.get("errors"):
        return _listed(errors)
    return (Problem("", str(answer["detail"])[:LONGEST_SHOWN]),) if "detail" in answer else ()


def _listed(said: Any) -> tuple[Problem, ...]:
    return tuple(Problem(str(one.get("field", "")), str(one.get("message", ""))[:LONGEST_SHOWN]) for one in said or ())


def _members(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isdigit() else 0
