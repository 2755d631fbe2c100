"""Files for a department's own registers: where to send one, and what became of it.

The file goes straight to storage, at an address that is good for one hour and for the bytes that were announced; that it came is what
sets off its loading.
"""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from functions.common import auth, clock, declarations, ids
from functions.common.cause import current
from functions.common.failures import Refusal, Stale, nothing_here
from functions.common.http import Api, caller
from functions.data_access import signed
from functions.data_access.store import uploads as store
from functions.data_access.store.uploads import Format, Mode, Upload

LARGEST_FILE = 2_000_000_000
"""Bytes: what one function reads in half the time it has."""
GOOD_FOR = 3600
"""Seconds that an address to send a file to holds, and one to fetch its errors from."""

MEDIA_TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
"""What a file is sent as. Either may be gzip as well, which is told by its first bytes."""

uploads = Api("Uploads", scheme=auth.whole_key, scope="data:write")


class UploadRequest(BaseModel):
    """A file that is to come. With `replace`, records whose keys it lacks are removed; a `dry_run` only says what is wrong with it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Format = "csv"
    bytes: Annotated[int, Field(ge=1, le=LARGEST_FILE)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    mode: Mode = "upsert"
    dry_run: bool = False


@uploads.post("/datasets/<dataset>/uploads")
def request(dataset: str, wanted: UploadRequest) -> Response[Any]:
    """Announce a file. The answer says where to PUT it, and at which address to ask what became of it."""
    upload = Upload(
        id=ids.new(),
        register=_own(dataset),
        owner=caller().department,
        format=wanted.format,
        mode=wanted.mode,
        bytes=wanted.bytes,
        requested_at=clock.stamp(),
        correlation_id=current().correlation,
        dry_run=wanted.dry_run,
        sha256=wanted.sha256 or "",
    )
    store.request(upload)
    media_type = MEDIA_TYPES[upload.format]
    send = {
        "method": "PUT",
        "url": signed.to_write(store.address(upload.register, upload.id), GOOD_FOR, size=upload.bytes, media_type=media_type),
        "headers": {"Content-Type": media_type},
        "expires_in": GOOD_FOR,
    }
    return Response(201, "application/json", body={**_view(upload), "send": send}, headers={"Location": _address(upload)})


@uploads.get("/datasets/<dataset>/uploads/<upload_id>")
def show(dataset: str, upload_id: str) -> dict[str, Any]:
    """What became of a file: how far it was read, what it changed or, row by row, what is wrong with it."""
    return _view(_found(dataset, upload_id))


@uploads.delete("/datasets/<dataset>/uploads/<upload_id>")
def cancel(dataset: str, upload_id: str) -> Response[None]:
    """Expect a file no more."""
    try:
        store.cancel(_found(dataset, upload_id))
    except Stale:
        raise Refusal(409, "The file is there already.", code="conflict") from None
    return Response(204)


def _own(dataset: str) -> str:
    declared = declarations.register(dataset)
    # A register that is another's answers as if there were none.
    if declared is None or declared["department"] != caller().department:
        raise nothing_here()
    return dataset


def _found(dataset: str, upload_id: str) -> Upload:
    upload = store.find(_own(dataset), upload_id)
    if upload is None or upload.owner != caller().department:
        raise nothing_here()
    return upload


def _address(upload: Upload) -> str:
    return f"/datasets/{upload.register}/uploads/{upload.id}"


def _view(upload: Upload) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": upload.id,
        "dataset": upload.register,
        "state": upload.state,
        "format": upload.format,
        "mode": upload.mode,
        "dry_run": upload.dry_run,
        "requested_at": upload.requested_at,
        "bytes": upload.bytes,
        "bytes_read": upload.counts.read,
        "rows": upload.counts.rows,
        "unchanged": upload.counts.unchanged,
        "removed": upload.counts.removed,
        "faults": upload.counts.faults,
        "links": {"self": _address(upload)},
    }
    if upload.ended_at:
        shown["ended_at"] = upload.ended_at
    if upload.reason:
        shown["reason"] = upload.reason
    if upload.last >= upload.first > 0:
        shown["entries"] = {"first": upload.first, "last": upload.last}
    if upload.state == "refused" and upload.counts.faults:
        shown["links"]["errors"] = signed.to_read(store.errors_address(upload), GOOD_FOR)
    return shown
