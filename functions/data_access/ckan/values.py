"""Parameters read as what they mean, whether they came as JSON or as the text of an address; errors in CKAN's words (contract 1.6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from functions.common import wire
from functions.common.failures import Refusal
from functions.data_access.ckan.failures import invalid_fields, missing

_TRUE = frozenset({"true", "yes", "t", "y", "1"})


def required(parameters: Mapping[str, Any], *names: str) -> str:
    """The first of these that is given, as text. Refuses under the first name where none is."""
    for name in names:
        if (value := parameters.get(name)) not in (None, ""):
            return plain(value, name)
    raise missing(names[0])


def plain(value: object, name: str) -> str:
    """A value that is to be one text."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise invalid_fields({name: f'invalid value "{_short(value)}"'})


def natural(parameters: Mapping[str, Any], name: str, default: int) -> int:
    """A whole number from nought on."""
    value = whole(parameters, name, default)
    if value < 0:
        raise invalid_fields({name: "Must be a natural number"})
    return value


def whole(parameters: Mapping[str, Any], name: str, default: int) -> int:
    """A whole number."""
    value = parameters.get(name)
    if value in (None, ""):
        return default
    try:
        if isinstance(value, str | int) and not isinstance(value, bool):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
    except ValueError:
        pass
    raise invalid_fields({name: ["Invalid integer", "Please enter an integer value"]})


def flag(parameters: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Yes or no; what is neither is no, as in CKAN."""
    value = parameters.get(name)
    if value in (None, ""):
        return default
    return value if isinstance(value, bool) else str(value).strip().lower() in _TRUE


def listed(value: object, name: str) -> list[str]:
    """A list of texts, or one text with commas between."""
    if value in (None, "", []):
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return [part.strip() for part in value]
    raise invalid_fields({name: "Not a string or list of strings"})


def structured(value: object, name: str) -> Any:
    """A dictionary or list, which an address holds as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return wire.parse_json(value.encode())
    except (Refusal, UnicodeEncodeError):
        raise invalid_fields({name: "Cannot parse JSON"}) from None


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:100]
