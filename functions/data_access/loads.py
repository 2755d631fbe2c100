"""One uploaded file, from its bytes to entries of a register or to a list of what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter

from functions.common import clients, clock
from functions.common.settings import setting
from functions.data_access.dictionary import Dictionary
from functions.data_access.rows import csv_rows, ndjson_rows, text
from functions.data_access.rows.changes import Reading, Records, Tally
from functions.data_access.rows.checking import check
from functions.data_access.rows.raw import Fault
from functions.data_access.rows.seen import seen
from functions.data_access.rows.text import Unreadable
from functions.data_access.store import segments, uploads
from functions.data_access.store.segments import Staged
from functions.data_access.store.uploads import Counts, Upload

PIECE = 1_000_000
"""Bytes that are asked for at once."""
TOLD_EVERY = 5.0
"""Seconds between two words on how far a file has come."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How what a spreadsheet would take for a formula begins."""

_READERS = {"csv": csv_rows.read, "ndjson": ndjson_rows.read}


@dataclass(frozen=True)
class Read:
    """A file that was read to its end, or as far as it could be: what is staged of it, and what was counted."""

    staged: Staged
    tally: Tally
    counts: Counts
    reason: str = ""
    """Why it was read no further, or may not be loaded."""

    @property
    def is_refused(self) -> bool:
        """Whether none of it is to be loaded."""
        return bool(self.reason or self.tally.faults)


class Source:
    """An uploaded file as chunks, counted and hashed as they pass."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._digest = sha256()
        self.read = 0

    def chunks(self) -> Iterator[bytes]:
        """The file from its beginning."""
        key = uploads.address(self._upload.register, self._upload.id)
        for chunk in clients.s3().get_object(Bucket=setting("BUCKET"), Key=key)["Body"].iter_chunks(PIECE):
            self.read += len(chunk)
            self._digest.update(chunk)
            yield chunk

    @property
    def is_what_was_announced(self) -> bool:
        """Whether its hash is the one that was announced, where one was."""
        return self._upload.sha256 in ("", self._digest.hexdigest())


def read(upload: Upload, dictionary: Dictionary, records: Records) -> Read:
    """Read the whole file in bounded memory: check each row, and stage what it would change. Says on the way how far it is."""
    source, reason, staged = Source(upload), "", Staged(upload.register)
    with seen() as memory:
        reading = Reading(upload.register, dictionary, records, memory, replaces=upload.mode == "replace")
        lists = [field.name for field in dictionary.fields if field.many]
        rows = _READERS[upload.format](text.lines(source.chunks()), dictionary.names, lists)
        told = _telling(upload, source, reading.tally)
        try:
            changes = _each(reading.changes(check(rows, dictionary)), told)
            if upload.dry_run:
                deque(changes, maxlen=0)  # looked at, and not staged
            else:
                staged = segments.stage(upload.register, changes)
        except Unreadable as unreadable:
            reason = unreadable.message
    if not reason and not reading.tally.is_full and not source.is_what_was_announced:
        reason = "the file is not the one that was announced: its SHA-256 is another"
    return Read(staged, reading.tally, _counts(source, reading.tally), reason)


def keep_errors(upload: Upload, faults: Iterable[Fault]) -> None:
    """Write the file that says, in the order of the rows, what is wrong."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("row", "column", "value", "message"))
    writer.writerows(
        (fault.row, _plain(fault.column), _plain(fault.value), fault.message) for fault in sorted(faults, key=attrgetter("row"))
    )
    clients.s3().put_object(
        Bucket=setting("BUCKET"),
        Key=uploads.errors_address(upload),
        Body=out.getvalue().encode(errors="replace"),
        ContentType="text/csv;charset=UTF-8",
        ContentDisposition=f'attachment; filename="errors-{upload.id}.csv"',
    )


def _plain(cell: str) -> str:
    """What a spreadsheet shows, and does not run: this file is opened by people who did not write what stands in it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _telling(upload: Upload, source: Source, tally: Tally) -> Callable[[], None]:
    last = clock.now()

    def tell() -> None:
        nonlocal last
        if (clock.now() - last).total_seconds() < TOLD_EVERY:
            return
        last = clock.now()
        uploads.tell(upload, _counts(source, tally))

    return tell


def _counts(source: Source, tally: Tally) -> Counts:
    return Counts(source.read, tally.rows, tally.unchanged, tally.removed, len(tally.faults))


def _each[One](many: Iterable[One], tell: Callable[[], None]) -> Iterator[One]:
    for number, one in enumerate(many):
        if number % 1_000 == 0:
            tell()
        yield one
