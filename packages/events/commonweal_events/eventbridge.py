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
        "ExpiredToken",
        "ExpiredTokenException",
        "InternalException",
        "InternalFailure",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "NotAuthorizedForDetailTypeException", "NotAuthorizedForSourceException"})
ROLE_LASTS = 3_600
RENEWED_BEFORE_END = 300
"""Seconds."""


class EventBridge:
    """The bus of this name or ARN. With `role`, an ARN, it is assumed first, and again before it ends.

    `client` makes an EventBridge client of temporary credentials: for tests, and for those who have a session of their own.
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
        entries = [self._entry(envelope) for envelope in envelopes]
        try:
            results = self._events().put_events(Entries=entries)["Entries"]
        except Exception as failure:
            code = _code(failure)
            if code is None or code in RETRYABLE:
                self._client = None
                raise
            if len(envelopes) == 1:
                return [_refused(code, envelopes[0])]
            return halves(self.put, envelopes)
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
            self._client = self._make(self._credentials())
        return self._client

    def _credentials(self) -> dict[str, Any]:
        if self._role is None:
            return {}
        import boto3  # local: whoever imports this need not publish

        sts = boto3.client("sts")
        given = sts.assume_role(RoleArn=self._role, RoleSessionName="commonweal-events", DurationSeconds=ROLE_LASTS)["Credentials"]
        self._until = time.time() + ROLE_LASTS - RENEWED_BEFORE_END
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }


def _client(credentials: dict[str, Any]) -> Any:
    import boto3  # local: as above
    from botocore.config import Config

    # The publisher tries again itself, and only what failed.
    return boto3.client("events", config=Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=10), **credentials)


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
