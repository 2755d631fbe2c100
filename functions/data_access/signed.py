"""Signed addresses of objects in the room's bucket: for a while, and for one thing, whoever has one may do it."""

from __future__ import annotations

from functions.common import clients
from functions.common.settings import setting


def to_read(key: str, seconds: int, *, name: str | None = None, media_type: str | None = None) -> str:
    """Where an object can be had for so many seconds: saved under a name, and as of a type, where they are given."""
    told = {"ResponseContentDisposition": attached(name)} if name else {}
    if media_type:
        told["ResponseContentType"] = media_type
    return clients.s3().generate_presigned_url("get_object", Params={"Bucket": setting("BUCKET"), "Key": key, **told}, ExpiresIn=seconds)


def to_write(key: str, seconds: int, *, size: int, media_type: str) -> str:
    """Where an object of so many bytes, and of this type, can be put for so many seconds."""
    held = {"Bucket": setting("BUCKET"), "Key": key, "ContentLength": size, "ContentType": media_type}
    return clients.s3().generate_presigned_url("put_object", Params=held, ExpiresIn=seconds)


def attached(name: str) -> str:
    """`Content-Disposition`: a file to save, under this name."""
    return f'attachment; filename="{name}"'
