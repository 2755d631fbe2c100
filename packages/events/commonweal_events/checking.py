"""Hold an event's data to its schema before it is sent: what the platform would refuse need not leave."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from commonweal_events.receipt import Problem

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

    from commonweal_events.contract import Contract

MOST_PROBLEMS = 20


def problems(contract: Contract, data: object) -> tuple[Problem, ...]:
    """What is wrong with the data that somebody writes, each with its field. No message shows a value: it may be somebody's name."""
    errors = _validator(contract).iter_errors(data)
    return tuple(problem for error in islice(errors, MOST_PROBLEMS) for problem in _told(error))


@cache
def _validator(contract: Contract) -> Draft202012Validator:
    # Imported when something is published: it is a large shared object.
    from jsonschema_rs import Draft202012Validator, RegexOptions

    schema = contract.schema()
    return Draft202012Validator(schema, validate_formats=True, pattern_options=RegexOptions(), mask="the value", offline=True)


def _told(error: ValidationError) -> list[Problem]:
    match error.kind.name:
        case "required":
            return [Problem(_field(error, error.kind.value), "is missing")]
        case "additionalProperties" | "unevaluatedProperties":
            return [Problem(_field(error, name), "is not a field of this schema") for name in error.kind.value]
    return [Problem(_field(error), error.message)]


def _field(error: ValidationError, *name: str) -> str:
    return ".".join(("data", *map(str, error.instance_path), *name))
