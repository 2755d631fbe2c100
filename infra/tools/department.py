"""`commonweal department`: bring one in, check it, see what it says and what a change of it does, and let it go."""

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from infra.tools import department_diff, department_new, department_remove
from infra.tools.failures import Failed
from infra.tools.screen import amount, screen

if TYPE_CHECKING:
    from schemas.declaration import Department

commands = typer.Typer(help="What the departments declare, in infra/departments/.", no_args_is_help=True)
commands.command()(department_new.new)
commands.command()(department_diff.diff)
commands.command()(department_remove.remove)
commands.command()(department_remove.restore)


@commands.command()
def check() -> None:
    """Check every department's file; prints each mistake with its line. Exits with 1 where there is one.

    A subscription to what its owner shared until a day that is past counts as one here, though it stops no deployment.
    """
    departments = _load(datetime.datetime.now(datetime.UTC).date())
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


def _load(day: datetime.date | None = None) -> "list[Department]":
    from infra.declarations import DeclarationError, load

    try:
        return load(day=day)
    except DeclarationError as mistakes:
        for mistake in mistakes.problems:
            screen().print(str(mistake), style="red", markup=False, soft_wrap=True)
        raise Failed(f"{amount(len(mistakes.problems), 'mistake')} in infra/departments/.") from None
