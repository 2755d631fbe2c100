"""The form of a key, `<name>-<service uuid>-<secret uuid>`, and what the keys table keeps of its secret."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from uuid import uuid4

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_FORM = re.compile(rf"(?:(?P<name>[!-~]{{0,64}})-)?(?P<service>{_UUID})-(?P<secret>{_UUID})")


@dataclass(frozen=True)
class Key:
    """A whole key, as it is shown once to whoever made it. Its text is `str(key)`; its `repr` keeps the secret to itself."""

    name: str
    service_id: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.name}-{self.service_id}-{self.secret}"


def make(name: str, service_id: str) -> Key:
    """A new key of a service, with 122 bits of chance in its secret."""
    return Key(name, service_id, str(uuid4()))


def parse(text: str) -> Key | None:
    """The parts of a key; None for what is none. The name may hold hyphens, or be missing: ids are read from the end."""
    found = _FORM.fullmatch(text)
    return Key(found["name"] or "", found["service"], found["secret"]) if found else None


def fingerprint(pepper: bytes, key: Key) -> str:
    """HMAC-SHA-256 of the secret, bound to its service, so that a hash copied to another service opens nothing."""
    return hmac.new(pepper, f"{key.service_id}:{key.secret}".encode(), hashlib.sha256).hexdigest()
