"""The departments' files at some time: as they stand here, at a commit, or as a running platform was deployed with them."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra import declarations, removed
from infra.declaration_source import read
from infra.declarations import DeclarationError
from infra.tools.differences import State
from infra.tools.failures import Failed
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


def at(commit: str, root: Path) -> State:
    """The files at a commit. Raises Failed where there are none, or one cannot be read any more."""
    with _taken_out(commit, root) as folder:
        found = []
        for file in sorted((folder / FOLDER).glob("*.yaml")):
            _, department, problems = read(file, file.name)
            if department is None:
                raise Failed(f"At {commit}, {FOLDER}/{problems[0]}")
            found.append(department)
        return _state(found, folder)


def running(stage: Target) -> State:
    """The files that a platform was deployed with."""
    answer = stage.call("departments-offboarding", {"ask": "declared"})
    departments: Mapping[str, Any] = answer["departments"]
    return State({slug: Department.model_validate(said) for slug, said in departments.items()}, answer["registers"])


def _state(departments: list[Department], root: Path) -> State:
    gone, _ = removed.read(root / FOLDER)
    compiled = declarations.compile(departments, root / "schemas", gone)
    return State({one.department: one for one in departments}, compiled["registers"])


@contextmanager
def _taken_out(commit: str, root: Path) -> Iterator[Path]:
    # What begins with a hyphen would be an option of git's.
    asked = ["git", "-C", str(root), "archive", "--format=tar", "--end-of-options", commit, str(FOLDER), "schemas"]
    done = subprocess.run(asked, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Failed(f"git has no departments at {commit}: {said[0] if said else 'it gives no reason'}.")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(done.stdout)) as taken:
            taken.extractall(folder, filter="data")
        yield Path(folder)
