"""`commonweal emit --dry-run`: whether an event would be taken in, what would follow and with what text. Nothing is sent, nothing done."""

from collections.abc import Sequence
from json import dumps as serialised
from typing import TYPE_CHECKING

import typer

from infra.tools.failures import Failed
from infra.tools.screen import amount, as_json, screen

if TYPE_CHECKING:
    from infra.tools.rehearsal import Step
    from infra.tools.sending import Event
    from schemas.envelope import CloudEvent


def dry_run(event: "Event", *, json: bool = False) -> None:
    """Say it, by the files as they stand here. Raises Failed where a file has mistakes; exits with 1 where the event would be refused."""
    from functions.common import sunset
    from infra.tools import rehearsal

    compile_declarations()
    vetted, refusals = vet(event)
    if vetted is None:
        if json:
            as_json({"accepted": False, "errors": refusals})
        else:
            print_refusal(refusals)
        raise typer.Exit(1)
    elsewhere = _asked_here(event, vetted)
    reactions, parts = rehearsal.reactions(vetted), rehearsal.subscriptions(vetted)
    ending = sunset.ending(vetted.type)
    if json:
        as_json(
            {
                "accepted": True,
                **({"platform": elsewhere} if elsewhere else {}),
                "warnings": [ending.warning] if ending else [],
                "reactions": [step.wire() for step in reactions],
                "subscriptions": [step.wire() for step in parts],
            }
        )
        return
    to = screen()
    to.print(f"\n[bold]{event['type']}[/]  {event.get('subject', '')}\n\nIt would be taken in.")
    if elsewhere:
        to.print(f"The platform that runs here: {elsewhere}", markup=False, soft_wrap=True)
    if ending:
        to.print(f"But {ending.warning}.", style="yellow", markup=False)
    print_steps("reaction", reactions, texts=True)
    print_steps("subscription", parts, texts=True)


def vet(event: "Event") -> "tuple[CloudEvent | None, list[dict[str, str]]]":
    """The event as ingress would take it in; or every reason for which it would not, each with its field."""
    from functions.common import declarations, vetting, wire
    from functions.common.failures import Refusal

    owner = declarations.department_of(str(event.get("source")))
    if owner is None:
        return None, [{"field": "source", "message": f"{event.get('source')!r} is a source of no department"}]
    try:
        wire.body_bytes({"body": serialised(event, separators=(",", ":"), ensure_ascii=False)}, wire.LARGEST_BODY)
        return vetting.vet(event, owner), []
    except Refusal as refusal:
        errors = [{"field": problem.field, "message": problem.message} for problem in refusal.problems]
        return None, errors or [{"field": refusal.field or "", "message": refusal.message}]


def _asked_here(event: "Event", vetted: "CloudEvent") -> str | None:
    """What the platform of this machine answers to a test key, with which nothing is done; None where it does not run.

    Its files may be older than those that stand here.
    """
    from functions.common import declarations
    from infra.tools import running, sending

    try:
        key = running.emitting_key(declarations.department_of(vetted.source) or "", "test")
        with sending.connection(running.url(), key) as http:
            receipt = sending.send(http, event)
    except Failed as failed:
        return str(failed) if str(failed).startswith(sending.REFUSED) else None
    return str(receipt["status"])


def compile_declarations() -> None:
    """Put the departments' files as they stand here where the functions' own code reads them. Raises Failed with every mistake."""
    from functions.common import declarations
    from infra.declarations import DeclarationError, write

    try:
        write()
    except DeclarationError as mistakes:
        lines = [str(mistake) for mistake in mistakes.problems]
        raise Failed("\n".join([*lines, f"{amount(len(lines), 'mistake')} in infra/departments/."])) from None
    declarations.compiled.cache_clear()


def print_steps(noun: str, steps: "Sequence[Step]", *, texts: bool) -> None:
    """Each step: whether its condition holds, and why; with `texts`, what it would do."""
    from infra.tools.rehearsal import worded

    to = screen()
    to.print(f"\n{amount(len(steps), noun)}{':' if steps else ''}", markup=False)
    for step in steps:
        style = "bold" if step.holds and not step.prevented else "dim"
        to.print(f"  {_mark(step)} {step.department}  {step.name}", style=style, markup=False, soft_wrap=True)
        for line in _reasons(step, _FAILS[noun]):
            to.print(f"    {line}", style="red" if step.problem else "dim", markup=False, soft_wrap=True)
        if texts:
            for line in worded(step):
                to.print(f"    {line}".rstrip(), markup=False, soft_wrap=True)


_FAILS = {"reaction": "the event would be quarantined, whole", "subscription": "rejected, for this subscriber alone"}


def _mark(step: "Step") -> str:
    return "✗" if step.problem or step.prevented else "✓" if step.holds else "–"


def _reasons(step: "Step", fails: str) -> list[str]:
    if step.problem:
        return [f"{fails}: {step.problem}"]
    said = [f"{'holds' if step.holds else 'does not hold'}: {step.condition}"] if step.condition else []
    said += [f"for {'; '.join(step.because)}"] if step.because else []
    return said + ([f"but nothing would be asked for: {step.prevented}"] if step.prevented else [])


def print_refusal(errors: list[dict[str, str]]) -> None:
    """That an event would be refused, and why."""
    screen().print("It would be refused:", style="red")
    for error in errors:
        screen().print(f"  {error['field'] or 'the event'}: {error['message']}", markup=False, soft_wrap=True)
