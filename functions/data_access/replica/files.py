"""The files of replicas: in a folder that is this process's own, and no older than it."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

from functions.common import clients
from functions.common.log import logger
from functions.common.settings import setting
from functions.data_access.store import snapshots

PREFIX = "commonweal-replicas-"
NAME = "replica.sqlite"
CHUNK = 1 << 20
TRIES = 2

_LOCK = "lock"


@cache
def folder() -> Path:
    """A folder for this process. What processes have left that were killed is removed: it cannot be told how far they came."""
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    for lock in made.parent.glob(f"{PREFIX}*/{_LOCK}"):
        if _lock(lock):
            shutil.rmtree(lock.parent, ignore_errors=True)
    # Seen by others only once it is locked.
    new = made / "new"
    new.touch()
    _lock(new)
    new.rename(made / _LOCK)
    return made


def fetch(register: str, snapshot: snapshots.Snapshot, to: Path) -> bool:
    """Download the replica of a snapshot; whether it is there and whole. A broken one is fetched once more."""
    wanted = snapshot.file(NAME)
    for _ in range(TRIES if wanted else 0):
        if wanted and _download(snapshots.address(register, snapshot.number, NAME), to) == wanted.sha256:
            return True
        logger.warning("a snapshot's replica is not what was recorded", register=register, entry_number=snapshot.number)
    remove(to)
    return False


def remove(path: Path) -> None:
    """Remove a replica's file and those that SQLite keeps beside it. Who has it open reads on."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def size(path: Path) -> int:
    """How many bytes a replica takes on the disk."""
    both = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in both if file.exists())


def digest(path: Path) -> str:
    """The sha-256 of a file's bytes, in hexadecimal."""
    made_of = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            made_of.update(chunk)
    return made_of.hexdigest()


def _download(key: str, to: Path) -> str:
    client, made_of = clients.s3(), sha256()
    try:
        body = client.get_object(Bucket=setting("BUCKET"), Key=key)["Body"]
    except client.exceptions.NoSuchKey:
        return ""
    with to.open("wb") as file:
        for chunk in body.iter_chunks(CHUNK):
            file.write(chunk)
            made_of.update(chunk)
    return made_of.hexdigest()


def _lock(file: Path) -> bool:
    """Take the lock on a file, unless a living process has it: it is held as long as this process is there."""
    try:
        held = file.open("r+")
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    _held.append(held)
    return True


_held: list[object] = []
