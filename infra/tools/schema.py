"""`commonweal schema`: the contracts of events, and of registers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from infra.tools.screen import amount, screen

commands = typer.Typer(
    help="The contracts of events and registers: write those said elsewhere, check that versions can stand beside each other.",
    no_args_is_help=True,
)


@commands.command()
def export() -> None:
    """Write the platform's events and the form of a department's file into schemas/, and the fields of registers; print what changed."""
    from schemas import export as platform
    from schemas import register_versions

    changed = [*platform.write(), *register_versions.write(_registers())]
    for path in changed:
        screen().print(str(_from_here(path)), markup=False)
    screen().print(f"{amount(len(changed), 'file')} written.")


@commands.command()
def check() -> None:
    """Compare all versions of every schema: what one may write, each other must be able to read. Exits with 1 where not.

    A register's fields must keep what each of their published versions promised.
    """
    from schemas import register_versions
    from schemas.compatibility import check_tree
    from schemas.registry import every_schema

    registers = _registers()
    found = [*check_tree(), *register_versions.check(registers)]
    for finding in found:
        screen().print(str(finding), style="red", markup=False)
    versions = every_schema()
    types = {version.type for version in versions}
    compared = f"{amount(len(versions), 'version')} of {amount(len(types), 'type')} and {amount(len(registers), 'register')} compared"
    screen().print(f"{compared}: {amount(len(found), 'problem')}.")
    raise typer.Exit(1 if found else 0)


def _registers() -> Mapping[str, Mapping[str, Any]]:
    """Every declared register, compiled, and those that stay of departments that were removed."""
    from infra import declarations, removed

    gone, _ = removed.read(declarations.DEPARTMENTS)
    found: Mapping[str, Mapping[str, Any]] = declarations.compile(declarations.load(), gone=gone)["registers"]
    return found


def _from_here(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
