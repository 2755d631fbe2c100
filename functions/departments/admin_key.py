"""The first key of all: who holds it makes the others. Its whole text stands in Secrets Manager and nowhere else."""

from __future__ import annotations

from functions.common import clients, keys
from functions.common.settings import setting
from functions.departments.services import ADMIN, ADMINISTRATION, NewKey, Service
from functions.departments.store import services as store

_WANTED = NewKey(name=ADMINISTRATION, type="live", scopes=[ADMIN, "notifications:manage"])


def ensure(administration: Service) -> None:
    """Let the admin secret hold a key that works. One that is revoked, or no key at all, is replaced.

    The secret is written first: if this ends between the two writes, the next deployment stores the key that the secret then holds.
    """
    key = _held(str(administration.id))
    known = store.find_key(key) if key else None
    if key is None or (known and known.revoked_at):
        key, known = keys.make(ADMINISTRATION, str(administration.id)), None
        clients.secrets().put_secret_value(SecretId=setting("ADMIN_SECRET"), SecretString=str(key))
    if known is None:
        _revoke_namesakes(administration)
        store.keep_key(administration, key, _WANTED)


def _held(service_id: str) -> keys.Key | None:
    client = clients.secrets()
    try:
        key = keys.parse(client.get_secret_value(SecretId=setting("ADMIN_SECRET")).get("SecretString", ""))
    except client.exceptions.ResourceNotFoundException:  # it has no value yet
        return None
    return key if key and key.service_id == service_id else None


def _revoke_namesakes(administration: Service) -> None:
    # A key whose text the secret does not hold any more is nobody's.
    for key in store.keys_of(str(administration.id)):
        if key.name == ADMINISTRATION and not key.revoked_at:
            store.revoke_key(administration, str(key.id))
