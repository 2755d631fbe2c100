"""Letters that wait for a printer, which nobody on this machine is."""

import json
from dataclasses import dataclass
from typing import Any

PRINT = "print/"


@dataclass(frozen=True)
class Printed:
    """A letter as its manifest describes it; `key` is where its PDF is."""

    reference: str
    left_at: str
    postage: str
    pages: int
    key: str


def printed(s3: Any, bucket: str) -> list[Printed]:
    """Every letter that was left for the printer, newest first."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PRINT)
    keys = [found["Key"] for page in pages for found in page.get("Contents", []) if found["Key"].endswith(".json")]
    manifests = [(key, json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())) for key in keys]
    letters = [
        Printed(one["reference"], one["left_at"], one["postage"], one["pages"], f"{key.removesuffix('.json')}.pdf")
        for key, one in manifests
    ]
    return sorted(letters, key=lambda letter: letter.left_at, reverse=True)


def pdf(s3: Any, bucket: str, reference: str) -> bytes | None:
    """The PDF of a letter, or None where there is no such letter."""
    found = next((letter for letter in printed(s3, bucket) if letter.reference == reference), None)
    content: bytes | None = s3.get_object(Bucket=bucket, Key=found.key)["Body"].read() if found else None
    return content
