"""Uploads: files that departments send to be loaded into a register, each from its request to what became of it.

`register#<name>#uploads` / `<id>`. A file is worked on under a claim with a lease; whatever became of it stands here for thirty days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal
from uuid import uuid4

from functions.common import clock
from functions.common.failures import Busy, Stale
from functions.common.table import ConditionFailed, Item, Said
from functions.data_access.registers import Range
from functions.data_access.store.table import at, attr, partition, table

KEPT = 30 * 86_400
"""Seconds that an upload can be asked about."""
LEASE = 930
"""Seconds that a claim holds: longer than a function lives."""
TRIES = 3
"""How often a file is begun: one that no function gets through is given up."""

type State = Literal["waiting", "checking", "checked", "loaded", "refused", "failed", "cancelled"]
"""Checked is what a dry run ends with."""
type Mode = Literal["upsert", "replace"]
type Format = Literal["csv", "ndjson"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a file was read: its bytes and rows; rows that change nothing, records that it removes, and what is wrong with it."""

    read: int = 0
    rows: int = 0
    unchanged: int = 0
    removed: int = 0
    faults: int = 0


@dataclass(frozen=True, slots=True)
class Upload:
    """What was asked for and, as far as it has come, what became of it."""

    id: str
    register: str
    owner: str
    format: Format
    mode: Mode
    bytes: int
    requested_at: str
    correlation_id: str
    dry_run: bool = False
    sha256: str = ""
    state: State = "waiting"
    counts: Counts = Counts()
    first: int = 0
    last: int = 0
    """The entries it made."""
    reason: str = ""
    """Why it was refused or given up, where no fault of a row says so."""
    ended_at: str = ""
    claim: str = ""

    @property
    def version(self) -> str:
        """The version that it gives what it changes: that of its request."""
        return f"{self.requested_at}#{self.id}"


def address(register: str, upload_id: str) -> str:
    """Where the file stands in the bucket."""
    return f"uploads/{register}/{upload_id}"


def errors_address(upload: Upload) -> str:
    """Where the file of its faults stands."""
    return f"refusals/{upload.register}/{upload.id}.csv"


def request(upload: Upload) -> None:
    """Expect a file."""
    row: Item = {name: value for name, value in asdict(upload).items() if value not in ("", 0, False) and name != "counts"}
    table.put(at(_key(upload.register, upload.id)) | row | {"expires_at": clock.epoch() + KEPT}, expect=attr("pk").not_exists())


def find(register: str, upload_id: str) -> Upload | None:
    """An upload, or None. One consistent read."""
    found = table.get(*_key(register, upload_id), consistent=True)
    return _parse(found) if found else None


def cancel(upload: Upload) -> None:
    """Expect its file no more. Raises Stale where it came already."""
    try:
        table.update(
            *_key(upload.register, upload.id),
            set={"state": "cancelled", "ended_at": clock.stamp()},
            expect=attr("state").eq("waiting"),
        )
    except ConditionFailed:
        raise Stale("its file is there already") from None


def claim(register: str, upload_id: str) -> Upload:
    """Begin to work on a file that came, alone.

    Raises Stale where nobody waits for it, or it is done with; Busy while another works on it.
    """
    now, token = clock.epoch(), uuid4().hex
    free = attr("claimed_until").not_exists() | attr("claimed_until").lt(now)
    expect = (attr("state").eq("waiting") | attr("state").eq("checking")) & free & (attr("tries").not_exists() | attr("tries").lt(TRIES))
    try:
        item = table.update(
            *_key(register, upload_id),
            set={"state": "checking", "claim": token, "claimed_until": now + LEASE},
            add={"tries": 1},
            expect=expect,
        )
    except ConditionFailed as failed:
        _explain(failed.item, now)
        give_up(_parse(failed.item))
        raise Stale("no function got through this file in time") from None
    return _parse(item)


def tell(upload: Upload, counts: Counts) -> None:
    """Say how far it has come, and go on holding the claim. Raises Stale where it ran out."""
    _update(upload, {**asdict(counts), "claimed_until": clock.epoch() + LEASE})


def end(upload: Upload, state: State, counts: Counts, *emits: Said, entries: Range | None = None, reason: str = "") -> None:
    """What became of it, and the events that this means. Raises Stale where the claim ran out."""
    made = {"first": entries.first, "last": entries.last} if entries else {}
    ended = {"state": state, "ended_at": clock.stamp(), "reason": reason or None, **asdict(counts), **made}
    _update(upload, ended, emits, remove=("claim", "claimed_until"))


def give_up(upload: Upload) -> None:
    """A file that no function gets through is worked on no more."""
    reason = "the file could not be read in the time there is: send it in several parts"
    ended = {"state": "failed", "ended_at": clock.stamp(), "reason": reason}
    table.update(*_key(upload.register, upload.id), set=ended, remove=("claim", "claimed_until"), expect=attr("state").eq("checking"))


def _explain(row: Item, now: int) -> None:
    if not row or row["state"] not in ("waiting", "checking"):
        raise Stale("nobody waits for this file")
    if row.get("claimed_until", 0) >= now:
        raise Busy("another works on this file")


def _update(upload: Upload, changed: Mapping[str, Any], emits: Sequence[Said] = (), remove: Sequence[str] = ()) -> None:
    try:
        table.update(*_key(upload.register, upload.id), set=changed, remove=remove, expect=attr("claim").eq(upload.claim), emits=emits)
    except ConditionFailed:
        raise Stale("another works on this file by now") from None


def _key(register: str, upload_id: str) -> tuple[str, str]:
    return partition(register, "uploads"), upload_id


def _parse(row: Item) -> Upload:
    counts = Counts(**{field.name: row.get(field.name, 0) for field in fields(Counts)})
    return Upload(**{field.name: row[field.name] for field in fields(Upload) if field.name in row}, counts=counts)
