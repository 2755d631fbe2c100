"""Check what a register says about itself, offline: is this entry in the log that this root hash covers, and has the log only grown?

Pure and small, so that the same lines run in the register, in the command line and on a stranger's machine. RFC 6962 hashing, the
verification algorithms of RFC 9162 (2.1.3.2 and 2.1.4.2), and the leaf bytes of Open Registers v1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

PROOF_IDENTIFIER = "merkle:sha-256"
PREFIX = "sha-256:"
EMPTY_ROOT = sha256().digest()

LEAF_FIELDS = ("index-entry-number", "entry-number", "entry-timestamp", "key", "item-hash")
"""The order is part of the hash."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def leaf_bytes(entry: Mapping[str, object]) -> bytes:
    """What is hashed of an entry: its five fields, in their order, without white space. Raises KeyError when one is missing."""
    return json.dumps({name: entry[name] for name in LEAF_FIELDS}, separators=(",", ":"), ensure_ascii=False).encode()


def printed(digest: bytes) -> str:
    """A digest as registers write it: `sha-256:` and 64 hexadecimal digits."""
    return PREFIX + digest.hex()


def parsed(text: str) -> bytes:
    """The digest in `sha-256:…`. Raises ValueError when it is not one."""
    digest = bytes.fromhex(text.removeprefix(PREFIX))
    if not text.startswith(PREFIX) or len(digest) != sha256().digest_size:
        raise ValueError(f"{text} is not a sha-256 hash as registers write it")
    return digest


def verify_entry(entry: Mapping[str, object], entry_proof: Mapping[str, object], register_proof: Mapping[str, object]) -> bool:
    """Whether the entry is in the log that the register proof covers.

    What goes in is JSON as the register serves it: the one entry of `/entries/N`, `/proof/entries/N/SIZE/…` and `/proof/register/…`.
    Raises KeyError or ValueError where it is no such JSON.
    """
    path, size, root = entry_proof["merkle-audit-path"], register_proof["total-entries"], register_proof["root-hash"]
    if not isinstance(path, list) or not isinstance(size, int) or not isinstance(root, str):
        return False
    return verify_inclusion(
        leaf_hash(leaf_bytes(entry)), int(str(entry["entry-number"])) - 1, size, [parsed(step) for step in path], parsed(root)
    )


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash at `index` (from 0) is in the tree of `size` leaves under `root`."""
    if not 0 <= index < size:
        return False
    first, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            computed = node_hash(sibling, computed)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(smaller: int, larger: int, smaller_root: bytes, larger_root: bytes, nodes: Sequence[bytes]) -> bool:
    """Whether the tree of `smaller` leaves is the beginning of the tree of `larger` leaves."""
    if not 0 < smaller <= larger:
        return False
    if smaller == larger:
        return not nodes and smaller_root == larger_root
    steps = [smaller_root, *nodes] if smaller & (smaller - 1) == 0 else list(nodes)
    if len(steps) < 2:
        return False
    first, last = smaller - 1, larger - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = node_hash(new, step)
        first, last = first >> 1, last >> 1
    return last == 0 and old == smaller_root and new == larger_root
