"""A request's body, checked before anything reads it: size, media type, encoding, depth and numbers."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from functions.common.failures import Refusal

LARGEST_BODY = 1_000_000
"""Bytes of a body, where a room takes no other size."""
DEEPEST = 64
"""Levels of nesting that a JSON body may have."""
MOST_DIGITS = 400
"""Digits that a whole number may have: more than any number here needs, and few enough to read at once."""
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def body_bytes(event: Mapping[str, Any], limit: int) -> bytes:
    """The body of an HTTP API event (payload 2.0). Refuses one over `limit` bytes with 413."""
    body = event.get("body") or ""
    if len(body) > limit * 4 // 3 + 4:
        raise Refusal(413, f"The body is larger than {limit} bytes.", code="body_too_large")
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
    if len(raw) > limit:
        raise Refusal(413, f"The body is {len(raw)} bytes, larger than {limit}.", code="body_too_large")
    return raw


def check_media_type(headers: Mapping[str, str], accepted: tuple[str, ...]) -> None:
    """Refuses a body of another media type with 415. Without `accepted`, any will do."""
    given = headers.get("content-type", "").split(";")[0].strip().lower()
    if accepted and given not in accepted:
        raise Refusal(
            415,
            f"content-type: {given or 'none'} is not accepted; send {' or '.join(accepted)}.",
            code="unsupported_media_type",
            field="content-type",
        )


def parse_json(raw: bytes) -> object:
    """JSON as RFC 8259 has it: UTF-8, no NaN, no infinity, no key twice, no half characters, at most DEEPEST levels.

    Refuses all else with 400.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Refusal(400, f"The body is not UTF-8: byte {wrong.start} cannot be read.", code="invalid_encoding") from None
    if _depth(text) > DEEPEST:
        raise Refusal(400, f"The body is nested deeper than {DEEPEST} levels.", code="too_deep")
    try:
        parsed = json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole, object_pairs_hook=_once)
    except json.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}, column {wrong.colno}"
        raise Refusal(400, f"The body is not JSON: {wrong.msg} at {place}.", code="invalid_json") from None
    except ValueError as wrong:
        raise Refusal(400, f"The body is not JSON: {wrong}.", code="invalid_json") from None
    if _HALF_CHARACTER.search(text):
        _check_whole_characters(parsed)
    return parsed


def _check_whole_characters(parsed: object) -> None:
    # An escape may name half of a surrogate pair, which is no character and has no UTF-8: nothing that keeps or sends it could.
    try:
        json.dumps(parsed, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refusal(400, "The body holds half of a surrogate pair, which is no character.", code="invalid_encoding") from None


def _depth(text: str) -> int:
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    deepest = level = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            level += 1
            if level > DEEPEST:
                return level
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"{text[:20]}… is a number of {len(text)} digits, more than {MOST_DIGITS}")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has the same key twice")
    return members
