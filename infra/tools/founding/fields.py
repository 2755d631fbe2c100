"""The fields of a new fact, as they are asked for: `harbour`, `reason:text`, `depth:number?`, `status:open|closed`, `quay=north-quay`.

A name alone is a text. A question mark makes a field optional, and after an equals sign stands what the sample says. The first field is
the key: it stands in addresses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.tools.failures import Failed
from schemas.grammar import FIELD_NAME

_SPECIFIED = re.compile(r"(?P<name>[^:?=]+)(:(?P<kind>[^?=]+))?(?P<optional>\?)?(=(?P<sample>.+))?")
MOST_OF_A_KEY = 63
KEY_FORM = f"^[A-Za-z0-9][A-Za-z0-9.-]{{0,{MOST_OF_A_KEY - 1}}}$"
"""What may stand in an address."""

_KINDS: Mapping[str, tuple[Mapping[str, Any], Any]] = {
    "text": ({"type": "string", "minLength": 1, "maxLength": 1000}, None),
    "number": ({"type": "number"}, 12.5),
    "integer": ({"type": "integer"}, 12),
    "yes-no": ({"type": "boolean"}, True),
    "date": ({"type": "string", "format": "date"}, "2026-11-26"),
    "time": ({"type": "string", "format": "date-time"}, "2026-11-26T09:30:00Z"),
}
"""Each kind's schema, and what a sample says of it."""


@dataclass(frozen=True)
class Field:
    """A field of a fact: its kind, or all that it may be."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    optional: bool = False
    given: str = ""

    @property
    def words(self) -> str:
        """Its name as people read it: `closedUntil` and `closed-until` are `closed until`."""
        return spoken(self.name)

    def schema(self, *, key: bool) -> dict[str, Any]:
        """What its values are."""
        title = {"title": self.words.capitalize()}
        if self.choices:
            return {**title, "enum": list(self.choices)}
        return {**title, **({"type": "string", "pattern": KEY_FORM} if key else _KINDS[self.kind][0])}

    def sample(self, *, key: bool) -> Any:
        """A value of it."""
        if self.given:
            return self._read(self.given)
        if self.choices:
            return self.choices[0]
        usual = _KINDS[self.kind][1]
        if usual is not None:
            return usual
        return f"example-{self.name.lower().replace('_', '-')}"[:MOST_OF_A_KEY].rstrip("-") if key else f"An example of {self.words}."

    def _read(self, given: str) -> Any:
        match self.kind:
            case "number":
                return float(given)
            case "integer":
                return int(given)
            case "yes-no":
                return {"yes": True, "true": True, "no": False, "false": False}.get(given, given)
        return given


def read(specified: Sequence[str]) -> list[Field]:
    """The fields that are asked for. Raises Failed where one cannot be read."""
    found = [_field(one.strip()) for one in specified]
    names = [field.name for field in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Failed(f'The field "{twice}" is there twice.')
    if not found:
        raise Failed("Give a field at least: --field harbour --field reason:text.")
    key = found[0]
    if key.optional or key.kind != "text":
        raise Failed(f'The first field is the key, which is always there, and is a text: "{key.name}" is {_kind(key)}.')
    if key.given and not re.fullmatch(KEY_FORM, key.given):
        raise Failed(f'"{key.given}" cannot stand in an address: letters, digits, dots and hyphens.')
    return found


def spoken(name: str) -> str:
    """A name in words: `HarbourClosed` is `harbour closed`."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)).lower() or name


def _field(text: str) -> Field:
    found = _SPECIFIED.fullmatch(text)
    if not found or not re.fullmatch(FIELD_NAME, found["name"]):
        raise Failed(f'"{text}" is no field: it reads name, name:kind or name:kind?, as reason:text.')
    kind = found["kind"] or "text"
    choices = tuple(choice.strip() for choice in kind.split("|")) if "|" in kind else ()
    if not all(choices) or len(set(choices)) < len(choices):
        raise Failed(f'"{kind}" are no choices: each is a text, and another one, as open|closed.')
    if not choices and kind not in _KINDS:
        raise Failed(f'"{kind}" is no kind of field: there are {", ".join(_KINDS)}, and choices as open|closed.')
    field = Field(found["name"], "choice" if choices else kind, choices, bool(found["optional"]), found["sample"] or "")
    if field.given and not _fits(field):
        raise Failed(f'"{field.given}" is {f"none of {', '.join(choices)}" if choices else f"no {kind}"}, which the field {field.name} is.')
    return field


def _fits(field: Field) -> bool:
    """Whether the sample that was given is what the field's schema takes."""
    from schemas.registry import compiled  # a large library, which help need not wait for

    try:
        sample = field.sample(key=False)
    except ValueError:
        return False
    # JSON has neither NaN nor infinity.
    return not (isinstance(sample, float) and not math.isfinite(sample)) and compiled(field.schema(key=False)).is_valid(sample)


def _kind(field: Field) -> str:
    return "optional" if field.optional else f"a {field.kind}"
