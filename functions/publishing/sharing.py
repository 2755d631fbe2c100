"""Share links: a token that lets whoever has it see the drafts that carry its id (contract 1.11)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.common import clock, keyring

GOOD_FOR = timedelta(days=30)
"""How long a token works. Before that it ends where its id is taken out of the draft."""


@dataclass(frozen=True)
class Pass:
    """What a token lets see: the drafts of a department that carry this id."""

    department: str
    bypass_id: str


def token(shared: Pass) -> tuple[str, datetime]:
    """A JWT (HS256, the id as `sub`), and until when it works."""
    import jwt  # local: most of what is asked for has no token

    until = clock.now() + GOOD_FOR
    claims = {"iss": shared.department, "sub": shared.bypass_id, "exp": int(until.timestamp())}
    return jwt.encode(claims, _secret(), algorithm="HS256"), until


def read(token: str) -> Pass | None:
    """What a token lets see. None where it is not ours, or too old."""
    import jwt  # local: as above

    try:
        claims = jwt.decode(token, _secret(), algorithms=["HS256"], options={"require": ["iss", "sub", "exp"]})
    except jwt.InvalidTokenError:
        return None
    return Pass(str(claims["iss"]), str(claims["sub"]))


def _secret() -> bytes:
    return hmac.digest(keyring.pepper(), b"share links of drafts", hashlib.sha256)
