"""CloudEvents 1.0 over HTTP (HTTP protocol binding §3): structured, binary and batched modes, into the members of the JSON format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from functions.common.failures import Refusal
from functions.common.wire import parse_json

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
LARGEST_BATCH = 100
"""Events that one request may hold."""

type Members = dict[str, Any]


def read(headers: Mapping[str, str], body: bytes) -> tuple[list[object], bool]:
    """The events of a request, and whether it was a batch. Refuses a request that is none of the three modes."""
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type == BATCHED:
        return _batch(parse_json(body)), True
    if media_type == STRUCTURED:
        return [parse_json(body)], False
    if "ce-specversion" in headers:
        return [_binary(headers, media_type, body)], False
    raise Refusal(
        415,
        f"content-type: send {STRUCTURED}, {BATCHED}, or application/json with ce- headers.",
        code="unsupported_media_type",
        field="content-type",
    )


def _batch(parsed: object) -> list[object]:
    if not isinstance(parsed, list):
        raise Refusal(400, "The body of a batch is an array of events.", code="not_a_batch")
    if len(parsed) > LARGEST_BATCH:
        raise Refusal(413, f"The batch holds {len(parsed)} events; {LARGEST_BATCH} are allowed.", code="batch_too_large")
    return parsed


def _binary(headers: Mapping[str, str], media_type: str, body: bytes) -> Members:
    # Without a content type, data is JSON (CloudEvents JSON format §3.1): the SDKs send none where the event has none.
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise Refusal(
            415,
            f"content-type: {media_type} is not JSON, which data here must be.",
            code="unsupported_media_type",
            field="content-type",
        )
    # Values are percent-encoded UTF-8 (§3.1.3.2).
    members: Members = {name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
    if media_type:
        members["datacontenttype"] = media_type
    if body:
        members["data"] = parse_json(body)
    return members
