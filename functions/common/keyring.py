"""A service's keys as the keys table holds them: `functions/departments` writes them, this reads them.

One partition for each service: an item `service` (department, suspended_at), and one `key#<key id>` for each key (type, scopes,
fingerprint, ciphertext, revoked_at, not_after, and `unverified` while whoever asked for it has not shown that the address given is theirs).
A keyring is kept for at most two seconds, so that a revoked key is refused everywhere within two seconds. A service that is not there is
never remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from functions.common import clients, clock, sealing
from functions.common.recent import Recent
from functions.common.settings import setting
from functions.common.table import Item, Table

_table = Table("KEYS_TABLE")
_kept: Recent[str, Keyring] = Recent()


@dataclass(frozen=True)
class KeptKey:
    """A key as it is stored: enough to recognise it, not enough to use it."""

    key_id: str
    type: str
    scopes: frozenset[str]
    fingerprint: str
    ciphertext: bytes | None
    revoked: bool
    not_after: str | None
    unverified: bool = False

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.not_after is not None and self.not_after <= clock.stamp()


@dataclass(frozen=True)
class Keyring:
    """A service, whose it is, whether it is suspended, and all its keys.

    Requests are counted for its `holder`, who may have several services: in an hour as many as `per_hour` says, where it says any.
    """

    service_id: str
    department: str
    suspended: bool
    keys: tuple[KeptKey, ...]
    holder: str = ""
    per_hour: int | None = None


def look_up(service_id: str) -> Keyring | None:
    """The keyring of a service, at most two seconds old. One read, or none."""
    return _kept.get(service_id, lambda: _read(service_id))


def read(service_id: str) -> Keyring | None:
    """The keyring of a service as it is now. None where there is no such service."""
    return _kept.renew(service_id, lambda: _read(service_id))


def find(service_id: str, matches: Callable[[Keyring], KeptKey | None]) -> tuple[Keyring, KeptKey] | None:
    """The key of a service that matches. A keyring without it is read again first: the key may be a moment old."""
    for get in (look_up, read):
        keyring = get(service_id)
        if keyring is None:
            return None
        if key := matches(keyring):
            return keyring, key
    return None


def secret(service_id: str, key: KeptKey) -> str | None:
    """The secret itself, of a key whose scopes need it. None for any other."""
    # It is kept opened past two seconds: whether a key still opens anything is told by its keyring, not by its secret.
    return sealing.unseal(key.ciphertext, binding(service_id)) if key.ciphertext else None


@cache
def pepper() -> bytes:
    """What fingerprints are keyed with. It is not in the table."""
    return clients.secrets().get_secret_value(SecretId=setting("PEPPER_SECRET"))["SecretString"].encode()


def partition(service_id: str) -> str:
    """Where a service and its keys stand."""
    return f"service#{service_id}"


def binding(service_id: str) -> dict[str, str]:
    """The encryption context that ties a ciphertext to its service."""
    return {"service": service_id}


def _read(service_id: str) -> Keyring | None:
    items = list(_table.every(partition(service_id), consistent=True))
    service = next((item for item in items if item["sk"] == "service"), None)
    if service is None:
        return None
    return Keyring(
        service_id,
        department=service["department"],
        suspended="suspended_at" in service,
        keys=tuple(_key(item) for item in items if item["sk"].startswith("key#")),
        holder=service.get("holder", service_id),
        per_hour=service.get("per_hour"),
    )


def _key(item: Item) -> KeptKey:
    return KeptKey(
        key_id=item["key_id"],
        type=item["type"],
        scopes=frozenset(item["scopes"]),
        fingerprint=item["fingerprint"],
        ciphertext=item.get("ciphertext"),
        revoked="revoked_at" in item,
        not_after=item.get("not_after"),
        unverified=item.get("unverified", False),
    )
