"""What is too much for one answer, as a file: made once for each size of a register, kept for a day, had from S3 by a signed address."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable
from typing import IO, Any

from aws_lambda_powertools.event_handler import Response

from functions.common import clients
from functions.common.failures import Refusal
from functions.common.settings import setting
from functions.data_access import signed
from functions.data_access.answers import LARGEST_ANSWER, octets

MOST_ENTRIES = 200_000
"""Entries of one file: what a function writes before its caller has waited too long."""
MOST_UNASKED = 2_000
"""Entries of a file that is made at once, without a look whether it was made before."""
ADDRESS_LASTS = 300
"""Seconds in which a download can be begun at its signed address."""
CACHED = "private, max-age=60"

type Write = Callable[[IO[bytes]], None]


def download(register: str, name: str, media_type: str, count: int, write: Write) -> Response[Any]:
    """A file of so many entries: as the answer where it fits into one, else as a redirect to where it stands.

    Refuses with 400 what is too much for one file.
    """
    if count > MOST_ENTRIES:
        ranges = f"/registers/{register}/download-rsf/0/{MOST_ENTRIES} and so on"
        raise Refusal(400, f"There are {count} entries, and a file holds {MOST_ENTRIES}: take them in ranges, {ranges}.", code="too_large")
    if count > MOST_UNASKED and _stands(register, name):
        return _redirect(register, name)
    headers = {"Cache-Control": CACHED, "Content-Disposition": signed.attached(name)}
    with tempfile.TemporaryFile() as file:
        write(file)
        size = file.tell()
        file.seek(0)
        if size <= LARGEST_ANSWER:
            return octets(media_type, file.read(), headers)
        clients.s3().upload_fileobj(file, setting("BUCKET"), _key(register, name), ExtraArgs={"ContentType": media_type})
    return _redirect(register, name)


def text(lines: Iterable[str]) -> Write:
    """A file of lines."""

    def write(file: IO[bytes]) -> None:
        file.writelines(line.encode() for line in lines)

    return write


def archive(members: Iterable[tuple[str, str]]) -> Write:
    """A zip of members: their names and their text. The same members give the same bytes."""

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
            for name, member in members:
                made.writestr(zipfile.ZipInfo(name), member, zipfile.ZIP_DEFLATED)

    return write


def _stands(register: str, name: str) -> bool:
    from botocore.exceptions import ClientError  # here, as everything of boto3: importing a handler must cost little

    try:
        clients.s3().head_object(Bucket=setting("BUCKET"), Key=_key(register, name))
    except ClientError:  # to whoever may not list a bucket, S3 says that an object is forbidden where it is not there
        return False
    return True


def _redirect(register: str, name: str) -> Response[Any]:
    address = signed.to_read(_key(register, name), ADDRESS_LASTS, name=name)
    return Response(302, headers={"Cache-Control": CACHED, "Location": address})


def _key(register: str, name: str) -> str:
    return f"downloads/{register}/{name}"
