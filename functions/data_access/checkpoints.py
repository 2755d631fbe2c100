"""Signed checkpoints: how large a register's log is and under which root hash, as a note that nobody can deny later.

C2SP's tlog-checkpoint and signed-note: three lines (origin, size, root hash), a blank one, and an Ed25519 signature. The log's origin is
also the name of its key. One key, which never leaves KMS, signs for every register of a stage.
"""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256

from functions.common import clients
from functions.common.settings import setting
from functions.data_access.registers import Head

_ED25519 = b"\x01"
_KEY_BYTES = 32

_newest: dict[str, tuple[int, bytes, str]] = {}
"""The note that this process signed last for each register, with its size and root."""


def checkpoint(register: str, head: Head) -> str:
    """The note for the register as it stands. Signed once in a process for each size; Ed25519 signs the same in the same way."""
    size, root, note = _newest.get(register, (-1, b"", ""))
    if (size, root) != (head.size, head.root):
        note = _signed(register, head)
        _newest[register] = head.size, head.root, note
    return note


def verifier_key(register: str) -> str:
    """What checkpoints of a register are verified with, in one line: name, hash and key (C2SP signed-note)."""
    name, key = origin(register), _public_key()
    return f"{name}+{_key_hash(name, key).hex()}+{_base64(_ED25519 + key)}"


def origin(register: str) -> str:
    """The log's own name: the stage's, never what a request calls it."""
    return f"{setting('LOG_ORIGIN')}/registers/{register}"


def _signed(register: str, head: Head) -> str:
    name = origin(register)
    text = f"{name}\n{head.size}\n{_base64(head.root)}\n"
    signature = clients.kms().sign(
        KeyId=setting("SIGNING_KEY"), Message=text.encode(), MessageType="RAW", SigningAlgorithm="ED25519_SHA_512"
    )["Signature"]
    return f"{text}\n— {name} {_base64(_key_hash(name, _public_key()) + signature)}\n"


@cache
def _public_key() -> bytes:
    # DER of an Ed25519 key ends with the key itself (RFC 8410 §4).
    return clients.kms().get_public_key(KeyId=setting("SIGNING_KEY"))["PublicKey"][-_KEY_BYTES:]


def _key_hash(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
