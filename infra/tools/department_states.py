"""The departments' files at some time: as they stand here, at a commit, or as a running platform was deployed with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra import declarations, removed
from infra.declaration_source import read
from infra.declarations import DeclarationError
from infra.tools.differences import State
from infra.tools.failures import Failed
from infra.tools.published import published
from schemas.declaration import Department

if TYPE_CHECKING:
    from infra.tools.target import Target

FOLDER = Path("infra/departments")


def here(root: Path) -> State:
    """The files as they stand. Raises Failed where they have mistakes."""
    try:
        return _state(declarations.load(root / FOLDER, root / "schemas"), root)
    except DeclarationError as mistakes:
        raise Failed(f"{mistakes}\nMend this first: what has mistakes is not deployed.") from None


def at(commit: str, root: Path) -> tuple[State, str]:
    """The files at a commit, or where none is named as they were published; and in words of which commit they are.

    Raises Failed where git knows none, or one of them cannot be read any more.
    """
    with published(root, str(FOLDER), "schemas", against=commit) as before:
        if before is None:
            raise Failed(f"git knows no {FOLDER} that was published: name a commit (--against), or a platform (--running).")
        found = []
        for file in sorted((before.folder / FOLDER).glob("*.yaml")):
            _, department, problems = read(file, file.name)
            if department is None:
                raise Failed(f"At {before.of}, {FOLDER}/{problems[0]}")
            found.append(department)
        return _state(found, before.folder), before.of


def running(stage: Target) -> State:
    """The files that a platform was deployed with."""
    answer = stage.call("departments-offboarding", {"ask": "declared"})
    departments: Mapping[str, Any] = answer["departments"]
    return State({slug: Department.model_validate(said) for slug, said in departments.items()}, answer["registers"])


def _state(departments: list[Department], root: Path) -> State:
    gone, _ = removed.read(root / FOLDER)
    compiled = declarations.compile(departments, root / "schemas", gone)
    return State({one.department: one for one in departments}, compiled["registers"])
