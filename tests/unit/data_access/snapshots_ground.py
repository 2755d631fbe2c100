"""A register of trees in the real log, whose snapshots are built: what tests of snapshots stand on."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from functions.common import clients, declarations
from functions.data_access.canonical import Item
from functions.data_access.dictionary import named
from functions.data_access.registers import Origin, checked_item
from functions.data_access.replica import Replica, kept
from functions.data_access.store import log, segments, snapshots
from schemas.platform import SnapshotBuilt
from tests.unit.data_access.conftest import DECLARED, Platform

TREES = {
    "department": "foreign-office",
    "title": "Trees",
    "description": "Trees of note.",
    "key": "tree",
    "licence": "Open Government Licence v3.0",
    "search": True,
    "fields": [
        {"field": "tree", "datatype": "string", "cardinality": "1", "required": True},
        {"field": "name", "datatype": "string", "cardinality": "1", "index": True},
        {"field": "height", "datatype": "number", "cardinality": "1"},
        {"field": "rings", "datatype": "integer", "cardinality": "1"},
        {"field": "felled", "datatype": "boolean", "cardinality": "1"},
        {"field": "planted", "datatype": "date", "cardinality": "1"},
        {"field": "names", "datatype": "string", "cardinality": "n"},
    ],
}
OAK: Item = {
    "tree": "T1",
    "name": "=1+1",
    "height": "12.5",
    "rings": "80",
    "felled": "false",
    "planted": "1946-03-01",
    "names": ["a;b", 'c"d'],
}
ELM: Item = {"tree": "T2", "name": 'a "quoted",\r\nname', "height": "2", "felled": "true"}


class Wood:
    """The register `tree`."""

    def append(self, key: str, item: Item) -> None:
        """Append an entry, as an event does."""
        declared = [field["field"] for field in declarations.compiled()["registers"]["tree"]["fields"]]
        version = f"{self.size:020}"
        log.append("tree", "foreign-office", key, checked_item(item, declared), Origin(str(uuid4()), "source", "root", version))

    def load(self, rows: Mapping[str, Item]) -> None:
        """Load many at once."""
        staged = segments.stage(
            "tree", ((key, json.dumps(item, sort_keys=True, separators=(",", ":")).encode()) for key, item in rows.items())
        )
        log.load("tree", "foreign-office", staged, Origin(str(uuid4()), "source", "root", f"{self.size:020}"))

    @property
    def size(self) -> int:
        """How many entries there are."""
        head = log.head("tree")
        return head.size if head else 0

    def newest(self) -> snapshots.Snapshot | None:
        """The newest snapshot."""
        return snapshots.newest("tree")

    def whole(self, snapshot: snapshots.Snapshot) -> bool:
        """Whether each file of a snapshot is in the bucket, as it was recorded."""
        return {file.name: file.sha256 for file in snapshot.files} == {name: _sha256(body) for name, body in self.files(snapshot).items()}

    def files(self, snapshot: snapshots.Snapshot) -> dict[str, bytes]:
        """The bytes of its files."""
        addresses = {file.name: snapshots.address("tree", snapshot.number, file.name) for file in snapshot.files}
        return {name: clients.s3().get_object(Bucket="tiles", Key=key)["Body"].read() for name, key in addresses.items()}

    def rows(self, current: Replica, table: str = "records") -> list[tuple[Any, ...]]:
        """What a replica has."""
        return current.connection.execute(f"SELECT * FROM {table} ORDER BY _id, _entry").fetchall()

    def said(self, platform: Platform) -> dict[str, Any]:
        """The one SnapshotBuilt that the table's stream would hand to the relay."""
        events = [event for row in platform.rows() if "outbox" in row for event in json.loads(row["outbox"]["S"])]
        [found] = [event for event in events if event["type"] == SnapshotBuilt.type_name()]
        read: dict[str, Any] = found
        return read


@pytest.fixture
def wood(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wood]:
    declared = copy.deepcopy(DECLARED)
    declared["registers"] = {"tree": TREES}
    monkeypatch.setattr(declarations, "compiled", lambda: declared)
    assert named("tree") is not None
    yield Wood()
    new_process()


def new_process() -> None:
    """What a new process begins with: no replica."""
    for register, one in list(kept._all.items()):
        kept._drop(register, one)


def calls_to_aws(before: Callable[[str], None], after: Callable[[str], None]) -> None:
    """Say each write to AWS, before it is made and when it was."""
    for client in (clients.dynamodb(), clients.s3()):
        client.meta.events.register("before-call", lambda model, **_: before(model.name))
        client.meta.events.register("after-call", lambda model, **_: after(model.name))


def _sha256(body: bytes) -> str:
    return sha256(body).hexdigest()
