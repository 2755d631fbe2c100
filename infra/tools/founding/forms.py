"""What a new department is told by must be of its form before any of it is used: it stands in paths, and in every file."""

from __future__ import annotations

from typing import Any

from infra.tools.failures import Failed


def held(said: str, form: Any) -> str:
    """A text that is of one of the forms of `schemas.grammar`. Raises Failed where it is not."""
    from pydantic import TypeAdapter, ValidationError  # 0.1 s, which help need not wait for

    from schemas.grammar import GRAMMARS

    try:
        found: str = TypeAdapter(form).validate_python(said)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        pattern = first.get("ctx", {}).get("pattern")
        raise Failed(f'"{said}" is not {GRAMMARS[pattern]}.' if pattern else f'"{said[:50]}": {first["msg"]}.') from None
    return found


def fact(said: str) -> str:
    """The name of a fact, which may be told with its first version."""
    from schemas.grammar import Fact

    name = said.removesuffix(".v1")
    try:
        return held(f"{name}.v1", Fact).removesuffix(".v1")
    except Failed:
        raise Failed(
            f'"{name}" is no fact: it reads as HarbourClosed, in letters and digits, 61 at most, and begins as version 1.'
        ) from None
