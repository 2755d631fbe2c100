"""Which snapshots of a register there are: each as at an entry number, its files in the bucket, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from functions.common.failures import Stale
from functions.common.table import ConditionFailed, Item, Put, Said, absent
from functions.data_access.store.table import at, attr, partition, place, table


@dataclass(frozen=True, slots=True)
class File:
    """One file of a snapshot: its name, its size, and the sha-256 of its bytes in hexadecimal."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A register as at an entry number: when it was made, how many records there were, its root hash, and its files.

    `dictionary` is the hash of the data dictionary that the files follow.
    """

    number: int
    made: str
    records: int
    root: str
    dictionary: str
    files: tuple[File, ...]

    def file(self, name: str) -> File | None:
        """The file of this name."""
        return next((file for file in self.files if file.name == name), None)


def address(register: str, number: int, name: str) -> str:
    """Where a file of a snapshot stands in the bucket: in a folder of its own, since what Athena reads is folders."""
    return f"{folder(register)}{number}/{name}/{name}"


def folder(register: str) -> str:
    """Where the files of all snapshots stand."""
    return f"registers/{register}/snapshots/"


def newest(register: str) -> Snapshot | None:
    """The newest snapshot, or None. One read."""
    found = table.get(*_newest(register), consistent=True)
    return _parse(found) if found else None


def numbered(register: str, number: int) -> Snapshot | None:
    """The snapshot as at an entry number, or None. One read."""
    found = table.get(*_numbered(register, number))
    return _parse(found) if found else None


def nearest(register: str, number: int) -> Snapshot | None:
    """The newest snapshot that holds no entry past a number, or None. One query."""
    rows = table.query(partition(register, "snapshots"), after=place(number + 1), descending=True, limit=1).items
    return _parse(rows[0]) if rows else None


def listed(register: str, most: int = 100, before: int | None = None) -> list[Snapshot]:
    """At most so many snapshots, the newest first; those before an entry number, where one is given."""
    after = place(before) if before is not None else None
    return [_parse(row) for row in table.query(partition(register, "snapshots"), after=after, descending=True, limit=most).items]


def record(register: str, snapshot: Snapshot, emits: Sequence[Said] = ()) -> None:
    """Keep a snapshot whose files are written, and say so: last of all, and only where it is newer. Raises Stale."""
    row: Item = {**asdict(snapshot), "files": [asdict(file) for file in snapshot.files]}
    newer = absent() | attr("number").lt(snapshot.number)
    try:
        table.transact(
            Put(at(_newest(register)) | row, expect=newer),
            Put(at(_numbered(register, snapshot.number)) | row, emits=emits),
        )
    except ConditionFailed as failed:
        raise Stale(f"{register} has a snapshot as at entry {failed.item.get('number')}") from None


def _newest(register: str) -> tuple[str, str]:
    return partition(register), "snapshot"


def _numbered(register: str, number: int) -> tuple[str, str]:
    return partition(register, "snapshots"), place(number)


def _parse(row: Item) -> Snapshot:
    files = tuple(File(file["name"], file["bytes"], file["sha256"]) for file in row["files"])
    return Snapshot(row["number"], row["made"], row["records"], row["root"], row["dictionary"], files)
