"""Check what a register says, without trusting it: this one file, and Python alone.

    python verify.py https://<site>/registers/<name> <entry number> [--key KEY] [--since FILE] [--save FOLDER]
    python verify.py <folder> <entry number> [--key KEY] [--since FILE]

It checks that the item has the hash that the entry names, that the entry is in the log which the signed checkpoint covers, that the
checkpoint is signed with KEY (a line as `/registers/<name>/checkpoint/key` gives it; without KEY, the one that is served is believed), and
with `--since`, an earlier checkpoint, that the log has only grown since. `--save` keeps everything that was read in a folder, from which
it can be checked again offline. Exits with 0 when all of it holds, with 1 when something does not.

RFC 6962 and RFC 9162 (Merkle trees), RFC 8032 (Ed25519), C2SP signed-note and tlog-checkpoint, and Open Registers v1 (leaves of entries).
"""

import argparse
import base64
import binascii
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256, sha512
from pathlib import Path
from typing import NamedTuple

LEAF_FIELDS = ("index-entry-number", "entry-number", "entry-timestamp", "key", "item-hash")
PROOF = "merkle:sha-256"

type Fetch = Callable[[str], bytes]
"""What stands at an address under the register's own."""


class Unproven(Exception):
    """Something does not hold; the text says what."""


class Checkpoint(NamedTuple):
    """What a signed note says: whose log, how many entries, under which root hash."""

    origin: str
    size: int
    root: bytes


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, tell and answer with the exit code."""
    asked = _parser().parse_args(arguments)
    saved: dict[str, bytes] = {}
    fetch = _remembering(_over_http(asked.where) if "://" in asked.where else _from_folder(Path(asked.where)), saved)
    try:
        for line in verify(fetch, asked.entry, asked.key, asked.since.read_text("utf-8") if asked.since else None):
            sys.stdout.write(f"ok: {line}\n")
    except Unproven as wrong:
        sys.stderr.write(f"not ok: {wrong}\n")
        return 1
    except (OSError, ValueError, LookupError, TypeError) as failure:
        sys.stderr.write(f"cannot be checked: {failure}\n")
        return 1
    for name, content in saved.items() if asked.save else ():
        (asked.save / _file(name)).parent.mkdir(parents=True, exist_ok=True)
        (asked.save / _file(name)).write_bytes(content)
    return 0


def verify(fetch: Fetch, number: int, key: str | None = None, since: str | None = None) -> list[str]:
    """All checks of one entry; answers with what holds. Raises Unproven."""
    key = (key or fetch("checkpoint/key").decode()).strip()
    note = open_note(fetch("checkpoint").decode(), key)
    told = [f"the checkpoint of {note.origin} is signed: {note.size} entries, root hash sha-256:{note.root.hex()}"]
    if not 1 <= number <= note.size:
        raise Unproven(f"entry {number} is not among the {note.size} that the checkpoint covers")
    [entry] = json.loads(fetch(f"entries/{number}"))
    if entry["entry-number"] != str(number):
        raise Unproven(f"asked for entry {number}, and was given entry {entry['entry-number']}")
    for item_hash in entry["item-hash"]:
        if f"sha-256:{sha256(fetch(f'items/{item_hash}')).hexdigest()}" != item_hash:
            raise Unproven(f"the item of entry {number} has not the hash {item_hash} that the entry names")
    told.append(f"the item of entry {number} ({entry['key']}, {entry['entry-timestamp']}) has the hash that the entry names")
    path = _hashes(fetch(f"proof/entries/{number}/{note.size}/{PROOF}"), "merkle-audit-path")
    if not is_included(leaf_hash(entry), number - 1, note.size, path, note.root):
        raise Unproven(f"entry {number} is not in the log that the checkpoint covers")
    told.append(f"entry {number} is in that log")
    if since is not None:
        told.append(_grown(fetch, open_note(since, key), note))
    return told


def _grown(fetch: Fetch, before: Checkpoint, now: Checkpoint) -> str:
    if before.origin != now.origin:
        raise Unproven(f"the earlier checkpoint is of another log, {before.origin}")
    if before.size > now.size:
        raise Unproven(f"the log had {before.size} entries and has {now.size} now")
    nodes: list[bytes] = []
    if 0 < before.size < now.size:
        nodes = _hashes(fetch(f"proof/consistency/{before.size}/{now.size}/{PROOF}"), "merkle-consistency-nodes")
    if before.size and not is_consistent(before.size, now.size, before.root, now.root, nodes):
        raise Unproven(f"the first {before.size} entries are not those that the earlier checkpoint covers")
    return f"the log has only grown since it had {before.size} entries"


def open_note(note: str, key: str) -> Checkpoint:
    """What a signed note says, when it is signed with the key (C2SP signed-note). Raises Unproven."""
    name, _, rest = key.partition("+")
    key_hash, _, encoded = rest.partition("+")
    kind, public = _unbase64(encoded)[:1], _unbase64(encoded)[1:]
    if kind != b"\x01" or len(public) != 32 or sha256(f"{name}\n".encode() + kind + public).hexdigest()[:8] != key_hash:
        raise Unproven("the key is not an Ed25519 key of a signed note")
    text, parted, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not parted or len(lines) < 3 or not lines[1].isdecimal():
        raise Unproven("the checkpoint is not a signed note")
    signed = f"{text}\n".encode()
    for line in signatures.splitlines():
        dash, by, signature = [*line.split(" "), "", ""][:3]
        raw = _unbase64(signature)
        if dash == "—" and by == name and raw[:4].hex() == key_hash and is_signed(public, signed, raw[4:]):
            break
    else:
        raise Unproven("the checkpoint is not signed with this key")
    if lines[0] != name:
        raise Unproven(f"the checkpoint is of {lines[0]}, and the key of {name}")
    return Checkpoint(lines[0], int(lines[1]), _unbase64(lines[2]))


def leaf_hash(entry: Mapping[str, object]) -> bytes:
    """The leaf of an entry: five fields, in this order, without white space."""
    leaf = json.dumps({name: entry[name] for name in LEAF_FIELDS}, separators=(",", ":"), ensure_ascii=False)
    return sha256(b"\x00" + leaf.encode()).digest()


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf at `index` (from 0) is in the tree of `size` leaves under `root` (RFC 9162, 2.1.3.2)."""
    first, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = _node(sibling, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = _node(found, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(smaller: int, larger: int, smaller_root: bytes, larger_root: bytes, nodes: Sequence[bytes]) -> bool:
    """Whether the tree of `smaller` leaves is the beginning of the tree of `larger` leaves (RFC 9162, 2.1.4.2)."""
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
            old, new = _node(step, old), _node(step, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = _node(new, step)
        first, last = first >> 1, last >> 1
    return last == 0 and old == smaller_root and new == larger_root


# Ed25519 (RFC 8032 §5.1): points in extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z. Nothing here is secret, so
# nothing needs to take the same time.
type Point = tuple[int, int, int, int]
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature of the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(scalar, BASE), _add(commitment, _times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _point(encoded: bytes) -> Point | None:
    """The point that 32 bytes stand for: y, and in the highest bit the sign of x."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _add(left: Point, right: Point) -> Point:
    a, b = (left[1] - left[0]) * (right[1] - right[0]) % P, (left[1] + left[0]) * (right[1] + right[0]) % P
    c, d = 2 * left[3] * right[3] * D % P, 2 * left[2] * right[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    product: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            product = _add(product, point)
        point, scalar = _add(point, point), scalar >> 1
    return product


def _base() -> Point:
    found = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    if found is None:
        raise ArithmeticError("the base point is not on the curve")
    return found


BASE = _base()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _hashes(proof: bytes, member: str) -> list[bytes]:
    return [bytes.fromhex(text.removeprefix("sha-256:")) for text in json.loads(proof)[member]]


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Unproven("the note or its key is not written as it must be") from None


def _over_http(base: str) -> Fetch:
    def fetch(name: str) -> bytes:
        asked = urllib.request.Request(f"{base.rstrip('/')}/{name}", headers={"Accept": "application/json, */*"})  # noqa: S310  # the caller says where
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310  # as above
                content: bytes = answer.read()
        except urllib.error.HTTPError as refused:
            raise LookupError(f"{asked.full_url} answers {refused.code}") from None
        return content

    return fetch


def _from_folder(folder: Path) -> Fetch:
    return lambda name: (folder / _file(name)).read_bytes()


def _remembering(fetch: Fetch, saved: dict[str, bytes]) -> Fetch:
    def remember(name: str) -> bytes:
        saved[name] = fetch(name)
        return saved[name]

    return remember


def _file(name: str) -> str:
    # Some systems allow no colon in the name of a file.
    return name.replace(":", "-").replace("/", "-")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Check an entry of a register, its proof and the signed checkpoint that covers it.")
    parser.add_argument("where", help="the address of the register, or a folder that --save has filled")
    parser.add_argument("entry", type=int, help="the number of the entry")
    parser.add_argument("--key", help="the key that must have signed, as a line; else the one that is served is believed")
    parser.add_argument("--since", type=Path, help="a file with an earlier checkpoint")
    parser.add_argument("--save", type=Path, help="a folder to keep what was read in")
    return parser


if __name__ == "__main__":
    sys.exit(main())
