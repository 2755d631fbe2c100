"""`commonweal department`: bring one in, check it, see what it says and what a change of it does, and let it go."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.tools import department_diff, department_new, department_queue, department_remove
from infra.tools.failures import Failed
from infra.tools.screen import amount, screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.declaration import Department

ROOT = Path(__file__).parents[2]

commands = typer.Typer(help="What the departments declare, in infra/departments/.", no_args_is_help=True)
commands.command()(department_new.new)
commands.command()(department_diff.diff)
commands.command()(department_queue.queue)
commands.command()(department_remove.remove)
commands.command()(department_remove.restore)


@commands.command()
def check(
    slug: Annotated[str, typer.Argument(metavar="[DEPARTMENT]", help="Only what stands in its files.", show_default="all")] = "",
) -> None:
    """Check every department's file, its schemas and its samples; prints each mistake with its line. Exits with 1 where there is one.

    A subscription to what its owner shared until a day that is past, or to an event of a department that was removed, counts as one here,
    though it stops no deployment.
    """
    from infra.tools.samples import lacking

    found = _load(datetime.datetime.now(datetime.UTC).date(), slug)
    departments = [one for one in found if slug in ("", one.department)]
    if not departments:
        raise Failed(f"No department is called {slug}: there are {', '.join(one.department for one in found)}.")
    _refuse([line for one in departments for line in lacking(one, ROOT)], "events/")
    screen().print(f"{amount(len(departments), 'department')} declared, no mistakes: {', '.join(one.department for one in departments)}.")


@commands.command()
def show(slug: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="E.g. environment-agency.")]) -> None:
    """Say in plain words what a department may emit, and what happens when it does."""
    from infra.plain_words import told

    departments = {one.department: one for one in _load()}
    if slug not in departments:
        raise Failed(f"No department is called {slug}: there are {', '.join(departments)}.")
    for line in told(departments[slug]):
        screen().print(line, markup=False, soft_wrap=True, style="" if line.startswith(" ") else "bold")


def _load(day: datetime.date | None = None, slug: str = "") -> "list[Department]":
    """All departments. Raises Failed where there are mistakes, of which those of one department alone are printed where it is named."""
    from infra.declarations import DeclarationError, load

    try:
        return load(day=day)
    except DeclarationError as mistakes:
        found = [str(mistake) for mistake in mistakes.problems if not slug or Path(mistake.file).stem == slug]
        _refuse(found, "infra/departments/")
        others = amount(len(mistakes.problems), "mistake")
        raise Failed(f"{slug} has no mistake itself, but others have {others}: commonweal department check tells them.") from None


def _refuse(mistakes: "Sequence[str]", where: str) -> None:
    for mistake in mistakes:
        screen().print(mistake, style="red", markup=False, soft_wrap=True)
    if mistakes:
        raise Failed(f"{amount(len(mistakes), 'mistake')} in {where}.")
