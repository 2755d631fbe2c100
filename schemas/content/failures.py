"""Why a payload is not an edition of its type, in the shape the Publishing API answers with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from pydantic import ValidationError

_ATTRIBUTES = {
    "missing": "Required",
    "extra_forbidden": "AdditionalProperties",
    "link_type": "AdditionalProperties",
    "literal_error": "Enum",
    "string_pattern_mismatch": "Pattern",
    "string_too_short": "MinLength",
    "string_too_long": "MaxLength",
    "too_short": "MinItems",
    "too_long": "MaxItems",
    "value_error": "Format",
}
"""What JSON Schema calls the keyword that failed, for each kind of pydantic error; all others are of the wrong type."""


class Failure(TypedDict):
    """One failure: the schema, a JSON pointer to what is wrong, what is wrong with it, and the keyword that failed."""

    schema: str
    fragment: str
    message: str
    failed_attribute: str


class Unacceptable(Exception):
    """A payload is not what its content type accepts; `failures` says where and why, all of it."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__("; ".join(failure["message"] for failure in failures))
        self.failures = list(failures)


def failure(schema: str, location: Iterable[str | int], message: str, attribute: str) -> Failure:
    """One failure: what is wrong at a location in a payload, and the keyword that failed."""
    pointer = _pointer(location)
    return Failure(schema=schema, fragment=pointer, message=f"{pointer}: {message} (schema {schema})", failed_attribute=attribute)


def failures_of(schema: str, refused: ValidationError) -> list[Failure]:
    """The failures in a refusal of pydantic's. Values are not repeated: the pointer says where they stand."""
    return [
        failure(schema, error["loc"], _sentence(error["msg"]), _ATTRIBUTES.get(error["type"], "TypeV4"))
        for error in refused.errors(include_input=False, include_url=False, include_context=False)
    ]


def _pointer(location: Iterable[str | int]) -> str:
    # Names in brackets are pydantic's: the alternative that it tried, or that a key and not its value is wrong.
    members = [str(part) for part in location if not str(part).startswith(("(", "[key]"))]
    return "#/" + "/".join(member.replace("~", "~0").replace("/", "~1") for member in members)


_WORDS = (
    ("Value error, ", ""),
    ("Input should", "should"),
    ("String should", "should"),
    ("List should", "should"),
    ("Field required", "is required"),
    ("Extra inputs are not permitted", "is not a field of this content type"),
    (" or instance of ", "#"),
)


def _sentence(message: str) -> str:
    for pydantic_says, we_say in _WORDS:
        message = message.replace(pydantic_says, we_say)
    return message.replace("a valid dictionary", "an object").split("#")[0]
