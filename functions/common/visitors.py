"""Where a request comes from. An address is personal data: it is kept as a keyed hash alone, and for no longer than a limit needs it."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from functions.common import keyring

type Request = Mapping[str, Any]
"""An HTTP API event (payload 2.0)."""

HOME = 64
"""Leading bits of an IPv6 address that are one household's or one office's: the rest anybody there may choose."""


def address(request: Request) -> str:
    """The address that a request comes from; of IPv6 the network."""
    text = str(request["requestContext"]["http"].get("sourceIp", ""))
    if os.environ.get("BEHIND_EDGE"):
        # The edge writes its visitor's address last, and the API that of the edge after it. What stands before is the visitor's own claim.
        forwarded = _forwarded(request)
        text = forwarded[-2] if len(forwarded) > 1 else text
    try:
        found = ip_address(text)
    except ValueError:
        return "unknown"
    return str(IPv6Address(int(found) >> HOME << HOME)) if isinstance(found, IPv6Address) else str(found)


def pseudonym(text: str, purpose: str) -> str:
    """What stands in a table in the place of an address, of a connection or of a person: nobody without the pepper can tell whose it is."""
    return hmac.digest(keyring.pepper(), f"{purpose}:{text}".encode(), hashlib.sha256).hex()[:32]


def _forwarded(request: Request) -> list[str]:
    headers = request.get("headers") or {}
    given = next((value for name, value in headers.items() if name.lower() == "x-forwarded-for"), "")
    return [part.strip() for part in given.split(",") if part.strip()]
