"""The verifier, in an interpreter that has nothing but Python: over what a register served, and over the same tampered with."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

import verify
from functions.common import clients
from functions.data_access import checkpoints, tiles
from functions.data_access.registers import Origin
from functions.data_access.store import log, segments
from schemas.proof import node_hash

from .conftest import Platform

VERIFIER = Path(verify.__file__)
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


class Kms:
    """A key that does not leave it, asked as KMS demands for Ed25519."""

    def __init__(self) -> None:
        self.signed = 0

    def sign(self, **asked: str | bytes) -> dict[str, bytes]:
        message = asked.pop("Message")
        assert asked == {"KeyId": "the-key", "MessageType": "RAW", "SigningAlgorithm": "ED25519_SHA_512"}
        assert isinstance(message, bytes)
        self.signed += 1
        return {"Signature": SECRET.sign(message)}

    def get_public_key(self, **asked: str) -> dict[str, bytes]:
        assert asked == {"KeyId": "the-key"}
        return {"PublicKey": SECRET.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)}


@pytest.fixture
def kms(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kms]:
    made = Kms()
    monkeypatch.setattr(clients, "kms", lambda: made)
    monkeypatch.setenv("SIGNING_KEY", "the-key")
    monkeypatch.setenv("LOG_ORIGIN", "registers.example")
    checkpoints._newest.clear()
    checkpoints._public_key.cache_clear()
    yield made
    checkpoints._newest.clear()
    checkpoints._public_key.cache_clear()


@pytest.fixture
def register(platform: Platform, kms: Kms) -> Platform:
    """300 entries, so that proofs cross a tile, and one more by an event."""
    rows = ((f"K{number}", f'{{"country":"K{number}","name":"Côte d’Ivoire"}}'.encode()) for number in range(300))
    log.load("country", "foreign-office", segments.stage("country", rows), Origin("load", "s", "c", "1"))
    platform.submit("GB", {"country": "GB"}, id="2")
    return platform


@pytest.fixture
def folder(register: Platform, tmp_path: Path) -> Path:
    """Everything that the verifier asks for, saved, with an earlier checkpoint."""
    saved: dict[str, bytes] = {}
    before = register.get("/registers/country/checkpoint").text
    (tmp_path / "earlier").write_text(before, "utf-8")
    register.submit("FR", {"country": "FR"}, id="3")
    fetch = verify._remembering(lambda name: register.get(f"/registers/country/{name}").body, saved)
    verify.verify(fetch, 300, since=before)
    for name, content in saved.items():
        (tmp_path / verify._file(name)).write_bytes(content)
    return tmp_path


def run(folder: Path, *more: str, number: int = 300) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-I", "-S", str(VERIFIER), str(folder), str(number), *more]
    return subprocess.run(asked, check=False, capture_output=True, text=True, timeout=60)


def test_a_stranger_with_nothing_but_python_is_convinced(folder: Path) -> None:
    done = run(folder, "--since", str(folder / "earlier"))
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["ok"] * 4
    assert "the checkpoint of registers.example/registers/country is signed: 302 entries, root hash sha-256:" in done.stdout
    assert "the log has only grown since it had 301 entries" in done.stdout


def test_what_is_saved_can_be_checked_again_with_a_key_that_is_known(folder: Path, tmp_path: Path) -> None:
    key = (folder / "checkpoint-key").read_text("utf-8")
    assert run(folder, "--save", str(tmp_path / "again"), "--key", key).returncode == 0
    done = run(tmp_path / "again", "--key", key)
    assert done.returncode == 0, done.stderr


TAMPERED = [
    ("entries-300", b"K299", b"K298", "entry 300 is not in the log"),
    ("entries-300", b'"entry-number":"300"', b'"entry-number":"299"', "asked for entry 300"),
    ("items-*", b"Ivoire", b"ivoire", "has not the hash"),
    ("checkpoint", b"\n302\n", b"\n303\n", "is not signed with this key"),
    ("checkpoint", b"\n302\n", b"\n3\n", "is not signed with this key"),
    ("checkpoint", "— registers".encode(), b"- registers", "is not signed with this key"),
    ("checkpoint", b"\n\n", b"\n", "is not a signed note"),
    ("checkpoint-key", b"registers.example/registers/country", b"registers.example/registers/area", "is not an Ed25519 key"),
    ("earlier", b"\n301\n", b"\n300\n", "is not signed with this key"),
    ("checkpoint-key", b"+", b"-", "the note or its key is not written as it must be|is not an Ed25519 key"),
    ("entries-300", b"[", b"", "cannot be checked"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), TAMPERED)
def test_what_was_tampered_with_is_found_out(folder: Path, file: str, old: bytes, new: bytes, told: str) -> None:
    [path] = folder.glob(file)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    done = run(folder, "--since", str(folder / "earlier"))
    assert (done.returncode, done.stdout) == (1, "")
    assert any(part in done.stderr for part in told.split("|")), done.stderr


@pytest.mark.parametrize("file", ["proof-entries-*", "proof-consistency-*"])
def test_a_hash_of_a_proof_that_was_changed_is_found_out(folder: Path, file: str) -> None:
    [path] = folder.glob(file)
    proof = json.loads(path.read_bytes())
    [member] = [name for name, value in proof.items() if isinstance(value, list)]
    proof[member][0] = "sha-256:" + "0" * 64
    path.write_text(json.dumps(proof))
    assert run(folder, "--since", str(folder / "earlier")).returncode == 1


def test_a_checkpoint_of_another_key_and_an_entry_that_is_not_there_are_found_out(folder: Path) -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    name = "registers.example/registers/country"
    key_hash = sha256(f"{name}\n".encode() + b"\x01" + other).hexdigest()[:8]
    done = run(folder, "--key", f"{name}+{key_hash}+{base64.b64encode(b'\x01' + other).decode()}")
    assert "is not signed with this key" in done.stderr
    assert "entry 303 is not among the 302" in run(folder, number=303).stderr
    assert run(folder, number=0).returncode == 1


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_published_signatures_hold_and_hold_for_nothing_else(public: str, message: str, signature: str) -> None:
    key, said, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.is_signed(key, said, signed)
    assert not verify.is_signed(key, said + b"x", signed)
    assert not verify.is_signed(key, said, signed[:-1])
    assert not verify.is_signed(bytes(31) + b"\xff", said, signed)
    # The same signature with its scalar a whole order larger: one message must not have two (RFC 8032 §5.1.7).
    larger = int.from_bytes(signed[32:], "little") + verify.ORDER
    assert not verify.is_signed(key, said, signed[:32] + larger.to_bytes(32, "little"))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511))
def test_any_signature_holds_and_none_with_a_bit_changed(secret: bytes, message: bytes, bit: int) -> None:
    signer = Ed25519PrivateKey.from_private_bytes(secret)
    public = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = signer.sign(message)
    assert verify.is_signed(public, message, signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verify.is_signed(public, message, bytes(changed))


def test_a_checkpoint_is_a_signed_note_and_the_same_for_the_same_size(register: Platform, kms: Kms) -> None:
    first = register.get("/registers/country/checkpoint")
    proof = register.get("/registers/country/proof/register/merkle:sha-256").json
    origin, size, root, blank, signature = first.text.splitlines()
    assert (origin, size, blank) == ("registers.example/registers/country", "301", "")
    assert base64.b64decode(root).hex() == proof["root-hash"].removeprefix("sha-256:")
    assert signature.startswith("— registers.example/registers/country ")
    assert first.headers["content-type"] == "text/plain;charset=UTF-8"
    assert register.get("/registers/country/checkpoint").text == first.text
    assert kms.signed == 1
    checkpoints._newest.clear()
    assert register.get("/registers/country/checkpoint").text == first.text
    register.submit("FR", {"country": "FR"}, id="4")
    assert register.get("/registers/country/checkpoint").text != first.text


def test_what_a_request_calls_the_site_is_not_what_is_signed(register: Platform) -> None:
    told = register.get("/registers/country/checkpoint", headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    assert told.text.startswith("registers.example/registers/country\n")


def test_an_empty_register_has_a_checkpoint_too(platform: Platform, kms: Kms) -> None:
    key = platform.get("/registers/area/checkpoint/key").text.strip()
    note = verify.open_note(platform.get("/registers/area/checkpoint").text, key)
    assert (note.size, note.root) == (0, sha256().digest())
    assert platform.get("/registers/nowhere/checkpoint").status == platform.get("/registers/nowhere/checkpoint/key").status == 404


def test_tiles_give_whoever_has_them_all_the_root_of_the_checkpoint(register: Platform) -> None:
    full = register.get("/registers/country/tile/0/000").body
    rest = register.get("/registers/country/tile/0/001.p/45").body
    above = register.get("/registers/country/tile/1/000.p/1").body
    assert (len(full), len(rest), len(above)) == (256 * 32, 45 * 32, 32)
    roots = [_root(full), _root(rest)]
    assert roots[0] == above
    proof = register.get("/registers/country/proof/register/merkle:sha-256").json
    assert node_hash(*roots).hex() == proof["root-hash"].removeprefix("sha-256:")
    assert register.get("/registers/country/tile/0/000.p/7").body == full[: 7 * 32]
    assert "immutable" in register.get("/registers/country/tile/0/000").headers["cache-control"]


@pytest.mark.parametrize(
    "place",
    [
        "0/001",
        "0/001.p/46",
        "0/002",
        "0/001.p/0",
        "0/000.p/257",
        "0/x000/000",
        "0/00",
        "0/-01",
        "1/001",
        "2/000.p/1",
        "9/000",
        "63/000.p/1",
        "0/000.p",
        "0/000/000",
        "0/../0/000",
        "0/x001/000",
        "0/000.p/007",
    ],
)
def test_a_tile_that_is_not_there_or_is_not_called_so_is_not_found(register: Platform, place: str) -> None:
    assert register.get(f"/registers/country/tile/{place}").status == 404


@given(st.integers(0, 10**14))
def test_a_tile_has_one_address(index: int) -> None:
    assert tiles.parse(tiles._grouped(index)) == (index, 256)
    assert tiles.parse(tiles._grouped(index) + ".p/5") == (index, 5)


def _root(hashes: bytes) -> bytes:
    """The root over any number of hashes in a row, as RFC 6962 §2.1 splits them."""
    count = len(hashes) // 32
    if count == 1:
        return hashes
    split = 32 * (1 << (count - 1).bit_length() - 1)
    return node_hash(_root(hashes[:split]), _root(hashes[split:]))
