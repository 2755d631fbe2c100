"""Build a snapshot of a register, when there is enough that the last one does not have.

Files first, and last of all the record of them: whatever happens on the way, the snapshot before is the newest one, and whole.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from functions.common import clients, clock
from functions.common.failures import Stale, Transient
from functions.common.settings import setting
from functions.data_access import replica
from functions.data_access.dictionary import Dictionary
from functions.data_access.exports.names import MEDIA_TYPES
from functions.data_access.exports.writing import export
from functions.data_access.registers import Head, timestamp
from functions.data_access.replica import files
from functions.data_access.store import log, snapshots
from functions.data_access.store.snapshots import File, Snapshot
from schemas.platform import SnapshotBuilt, SnapshotFile
from schemas.proof import printed

MOST_NEW = 1000
"""Entries that no snapshot has: with so many, one is due at once."""
OLDEST = timedelta(minutes=15)
"""How old the newest snapshot may get while there is anything new."""
LONGEST_TAIL = 1024
"""Entries in the tail with which it is cut into a segment first."""


def build_if_due(register: str, known: Dictionary) -> Snapshot | None:
    """Build a snapshot where one is due; gives it. Raises Transient where others are at the log, or the file store will not have it."""
    head, newest = log.head(register), snapshots.newest(register)
    return build(register, head, known) if head and _is_due(head, newest) else None


def build(register: str, head: Head, known: Dictionary) -> Snapshot | None:
    """Build the snapshot as at a head, with the register's dictionary, and say so; gives it.

    None where somebody has built that one or a newer one meanwhile.
    """
    if head.size - head.segmented >= LONGEST_TAIL:
        log.cut_tail(register)
    with replica.at_head(register, head, known) as current, tempfile.TemporaryDirectory(dir=files.folder()) as folder:
        if current.size != head.size:
            raise Transient(f"the replica of {register} is past entry {head.size} already")
        records = current.connection.execute("SELECT count(*) FROM records").fetchone()[0]
        kept = tuple(_kept(register, head.size, Path(folder), current))
        made, root = timestamp(clock.now()), printed(head.root)
        snapshot = Snapshot(head.size, made, records, root, current.dictionary.hash, kept)
    try:
        snapshots.record(register, snapshot, [_built(register, snapshot)])
    except Stale:
        return None
    return snapshot


def _is_due(head: Head, newest: Snapshot | None) -> bool:
    new = head.size - (newest.number if newest else 0)
    if newest is None or new >= MOST_NEW:
        return new > 0
    return new > 0 and clock.now() - datetime.fromisoformat(newest.made) >= OLDEST


def _kept(register: str, number: int, folder: Path, current: replica.Replica) -> Iterator[File]:
    for path in export(current, folder):
        yield _keep(snapshots.address(register, number, path.name), path)
        path.unlink()


def _keep(key: str, path: Path) -> File:
    """Put a file where nothing stands yet. What another builder has put there is as good, and stays as it is."""
    client, bucket = clients.s3(), setting("BUCKET")
    digest = files.digest(path)
    try:
        with path.open("rb") as body:
            client.put_object(
                Bucket=bucket,
                Key=key,
                Body=body,
                IfNoneMatch="*",
                ContentType=MEDIA_TYPES[path.name],
                CacheControl="public, max-age=31536000, immutable",
                ChecksumSHA256=base64.b64encode(bytes.fromhex(digest)).decode(),
                Metadata={"sha256": digest},
            )
    except client.exceptions.ClientError as refused:
        if refused.response["Error"]["Code"] not in ("PreconditionFailed", "412"):
            raise
        there = client.head_object(Bucket=bucket, Key=key)
        return File(path.name, there["ContentLength"], there["Metadata"]["sha256"])
    return File(path.name, path.stat().st_size, digest)


def _built(register: str, snapshot: Snapshot) -> SnapshotBuilt:
    return SnapshotBuilt(
        register_name=register,
        entry_number=snapshot.number,
        total_records=snapshot.records,
        root_hash=snapshot.root,
        files=[SnapshotFile(name=file.name, bytes=file.bytes, hash=f"sha-256:{file.sha256}") for file in snapshot.files],
    )
