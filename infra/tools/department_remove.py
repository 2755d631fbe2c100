"""`commonweal department remove` and `restore`: let a department go in good order, and take one back that goes by mistake."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.tools.failures import Failed
from infra.tools.screen import amount, screen
from infra.tools.target import StageName, target

if TYPE_CHECKING:
    from infra.tools.target import Target

ROOT = Path(__file__).parents[2]
FUNCTION = "departments-offboarding"

Slug = Annotated[str, typer.Argument(metavar="DEPARTMENT", help="E.g. harbour-board.")]


def remove(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else it is only told.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for what is under way.")] = 600.0,
    stage: StageName = "local",
) -> None:
    """Remove a department from a running platform: suspend it at once, let what is under way end, revoke its keys, put its file away.

    Without --yes it only tells the plan, what stays, and for how long. Called again it goes on where it stopped.
    """
    from infra.stages import STAGES
    from infra.tools import department_states, parting

    state = department_states.here(ROOT)
    if slug not in state.departments:
        raise Failed(f"No department is called {slug}: there are {', '.join(state.departments)}.")
    one, running = state.departments[slug], target(stage)
    if not yes:
        _tell(f"{one.title} ({slug}) would be removed from {stage}.", list(parting.plan(one, state, STAGES[stage])))
        screen().print("\nNothing was done: with --yes it is.")
        return
    _take_down(running, slug, wait)
    for path in parting.put_away(one, ROOT, datetime.datetime.now(datetime.UTC).date()):
        screen().print(f"{path} {'is written' if (ROOT / path).exists() else 'is deleted'}", markup=False)
    _tell("It is removed.", list(parting.plan(one, state, STAGES[stage]))[-1:])
    screen().print(f"\nCommit this, and deploy: until then a deployment leaves {slug} as it is now.")


def restore(slug: Slug, stage: StageName = "local") -> None:
    """Let a department stand again that was suspended or removed while its file is deployed still. Revoked keys stay revoked.

    Files that `remove` put away are left to whoever calls: what of them is to be done is said.
    """
    from infra.tools import parting

    running = target(stage)
    standing = _asked(running, "standing", slug)
    _asked(running, "restore", slug)
    left = list(parting.to_bring_back(slug, ROOT, keys_revoked=bool(standing.get("removed_at"))))
    said = "stands again" if standing.get("suspended_at") else "was not suspended, and stands"
    _tell(f"{slug} {said}.", [("To do", left)] if left else [])


def _take_down(running: "Target", slug: str, wait: float) -> None:
    """Everything that the running platform has of it."""
    from infra.tools.draining import drain

    to = screen()
    suspended = _asked(running, "suspend", slug)
    to.print(f"suspended since {suspended['suspended_at']}")
    with to.status("Waiting for what is under way") as status:
        left = drain(running, wait, lambda waits: status.update(f"Waiting for what is under way: {waits}"))
    if left:
        said = ", ".join(f"{name}: {amount(number, 'message')}" for name, number in sorted(left.items()))
        raise Failed(
            f"Something is under way still, and it may be other departments': {said}.\n"
            "It stays suspended. Call this again to go on; commonweal redrive shows what will not go."
        )
    to.print("nothing of it is under way")
    to.print(f"{amount(_asked(running, 'remove', slug)['keys_revoked'], 'key')} revoked")


def _asked(running: "Target", what: str, slug: str) -> dict[str, Any]:
    answer = running.call(FUNCTION, {"ask": what, "department": slug, "who": running.caller()})
    if "refused" in answer:
        raise Failed(f"{answer['refused'][:1].upper()}{answer['refused'][1:]}.")
    return answer


def _tell(first: str, headings: list[tuple[str, list[str]]]) -> None:
    to = screen()
    to.print(first, style="bold", markup=False)
    for heading, lines in headings:
        to.print(f"  {heading}")
        for line in lines:
            to.print(f"    - {line}", markup=False, soft_wrap=True)
