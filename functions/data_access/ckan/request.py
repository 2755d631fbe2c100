"""The parameters of a call, from its query or from its body: JSON, form or multipart (contract 1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from functions.common import wire
from functions.common.failures import Refusal
from functions.data_access.ckan.failures import BadRequest

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
MOST_FIELDS = 10_000

_REFUSED = "Bad request: JSON Error: "


def from_query(raw: str) -> dict[str, Any]:
    """Parameters of an address: texts, and lists of them where a name is repeated."""
    try:
        return _mixed(parse_qsl(raw, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise BadRequest(f"Bad request: more than {MOST_FIELDS} parameters") from None


def from_body(body: bytes, content_type: str) -> dict[str, Any]:
    """Parameters of a body. Without one there are none."""
    media_type = content_type.split(";")[0].strip().lower()
    if media_type == MULTIPART:
        return _mixed(_parts(body, content_type))
    if not body:
        return {}
    if media_type == FORM:
        return _form(body)
    return _object(body)


def written_as_get() -> BadRequest:
    """A write that was asked for with GET."""
    return BadRequest(f"{_REFUSED}Invalid request. Please use POST method for your request")


def _form(body: bytes) -> dict[str, Any]:
    # What `curl -d '{…}'` sends calls itself a form: of one field without a value, whose name is the JSON.
    if body.lstrip().startswith(b"{"):
        return _object(body)
    return from_query(body.decode("utf-8", "replace"))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = wire.parse_json(body)
    except Refusal as refusal:
        raise BadRequest(f"{_REFUSED}Error decoding JSON data. Error: {refusal.message}") from None
    if not isinstance(found, dict):
        told = json.dumps(found, ensure_ascii=False)[:100]
        raise BadRequest(f"{_REFUSED}Request data JSON decoded to {told} but it needs to be a dictionary.")
    return found


def _parts(body: bytes, content_type: str) -> Iterable[tuple[str, str]]:
    # Local: no client sends files but to be told that there is no uploading here.
    from email.parser import BytesParser
    from email.policy import HTTP

    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        named: Mapping[str, str] = part["content-disposition"].params if part["content-disposition"] else {}
        if name := named.get("name"):
            content = part.get_payload(decode=True)
            yield name, named.get("filename") or (content.decode("utf-8", "replace") if isinstance(content, bytes) else "")


def _mixed(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found
