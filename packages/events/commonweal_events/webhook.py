"""Hear by a webhook: what the platform posts, signed as Standard Webhooks 1.0 says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping

from commonweal_events.envelope import Envelope
from commonweal_events.failures import Invalid

PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds between the clocks of sender and receiver: what is older may be somebody else's copy."""
LONGEST_TIME = 12
"""Digits."""


def verified(headers: Mapping[str, str], body: bytes, *secrets: str, clock: Callable[[], float] = time.time) -> Envelope:
    """The event in a request, where it was signed with one of these secrets (`whsec_…`) within the last five minutes.

    The body is taken as it came, before anybody parses it. Raises Invalid: answer with 400, and the platform tries again later. The same
    event may come twice, and is known by its `key`. Raises ValueError for a secret that is none, or where none is given, and TypeError for
    a body that is no bytes.
    """
    if not isinstance(body, bytes):
        raise TypeError(f"the body is of the type {type(body).__name__}: it is signed as the bytes that came")
    if not secrets:
        raise ValueError("no secret is given, by which to know the sender")
    said = {name.lower(): value for name, value in headers.items()}
    identity, timestamp, signatures = (said.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not timestamp.isdecimal() or len(timestamp) > LONGEST_TIME or abs(clock() - int(timestamp)) > TOLERANCE:
        raise Invalid("is not a time of the last five minutes", "webhook-timestamp")
    signed = f"{identity}.{timestamp}.".encode() + body
    expected = [_signature(secret, signed) for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in signatures.split() for other in expected):
        raise Invalid("is of none of the secrets", "webhook-signature")
    return Envelope.parse(body)


def _signature(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError(f"a secret is none: it is {PREFIX} and base64") from None
    if not key:
        raise ValueError("a secret is empty, and anybody could have signed with it")
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
