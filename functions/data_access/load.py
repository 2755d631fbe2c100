"""Load a file that a department sent into its register, all of it or none, once."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from functions.common.cause import Cause, because
from functions.common.consumer import consumes_messages
from functions.common.failures import Invalid, Stale
from functions.data_access import dictionary, loads
from functions.data_access.registers import Origin, Range
from functions.data_access.rows.standing import Standing
from functions.data_access.store import log, uploads
from functions.data_access.store.loading import loaded
from functions.data_access.store.uploads import Counts, Upload
from schemas.platform import DatasetLoaded, DatasetLoadRefused

_ADDRESS = re.compile(uploads.address(r"(?P<register>[a-z0-9-]+)", r"(?P<id>[0-9a-f-]{36})"))


@consumes_messages
def load(event: Any) -> None:
    """Read the file that S3 says has come, and append what it changes; or say what is wrong with it."""
    place = _ADDRESS.fullmatch(_key(event))
    if place is None:
        raise Stale("no upload has this address")
    upload = uploads.claim(place["register"], place["id"])
    with because(Cause(upload.correlation_id, upload.owner)):
        done = loaded(upload.register, upload.id)
        if done:
            _loaded(upload, upload.counts, done)
        else:
            _load(upload)


def _load(upload: Upload) -> None:
    known = dictionary.named(upload.register)
    if known is None:
        uploads.end(upload, "failed", upload.counts, reason="the register is declared no more")
        return
    read = loads.read(upload, known, Standing(upload.register, known))
    counts = read.counts
    if read.is_refused:
        loads.keep_errors(upload, read.tally.faults)
        said = DatasetLoadRefused(register_name=upload.register, upload_id=UUID(upload.id), rows=counts.rows, faults=counts.faults)
        uploads.end(upload, "refused", counts, *([] if upload.dry_run else [said]), reason=read.reason)
    elif upload.dry_run:
        uploads.end(upload, "checked", counts)
    else:
        # Told before it is done: whoever finds it done has nothing left to count.
        uploads.tell(upload, counts)
        origin = Origin(upload.id, DatasetLoaded.source_name(), upload.correlation_id, upload.version)
        _loaded(upload, counts, log.load(upload.register, upload.owner, read.staged, origin))


def _loaded(upload: Upload, counts: Counts, entries: Range) -> None:
    said = DatasetLoaded(
        register_name=upload.register,
        upload_id=UUID(upload.id),
        rows=counts.rows,
        unchanged=counts.unchanged,
        removed=counts.removed,
        appended=entries.last - entries.first + 1,
    )
    uploads.end(upload, "loaded", counts, said, entries=entries)


def _key(event: Any) -> str:
    try:
        return str(event["detail"]["object"]["key"])
    except (KeyError, TypeError):
        raise Invalid("names no object", "detail.object.key") from None
