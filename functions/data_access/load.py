"""Load a file that a department sent into its register, all of it or none, once."""

from __future__ import annotations

import re
from typing import Any

from functions.common.cause import Cause, because
from functions.common.consumer import consumes_messages
from functions.common.failures import Invalid, Stale
from functions.data_access import dictionary, loads
from functions.data_access.registers import Origin
from functions.data_access.rows.standing import Standing
from functions.data_access.store import log, uploads
from functions.data_access.store.uploads import Upload
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
        _load(upload)


def _load(upload: Upload) -> None:
    known = dictionary.named(upload.register)
    if known is None:
        uploads.end(upload, "failed", reason="the register is declared no more")
        return
    read = loads.read(upload, known, Standing(upload.register, known))
    counted = {
        "rows": read.tally.rows,
        "unchanged": read.tally.unchanged,
        "removed": read.tally.removed,
        "faults": len(read.tally.faults),
        "read": read.bytes,
    }
    if read.is_refused:
        loads.keep_errors(upload, read.tally.faults)
        said = DatasetLoadRefused(register_name=upload.register, upload_id=upload.id, faults=len(read.tally.faults), rows=read.tally.rows)
        uploads.end(upload, "refused", [said], reason=read.reason, **counted)
    elif upload.dry_run:
        uploads.end(upload, "checked", **counted)
    else:
        origin = Origin(upload.id, DatasetLoaded.source_name(), upload.correlation_id, upload.version)
        entries = log.load(upload.register, upload.owner, read.staged, origin)
        loaded = DatasetLoaded(
            register_name=upload.register,
            upload_id=upload.id,
            rows=read.tally.rows,
            unchanged=read.tally.unchanged,
            removed=read.tally.removed,
            appended=entries.last - entries.first + 1,
        )
        uploads.end(upload, "loaded", [loaded], first=entries.first, last=entries.last, **counted)


def _key(event: Any) -> str:
    try:
        return str(event["detail"]["object"]["key"])
    except (KeyError, TypeError):
        raise Invalid("names no object", "detail.object.key") from None
