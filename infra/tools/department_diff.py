"""`commonweal department diff`: what a change of the departments' files would do, before anybody deploys it."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.stages import STAGES
from infra.tools.failures import Failed
from infra.tools.screen import amount, as_json, screen

if TYPE_CHECKING:
    from infra.tools.differences import Difference, State

ROOT = Path(__file__).parents[2]


def diff(
    slug: Annotated[str, typer.Argument(metavar="[DEPARTMENT]", show_default="all that changed")] = "",
    against: Annotated[str, typer.Option(metavar="COMMIT", help="What to compare with.", show_default="where this branch left main")] = "",
    running: Annotated[bool, typer.Option("--running", help="Compare with what this machine's platform runs instead.")] = False,
    stage: Annotated[str, typer.Option(help=f"Compare with what this deployment runs instead: {', '.join(STAGES)}.")] = "",
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what a change would do: who may say what, which keys, pages, messages and registers come and go, who gains and loses what.

    What breaks others names them; what cannot be undone says so. A new file and a deleted one are told whole.
    """
    from infra.tools import department_states
    from infra.tools.differences import changed, differences

    if against and (running or stage):
        raise Failed("Either a commit (--against) or what runs (--running, --stage) is compared with, not both.")
    (before, base), after = _before(against, stage or ("local" if running else "")), department_states.here(ROOT)
    known = before.departments.keys() | after.departments.keys()
    if slug and slug not in known:
        raise Failed(f"No department is called {slug}, neither before nor now: there are {', '.join(sorted(known))}.")
    slugs = [one for one in changed(before, after) if one == slug or not slug]
    found = {one: list(differences(one, before, after)) for one in slugs}
    if json:
        as_json(
            {one: {"change": _change(one, before, after), "differences": [asdict(each) for each in told]} for one, told in found.items()}
        )
        return
    for one, told in found.items():
        _print(one, _change(one, before, after), told)
    _print_sum([each for told in found.values() for each in told], base)


def _before(against: str, stage: str) -> "tuple[State, str]":
    """What to compare with, what runs in a stage where one is named, and what that is."""
    from infra.tools import department_states

    if stage:
        from infra.tools.target import target

        return department_states.running(target(stage)), f"what runs in {stage}"
    return department_states.at(against, ROOT)


def _change(slug: str, before: "State", after: "State") -> str:
    if slug in after.departments:
        return "is changed" if slug in before.departments else "comes in"
    return "goes" if slug in before.departments else "had gone before"


def _print(slug: str, change: str, told: "list[Difference]") -> None:
    to = screen()
    to.print(f"{slug} {change}", style="bold")
    for about, group in groupby(told, key=lambda each: each.about):
        to.print(f"  {about}")
        for line in _lines(group):
            to.print(f"    {line}", markup=False, soft_wrap=True)
    if not told:
        to.print("    nothing that anybody sees")


def _lines(told: "Iterator[Difference]") -> Iterator[str]:
    for each in told:
        yield f"{each.sign} {each.what}"
        if each.breaks:
            yield f"    breaks {', '.join(each.breaks)}"
        if each.for_good:
            yield f"    cannot be undone: {each.for_good}"


def _print_sum(told: "list[Any]", base: str) -> None:
    if not told:
        screen().print(f"Nothing changes against {base}.", markup=False, soft_wrap=True)
        return
    breaking, for_good = sum(bool(each.breaks) for each in told), sum(bool(each.for_good) for each in told)
    ends = f"{amount(breaking, 'change')} break{'s' if breaking == 1 else ''} somebody, {for_good} cannot be undone."
    screen().print(f"\n{amount(len(told), 'change')} against {base}: {ends}", markup=False, soft_wrap=True)
