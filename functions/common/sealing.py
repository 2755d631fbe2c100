"""Secrets that must be had again, kept as ciphertexts that only their own context opens (KMS, under the platform's key)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from functions.common import clients
from functions.common.settings import setting

MOST_KEPT = 1_000
"""Opened secrets that one process holds at once."""


def seal(text: str, context: Mapping[str, str]) -> bytes:
    """A ciphertext of this text, bound to a context: whose it is, and what for. The context is no secret, and is not in it."""
    answer = clients.kms().encrypt(KeyId=setting("SEALING_KEY"), Plaintext=text.encode(), EncryptionContext=dict(context))
    return answer["CiphertextBlob"]


def unseal(ciphertext: bytes, context: Mapping[str, str]) -> str:
    """The text of a ciphertext, with the context that it was sealed with. One call to KMS, or none. Raises KMS's own error for another."""
    return _unsealed(ciphertext, tuple(sorted(context.items())))


def forget() -> None:
    """Drop every opened secret, as a new process begins."""
    _unsealed.cache_clear()


@lru_cache(maxsize=MOST_KEPT)
def _unsealed(ciphertext: bytes, context: tuple[tuple[str, str], ...]) -> str:
    return clients.kms().decrypt(CiphertextBlob=ciphertext, EncryptionContext=dict(context))["Plaintext"].decode()
