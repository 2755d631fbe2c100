"""Signatures of webhooks (Standard Webhooks 1.0): `webhook-id`, `webhook-timestamp` and `webhook-signature`.

Each receiver's secret follows from the platform's pepper and the receiver's name (`webhook:<department>/<name>`, or another kind before the
colon), so that there is none to store or to leak from a table.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from functions.common import clock, keyring


def headers(name: str, message_id: str, body: bytes) -> dict[str, str]:
    """The three headers for one message to the receiver of this name, sent now."""
    timestamp = clock.epoch()
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(_secret(name), signed, hashlib.sha256)).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}


def shared_secret(name: str) -> str:
    """The secret as receivers' libraries take it: `whsec_…`."""
    return "whsec_" + base64.b64encode(_secret(name)).decode()


def _secret(name: str) -> bytes:
    return hmac.digest(keyring.pepper(), name.encode(), hashlib.sha256)
