"""The way in from a department's own AWS account: PutEvents on the shared bus, in the role that the platform made for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from commonweal_events.doors import Answer, halves
from commonweal_events.envelope import Envelope
from commonweal_events.receipt import Problem

RETRYABLE = frozenset(
    {
        "InternalException",
        "InternalFailure",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"})
"""About the credentials: others are asked for, and the same is tried again."""
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "NotAuthorizedForDetailTypeException", "NotAuthorizedForSourceException"})
ROLE_LASTS = 3_600
RENEWED_BEFORE_END = 300
"""Seconds."""


class EventBridge:
    """The bus of this name or ARN. With `role`, an ARN, it is assumed first, and again before it ends.

    `client` makes an EventBridge client of what boto3's own is made of (a Region, credentials): for tests, and for those who have a
    session of their own.
    """

    most_events = 10
    most_bytes = 1_000_000

    def __init__(self, *, bus: str, role: str | None = None, client: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self._bus = bus
        self._role = role
        self._make = client or _client
        self._client: Any = None
        self._until = 0.0

    def put(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """One call of PutEvents; more only where EventBridge refuses a whole call for what may be one event's fault."""
        try:
            events = self._events()
        except Exception as failure:
            if (code := _code(failure)) not in DENIED:
                raise
            told = f"{self._role} may not be taken on from here ({code}): the department's file names the accounts that may"
            return [Answer("failed", (Problem("", told),))] * len(envelopes)
        return self._put(events, envelopes)

    def _put(self, events: Any, envelopes: Sequence[Envelope]) -> list[Answer]:
        entries = [self._entry(envelope) for envelope in envelopes]
        try:
            results = events.put_events(Entries=entries)["Entries"]
        except Exception as failure:
            code = _code(failure)
            if code in EXPIRED:
                self._client = None
            if code is None or code in RETRYABLE | EXPIRED:
                raise
            if len(envelopes) == 1:
                return [_refused(code, envelopes[0])]
            return halves(lambda some: self._put(events, some), envelopes)
        return [_answer(result, envelope) for result, envelope in zip(results, envelopes, strict=True)]

    def _entry(self, envelope: Envelope) -> dict[str, Any]:
        return {
            "EventBusName": self._bus,
            "Source": envelope.source,
            "DetailType": envelope.type,
            "Time": envelope.time,
            "Detail": envelope.text(),
        }

    def _events(self) -> Any:
        if self._client is None or (self._role and time.time() > self._until):
            # EventBridge takes events for a bus in that bus's own Region alone.
            region = self._bus.split(":")[3] if self._bus.startswith("arn:") else None
            self._client = self._make({"region_name": region, **self._credentials(region)})
        return self._client

    def _credentials(self, region: str | None) -> dict[str, str]:
        if self._role is None:
            return {}
        import boto3  # local: whoever imports this need not publish

        sts = boto3.client("sts", region_name=region)
        given = sts.assume_role(RoleArn=self._role, RoleSessionName="commonweal-events", DurationSeconds=ROLE_LASTS)["Credentials"]
        self._until = time.time() + ROLE_LASTS - RENEWED_BEFORE_END
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }


def _client(settings: dict[str, Any]) -> Any:
    import boto3  # local: as above
    from botocore.config import Config

    # The publisher tries again itself, and only what failed.
    return boto3.client("events", config=Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=10), **settings)


def _answer(result: dict[str, str], envelope: Envelope) -> Answer:
    code = result.get("ErrorCode")
    if not code:
        return Answer("accepted")
    if code in RETRYABLE:
        return Answer("again", (Problem("", f"EventBridge did not take it ({code})"),))
    return _refused(code, envelope)


def _refused(code: str, envelope: Envelope) -> Answer:
    if code in DENIED:
        return Answer("refused", (Problem("type", f"the role may not put {envelope.type} from {envelope.source} ({code})"),))
    return Answer("refused", (Problem("", f"EventBridge refused it ({code})"),))


def _code(failure: Exception) -> str | None:
    """AWS's code for a failure; None where AWS was not reached."""
    response = getattr(failure, "response", None)
    return str(response["Error"]["Code"]) if isinstance(response, dict) and "Error" in response else None
