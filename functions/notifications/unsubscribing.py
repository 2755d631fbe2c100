"""The link that ends an email: whom it unsubscribes stands in it, signed, so that it works for a year, when the email is long gone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from datetime import timedelta

from functions.common import clock, keyring
from functions.common.settings import setting

GOOD_FOR = timedelta(days=365)
"""How long a link works (contract 4)."""
_BYTES = 24
"""Of a signature: more than anybody can guess."""
_BARE = -zlib.MAX_WBITS
"""Compressed without a header and a checksum, which the signature makes needless."""


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a link unsubscribes: who was sent a notification of a service; and where they were on a list, whom of it."""

    service_id: str
    department: str
    notification_id: str
    list_name: str | None = None
    subscriber_id: str | None = None


def url(link: Link) -> str:
    """The address of the page on which somebody unsubscribes; a POST to it does it at once (RFC 8058)."""
    return f"{setting('PUBLIC_URL')}/unsubscribe/{link.notification_id}/{_token(link, int((clock.now() + GOOD_FOR).timestamp()))}"


def read(notification_id: str, token: str) -> Link | None:
    """The link of this token. None where it is not ours, not for this notification, or too old."""
    said, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(notification_id, said).encode()):
        return None
    packed = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
    service_id, department, until, list_name, subscriber_id = json.loads(zlib.decompress(packed, _BARE))
    if until < clock.epoch():
        return None
    return Link(service_id, department, notification_id, list_name, subscriber_id)


def _token(link: Link, until: int) -> str:
    members = [link.service_id, link.department, until, link.list_name, link.subscriber_id]
    # SES takes a header of at most 870 characters, and the name of a list may have 256 that are not ASCII.
    packed = zlib.compress(json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode(), level=9, wbits=_BARE)
    said = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    return f"{said}.{_signature(link.notification_id, said)}"


def _signature(notification_id: str, said: str) -> str:
    signed = hmac.digest(keyring.pepper(), f"unsubscribe:{notification_id}:{said}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed[:_BYTES]).decode()
