"""Claim checks: data over 200 KB waits in S3 under its own hash, and the event carries the address (CloudEvents `dataref`)."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from functions.common import clients, clock
from functions.common.failures import Invalid
from functions.common.settings import setting
from schemas.envelope import CloudEvent, instant

LARGEST_INLINE = 200_000
"""Bytes of data that travel inside an event."""
KEPT_FOR = timedelta(days=400)
"""Longer than the archive keeps an event whose type asks for no time of its own, so that a replay finds its data."""


def leave(envelope: CloudEvent) -> CloudEvent:
    """The event as it travels: with its data where that is small, else with the claim check of an object this call has written."""
    raw = json.dumps(envelope.data, separators=(",", ":"), ensure_ascii=False).encode()
    if len(raw) <= LARGEST_INLINE:
        return envelope
    digest = hashlib.sha256(raw).hexdigest()
    from functions.common import declarations  # large data is rare, and most that write need nothing declared

    bucket, kept = setting("CLAIMS"), declarations.kept_for(envelope.type)
    # The bucket lets what is under a number of days go when these are over.
    key = f"claims/{kept.days:03}/{digest}" if kept else f"claims/{digest}"
    clients.s3().put_object(Bucket=bucket, Key=key, Body=raw, ContentType="application/json")
    expires = instant(clock.now() + (kept or KEPT_FOR))
    return envelope.model_copy(update={"data": None, "dataref": f"s3://{bucket}/{key}", "datasha256": digest, "dataexpires": expires})


def collect(envelope: CloudEvent) -> CloudEvent:
    """The event with its data, fetched where it left a claim check. Invalid where the object is another bucket's or not what was left."""
    if envelope.dataref is None or envelope.data is not None:
        return envelope
    bucket = setting("CLAIMS")
    prefix = f"s3://{bucket}/claims/"
    if not envelope.dataref.startswith(prefix):
        raise Invalid("is not a claim check of this platform", "dataref")
    raw = clients.s3().get_object(Bucket=bucket, Key=envelope.dataref.removeprefix(f"s3://{bucket}/"))["Body"].read()
    if hashlib.sha256(raw).hexdigest() != (envelope.model_extra or {}).get("datasha256"):
        raise Invalid("does not hold the data that was left there", "dataref")
    return envelope.model_copy(update={"data": json.loads(raw)})
