"""Read a department's YAML file as its model (`schemas.declaration`), and say in a department's words what the model refuses."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infra.lined_yaml import Place, Problem, Source, parse
from schemas.declaration import Department
from schemas.expression_checks import suggestion
from schemas.grammar import GRAMMARS

LONGEST_SHOWN = 120
"""Characters of a wrong value that a message repeats."""


def read(path: Path, file: str) -> tuple[Source, Department | None, list[Problem]]:
    """Read a department's file, which is called `file` in complaints; the department is None where there are problems."""
    return read_as(Department, path, file)


def read_as[Model: BaseModel](model: type[Model], path: Path, file: str) -> tuple[Source, Model | None, list[Problem]]:
    """Read a file as this model."""
    source, problems = parse(path, file)
    if problems:
        return source, None, problems
    try:
        return source, model.model_validate(source.content, strict=False), []
    except ValidationError as error:
        return source, None, [source.problem(_place(found["loc"]), _said(found, model)) for found in error.errors()]


def _place(location: Sequence[str | int]) -> Place:
    return tuple(step for step in location if step != "[key]")


def _said(found: ErrorDetails, model: type[BaseModel]) -> str:
    """What pydantic found, in a department's words."""
    given, context = found["input"], found.get("ctx", {})
    place = _place(found["loc"])
    match found["type"]:
        case "extra_forbidden":
            known = sorted(_names_at(model, place[:-1]))
            return f"is not known here{suggestion(str(place[-1]), known) or f'; known are {", ".join(known)}'}"
        case "missing":
            return "is missing"
        case "value_error":
            return str(context["error"])
        case "literal_error":
            choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            return f"{_quoted(given)} is not one of {choices}{suggestion(str(given), choices.split(', '))}"
        case "string_pattern_mismatch":
            return f"{_quoted(given)} is not {GRAMMARS.get(str(context['pattern']), 'of the form ' + str(context['pattern']))}"
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
        return f"{_quoted(given)} is not a UUID, as 3cd2e2d2-136f-542e-b4ae-64f9e09404f6"
    return _shape(given, _WANTED[kind]) if kind in _WANTED else None


_BOUNDS = {"greater_than": "more than", "greater_than_equal": "at least", "less_than_equal": "at most"}
_WANTED = {"int": "a whole number", "bool": "true or false", "date": "a date, as 2027-03-31"}
"""What should stand where pydantic could make none of it, by the first word of its kinds of error."""


def _quoted(given: object) -> str:
    """A value on one line, and no longer than one reads."""
    text = json.dumps(str(given), ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f'{text[:LONGEST_SHOWN]}…"'


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


def _names_at(model: type[BaseModel], place: Place) -> Iterator[str]:
    """The fields that may stand at a place, as they are written in a file."""
    kind: Any = model
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
