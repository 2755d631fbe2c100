"""The links that developers are sent: signed, for one purpose, and good for a time. Whether one was used or closed, the store tells."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from functions.common import clock, ids, keyring

type Purpose = Literal["confirm", "account"]

GOOD_FOR: dict[Purpose, int] = {"confirm": 86_400, "account": 3_600}
"""Seconds. A link to confirm works once; one to an account as often as it is followed within its hour, or until it is closed."""


@dataclass(frozen=True)
class Link:
    """A link with this purpose, about a sign-up or a person. Its token is whole only where it was made."""

    purpose: Purpose
    about: str
    id: str
    expires: int
    token: str = ""


def make(purpose: Purpose, about: str) -> Link:
    """A new link, good from now on."""
    import jwt  # local: a page without a link needs none

    identity, expires = ids.new(), clock.epoch() + GOOD_FOR[purpose]
    claims = {"aud": purpose, "sub": about, "jti": identity, "exp": expires}
    return Link(purpose, about, identity, expires, jwt.encode(claims, _secret(), algorithm="HS256"))


def read(purpose: Purpose, token: str) -> Link | None:
    """The link of this token. None where it is not ours, for something else, or too old."""
    import jwt  # local: as above

    options = {"require": ["aud", "sub", "jti", "exp"], "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(token, _secret(), algorithms=["HS256"], audience=purpose, options=options)  # type: ignore[arg-type]  # its own dictionary type says no more
    except (jwt.InvalidTokenError, ValueError):
        return None
    # By our own clock, as everything here.
    if claims["exp"] <= clock.epoch():
        return None
    return Link(purpose, str(claims["sub"]), str(claims["jti"]), int(claims["exp"]), token)


def _secret() -> bytes:
    return hmac.digest(keyring.pepper(), b"links of developers", hashlib.sha256)
