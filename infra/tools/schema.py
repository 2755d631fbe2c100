"""`commonweal schema`: the contracts of events."""

from pathlib import Path

import typer

from infra.tools.screen import amount, screen

commands = typer.Typer(
    help="The contracts of events: write those said in Python, check that versions can stand beside each other.", no_args_is_help=True
)


@commands.command()
def export() -> None:
    """Write the platform's events as JSON Schema, into schemas/platform/; print the files that changed."""
    from schemas import export as platform

    changed = platform.write()
    for path in changed:
        screen().print(str(_from_here(path)), markup=False)
    screen().print(f"{amount(len(changed), 'file')} written, {len(platform.exported()) - len(changed)} unchanged.")


@commands.command()
def check() -> None:
    """Compare all versions of every schema: what one may write, each other must be able to read. Exits with 1 where not."""
    from schemas.compatibility import check_tree
    from schemas.registry import every_schema

    found = check_tree()
    for finding in found:
        screen().print(str(finding), style="red", markup=False)
    versions = every_schema()
    types = {version.type for version in versions}
    screen().print(f"{amount(len(versions), 'version')} of {amount(len(types), 'type')} compared: {amount(len(found), 'problem')}.")
    raise typer.Exit(1 if found else 0)


def _from_here(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
