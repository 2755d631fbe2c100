"""Find the schema of a type of event, and say in plain words what is wrong with an event's data.

The files are `schemas/<owner>/<Type>/<major>.<minor>.<patch>.json`: JSON Schema 2020-12, closed. A writer is held to
the file as it stands; a reader to the same schema opened (see `opening.py`). Each is compiled once, when first used.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.opening import Node, opened, walk

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

BUNDLED: tuple[str, ...] = ("schemas/*/*/*.json",)
ROOT = Path(__file__).parent

FORMATS = frozenset({"date-time", "date", "uuid", "uri", "email"})
"""The formats a schema of ours may ask for: each is asserted, not only noted."""

LONGEST_SHOWN = 50
MOST_PROBLEMS = 20
_MASK = "\ue000"  # a private-use character: it marks the offending value in the validator's text and occurs in no schema

_TYPE = re.compile(r"(?P<owner>[a-z][a-z0-9-]*)\.(?P<name>[A-Z][A-Za-z0-9]*)\.v(?P<major>[1-9][0-9]*)", re.ASCII)
_FILE = re.compile(r"(?P<owner>[a-z][a-z0-9-]*)/(?P<name>[A-Z][A-Za-z0-9]*)/(?P<version>[0-9]+\.[0-9]+\.[0-9]+)\.json", re.ASCII)


class UnknownType(KeyError):
    """There is no schema for this type of event, or none of this version."""

    def __str__(self) -> str:
        """Return the sentence as it was given: KeyError alone would show it in quotes."""
        return str(self.args[0])


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an event's data: which field, why, and which line of which schema says so.

    `message` shows a short offending value to whoever sent it; `discreet` never does, and is for logs and quarantine, as `place` is: the
    field with … for each name that the schema does not list, for such a name is data.
    """

    field: str
    place: str
    message: str
    discreet: str
    schema: str
    pointer: str

    def __str__(self) -> str:
        """Return the sentence a caller reads."""
        return f"{self.field + ': ' if self.field else ''}{self.message} (schema {self.schema}, {self.pointer})"


@dataclass(frozen=True)
class Schema:
    """One version of the contract of one type of event."""

    owner: str
    name: str
    version: tuple[int, int, int]
    file: Path

    @property
    def id(self) -> str:
        """Name this version as errors do: `environment-agency/FloodWarningIssued/1.0.0`."""
        return f"{self.owner}/{self.name}/{'.'.join(map(str, self.version))}"

    @property
    def type(self) -> str:
        """Name the CloudEvents type: `environment-agency.FloodWarningIssued.v1`."""
        return f"{self.owner}.{self.name}.v{self.version[0]}"

    @property
    def path(self) -> str:
        """Name the path under which the platform serves the file, with which a `dataschema` ends."""
        return f"/schemas/{self.id}.json"

    @cached_property
    def definition(self) -> dict[str, Any]:
        """Read the schema as the file says it."""
        definition: dict[str, Any] = json.loads(self.file.read_bytes())
        return definition

    def check_written(self, data: object) -> list[Problem]:
        """Return what is wrong with data that somebody writes: unknown fields count."""
        return list(islice(_problems(self, self._strict, data), MOST_PROBLEMS))

    def check_read(self, data: object) -> list[Problem]:
        """Return what is wrong with data that somebody reads: unknown fields do not count."""
        return list(islice(_problems(self, self._tolerant, data), MOST_PROBLEMS))

    @cached_property
    def names(self) -> frozenset[str]:
        """Name every field that the schema lists anywhere."""
        return frozenset(name for part in walk(self.definition) for name in part.get("properties", ()))

    @cached_property
    def _strict(self) -> "Draft202012Validator":
        return compiled(self.definition)

    @cached_property
    def _tolerant(self) -> "Draft202012Validator":
        return compiled(opened(self.definition))


def compiled(definition: Node) -> "Draft202012Validator":
    """Compile a schema: formats are asserted, patterns take linear time whatever the text, nothing is fetched."""
    # Imported here: most calls of a function that knows schemas check nothing, and the library is a large shared object.
    from jsonschema_rs import Draft202012Validator, RegexOptions

    return Draft202012Validator(definition, validate_formats=True, pattern_options=RegexOptions(), mask=_MASK, offline=True)


def unsound(definition: Node) -> str | None:
    """Say why something is no JSON Schema that could be compiled, and where in it, or return None."""
    try:
        compiled(definition)
    except ValueError as wrong:
        place = ".".join(map(str, getattr(wrong, "instance_path", ())))
        said = str(wrong).splitlines()[0].replace(_MASK, _shown(getattr(wrong, "instance", None)))
        return f"{place}: {said}" if place else said
    return None


@lru_cache(maxsize=256)  # bounded, for whoever sends events chooses the names that are asked for
def versions(type_: str, root: Path = ROOT) -> tuple[Schema, ...]:
    """Return every version of a type's major, the newest first; none is an empty tuple."""
    parts = _TYPE.fullmatch(type_)
    if parts is None:
        return ()
    found = (_of_file(file) for file in (root / parts["owner"] / parts["name"]).glob("*.json"))
    return tuple(sorted((s for s in found if s and s.type == type_), key=lambda schema: schema.version, reverse=True))


def latest(type_: str, root: Path = ROOT) -> Schema:
    """Return the newest version of a type such as `environment-agency.FloodWarningIssued.v1`; raise UnknownType if there is none."""
    for schema in versions(type_, root):
        return schema
    raise UnknownType(f"{_shown(type_)} is not a type of event with a schema here: a type reads <owner>.<Fact>.v<major>")


def by_uri(dataschema: str, root: Path = ROOT) -> Schema:
    """Return the version that a `dataschema` names by the end of its path; raise UnknownType if it is not here.

    Whether that schema is of the event's own type is for the caller to compare (`Schema.type`).
    """
    _, marker, tail = dataschema.rpartition("schemas/")
    parts = _FILE.fullmatch(tail) if marker else None
    if parts is not None:
        type_ = f"{parts['owner']}.{parts['name']}.v{parts['version'].partition('.')[0]}"
        for schema in versions(type_, root):
            if schema.id == tail.removesuffix(".json"):
                return schema
    raise UnknownType(f"{_shown(dataschema)} names no schema here: a dataschema ends in /schemas/<owner>/<Fact>/<version>.json")


def every_schema(root: Path = ROOT) -> list[Schema]:
    """Return every version of every type, by owner, name and version."""
    found = (_of_file(file) for file in root.glob("*/*/*.json"))
    return sorted((schema for schema in found if schema), key=lambda schema: (schema.owner, schema.name, schema.version))


def _of_file(file: Path) -> Schema | None:
    parts = _FILE.fullmatch("/".join(file.parts[-3:]))
    if parts is None:
        return None
    major, minor, patch = map(int, parts["version"].split("."))
    return Schema(parts["owner"], parts["name"], (major, minor, patch), file)


def _problems(schema: Schema, validator: "Draft202012Validator", data: object) -> Iterator[Problem]:
    for error in validator.iter_errors(data):
        for cause in _causes(error):
            yield from _told(schema, cause)


def _causes(error: "ValidationError") -> list["ValidationError"]:
    """Look into alternatives: where only one of them is of the value's own type (`string or null`), its own errors say more."""
    if error.kind.name not in ("anyOf", "oneOf") or not isinstance(error.kind.value, list):
        return [error]
    near = [branch for branch in error.kind.value if not any(_wrong_type(cause, error) for cause in branch)]
    if len(near) != 1:
        return [error]
    return [cause for inner in near[0] for cause in _causes(inner)]


def _wrong_type(cause: "ValidationError", whole: "ValidationError") -> bool:
    return cause.kind.name == "type" and cause.instance_path == whole.instance_path


def _told(schema: Schema, error: "ValidationError") -> Iterator[Problem]:
    keyword = error.kind.name
    whole = _pointer(error.schema_path)
    part = _pointer(error.schema_path[:-1]) or whole
    if keyword == "required":
        yield _about(schema, error, error.kind.value, "is missing", whole)
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        for name in error.kind.value:
            yield _about(schema, error, name, "is not a field of this schema", whole)
    elif keyword == "falseSchema":
        yield _about(schema, error, None, "is not allowed here", whole)
    elif keyword in ("anyOf", "oneOf"):
        yield _about(schema, error, None, f"{_MASK} fits none of the alternatives, or more than one", whole)
    elif keyword == "enum":
        yield _about(schema, error, None, f"{_MASK} is not one of {', '.join(map(_shown, error.kind.value))}", part)
    elif keyword == "unevaluatedItems":
        yield _about(schema, error, None, "holds more items than this schema knows", part)
    elif keyword == "propertyNames":
        yield _about(schema, error, None, "holds a field whose name is not allowed", whole)
    else:
        yield _about(schema, error, None, error.message, part)


def _about(schema: Schema, error: "ValidationError", name: str | None, text: str, pointer: str) -> Problem:
    steps = [*error.instance_path, *([name] if name is not None else [])]
    field = ".".join(step if len(step) <= LONGEST_SHOWN else f"{step[:LONGEST_SHOWN]}…" for step in map(str, steps))
    place = ".".join(str(step) if isinstance(step, int) or step in schema.names else "…" for step in steps)
    return Problem(field, place, text.replace(_MASK, _shown(error.instance)), text.replace(_MASK, "the value"), schema.id, pointer)


def _shown(value: object) -> str:
    """Show a short scalar, and name anything else by its kind: a text may be personal, and a body may be long."""
    if isinstance(value, dict):
        return "the object"
    if isinstance(value, list):
        return "the list"
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= LONGEST_SHOWN + 2:
        return text
    return "the text" if isinstance(value, str) else "the number"


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
