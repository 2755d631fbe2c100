"""Read a department's YAML file so that every complaint about it can name its line.

In: the text of a file. Out: the model (`schemas.declaration`), and the line of each of its parts. What is wrong comes out as `Problem`s.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.declaration import Department
from schemas.expression_checks import suggestion
from schemas.grammar import GRAMMARS

type Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: `infra/departments/environment-agency.yaml:14: reactions[0].publish.title: …`."""

    file: str
    line: int
    place: str
    what: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.file}:{self.line}", self.place, self.what)))


@dataclass(frozen=True)
class Source:
    """A file's name, its content as plain values, and the line on which each of its parts begins."""

    file: str
    content: Any
    lines: Mapping[Place, int] = field(default_factory=dict)

    def problem(self, place: Place, what: str) -> Problem:
        """Say what is wrong somewhere; a part that is not there is looked for in what should hold it."""
        known = place
        while known and known not in self.lines:
            known = known[:-1]
        return Problem(self.file, self.lines.get(known, 1), written(place), what)


def read(path: Path, file: str) -> tuple[Source, Department | None, list[Problem]]:
    """Read one file; the department is None where there are problems."""
    source, problems = _parse(path.read_text(encoding="utf-8"), file)
    if problems:
        return source, None, problems
    try:
        return source, Department.model_validate(source.content, strict=False), []
    except ValidationError as error:
        return source, None, [source.problem(_place(found["loc"]), _said(found)) for found in error.errors()]


def written(place: Place) -> str:
    """A place as it is said: `reactions[0].publish.title`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def _parse(text: str, file: str) -> tuple[Source, list[Problem]]:
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        begins = f", {error.context} that begins on line {error.context_mark.line + 1}" if error.context_mark else ""
        return Source(file, None), [Problem(file, line, "", f"is not YAML: {error.problem}{begins}")]
    except (yaml.YAMLError, RecursionError) as error:
        return Source(file, None), [Problem(file, 1, "", f"is not YAML: {str(error).splitlines()[0]}")]
    if not isinstance(root, yaml.MappingNode):
        return Source(file, None), [Problem(file, 1, "", "is empty: a department's file begins with `department: <slug>`")]
    lines: dict[Place, int] = {}
    problems: list[Problem] = []
    content = _value(loader, root, (), lines, file, problems)
    return Source(file, content, lines), problems


def _value(loader: yaml.SafeLoader, node: yaml.Node, place: Place, lines: dict[Place, int], file: str, problems: list[Problem]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*place, index), lines, file, problems) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node, deep=True)
    found: dict[str, Any] = {}
    for key, item in node.value:
        name = str(key.value)
        inner = (*place, name)
        if name in found:
            # YAML would keep the last one and say nothing.
            problems.append(Problem(file, key.start_mark.line + 1, written(inner), f"stands twice, first on line {lines[inner]}"))
            continue
        lines[inner] = key.start_mark.line + 1
        found[name] = _value(loader, item, inner, lines, file, problems)
    return found


def _place(location: Sequence[str | int]) -> Place:
    return tuple(step for step in location if step != "[key]")


def _said(found: ErrorDetails) -> str:
    """What pydantic found, in a department's words."""
    given, context = found["input"], found.get("ctx", {})
    place = _place(found["loc"])
    match found["type"]:
        case "extra_forbidden":
            known = sorted(_names_at(place[:-1]))
            return f"is not known here{suggestion(str(place[-1]), known) or f'; known are {", ".join(known)}'}"
        case "missing":
            return "is missing"
        case "value_error":
            return str(context["error"])
        case "literal_error":
            choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            return f'"{given}" is not one of {choices}{suggestion(str(given), choices.split(", "))}'
        case "string_pattern_mismatch":
            return f'"{given}" is not {GRAMMARS.get(str(context["pattern"]), "of the form " + str(context["pattern"]))}'
        case "string_type":
            hint = "" if given is None or isinstance(given, dict | list) else ": put it in quotes"
            return f"{_shape(given, 'a text')}{hint}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return _shape(given, "a mapping (name: value)")
        case "list_type":
            return _shape(given, "a list (- …)")
        case "string_too_short" | "too_short":
            return "is empty"
    return _measured(found) or _misread(found) or found["msg"][0].lower() + found["msg"][1:]


def _measured(found: ErrorDetails) -> str | None:
    """What is too many, too much or too little."""
    given, context = found["input"], found.get("ctx", {})
    match found["type"]:
        case "string_too_long":
            return f"has {len(str(given))} characters, and may have {context['max_length']}"
        case "too_long":
            return f"has {len(given)} entries, and may have {context['max_length']}"
        case "greater_than" | "greater_than_equal" | "less_than_equal" as kind:
            return f"is {given}, and must be {_BOUNDS[kind]} {next(iter(context.values()))}"
    return None


def _misread(found: ErrorDetails) -> str | None:
    """What is no value of its kind."""
    given, kind = found["input"], found["type"].partition("_")[0]
    if kind == "uuid":
        return f'"{given}" is not a UUID, as 3cd2e2d2-136f-542e-b4ae-64f9e09404f6'
    return _shape(given, _WANTED[kind]) if kind in _WANTED else None


_BOUNDS = {"greater_than": "more than", "greater_than_equal": "at least", "less_than_equal": "at most"}
_WANTED = {"int": "a whole number", "bool": "true or false", "date": "a date, as 2027-03-31"}
"""What should stand where pydantic could make none of it, by the first word of its kinds of error."""


def _shape(given: object, expected: str) -> str:
    return f"is {_kind(given)}, and should be {expected}"


def _kind(given: object) -> str:
    match given:
        case None:
            return "empty"
        case bool():
            return f"{str(given).lower()} (YAML reads yes, no, on and off so)"
        case int() | float():
            return f"the number {given}"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a mapping"
    return f"a {type(given).__name__}"


def _names_at(place: Place) -> Iterator[str]:
    """The fields that may stand at a place, as they are written in a file."""
    kind: Any = Department
    for step in place:
        kind = _inner(kind, step)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, declared in kind.model_fields.items():
            yield declared.alias or name


def _inner(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        declared = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        return _plain(declared.get(str(step)))
    arguments = get_args(kind)
    return _plain(arguments[-1]) if arguments else None


def _plain(kind: Any) -> Any:
    """A type without `| None` and without its annotations."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _plain(next(choice for choice in get_args(kind) if choice is not NoneType))
    return kind
