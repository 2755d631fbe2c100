"""A key as GOV.UK Notify's clients use it."""

from __future__ import annotations

import time

import jwt

from functions.common.keys import parse


def notify_token(key: str) -> dict[str, str]:
    """The header with a JWT that this key signed, good for half a minute."""
    parsed = parse(key)
    assert parsed
    signed = jwt.encode({"iss": parsed.service_id, "iat": int(time.time())}, parsed.secret, algorithm="HS256")
    return {"authorization": f"Bearer {signed}"}
