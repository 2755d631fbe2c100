"""`commonweal emit`: send an event, and see what it does."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.tools.screen import aligned, as_json, screen

if TYPE_CHECKING:
    import httpx

    from infra.tools.following import Followed
    from infra.tools.outcome import Told
    from infra.tools.sending import Event, Hop

DEMONSTRATION = Path(__file__).parents[2] / "events" / "environment-agency" / "FloodWarningIssued" / "severe.json"


def emit(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="A CloudEvent in JSON.", show_default="the demonstration event")
    ] = DEMONSTRATION,
    new: Annotated[bool, typer.Option("--new/--same", help="With a new id, now; or exactly as it stands.")] = True,
    url: Annotated[str, typer.Option(help="Where the platform is; else this machine's.")] = "",
    key: Annotated[str, typer.Option(help="A key with the scope events:emit; else this machine's of the event's department.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing: say what would follow, by the files as they stand here.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Send an event and follow it: what it set off, hop by hop, in milliseconds since it was accepted.

    Exits with 1 when the event is refused, when something it should do is not seen within 15 s, or when a register's proof fails.
    """
    from infra.tools import following, running, sending

    event = sending.read(file)
    event = sending.renewed(event) if new else event
    if dry_run:
        from infra.tools import dry_run as dry

        dry.dry_run(event, json=json)
        return
    url = (url or running.url()).rstrip("/")
    with sending.connection(url, key or running.emitting_key(_department(event))) as http:
        receipt = sending.send(http, event)
        if receipt["status"] == "checked":
            screen().print("The event is valid. With a test key nothing is done.")
            return
        with screen().status("Following it"):
            followed = following.follow(lambda: sending.tree(http, event["id"]), event)
        told = list(_outcome(http, receipt, followed, url))
    (_print_json if json else _print)(event, receipt, told, followed, f"{url}/local/trace/{event['id']}")
    if followed.missing or any(one.facts.get("verified") is False for one in told):
        raise typer.Exit(1)


def _department(event: "Event") -> str:
    """Whose event it is: by its source, else by its type."""
    from functions.common import declarations

    try:
        owner = declarations.department_of(str(event.get("source")))
    except FileNotFoundError:
        owner = None
    return owner or str(event["type"]).partition(".")[0]


def _outcome(http: "httpx.Client", receipt: dict[str, Any], followed: "Followed", url: str) -> "Sequence[Told]":
    from infra.tools.outcome import Told, outcome
    from infra.tools.proving import disproof

    def get(path: str) -> bytes:
        # Whoever checks a register needs no key.
        answer = http.get(path, headers={"X-Api-Key": "", "Accept": "application/json"})
        if answer.status_code != 200:
            raise LookupError(f"{path} was answered with {answer.status_code}")
        return answer.content

    def prove(hop: "Hop") -> str:
        return disproof(get, hop["data"])

    first = Told(f"event {receipt['status']}", 0, [str(receipt["id"])], receipt)
    return [first, *outcome(str(receipt["accepted_at"]), followed.hops, url, prove)]


def _print(event: "Event", receipt: dict[str, Any], told: "Sequence[Told]", followed: "Followed", trace: str) -> None:
    to = screen()
    to.print(f"\n[bold]{event['type']}[/]  {event.get('subject', '')}\n")
    rows = []
    for one in told:
        when = "" if one.after_ms is None else f"{one.after_ms} ms"
        heads = [(when.rjust(8), one.what), *[("", "")] * (len(one.lines) - 1)]
        rows += [(*head, line) for head, line in zip(heads, one.lines, strict=True)]
    for line in aligned(rows):
        to.print(line, markup=False, soft_wrap=True)
    if followed.missing:
        to.print(f"\nNot seen in time: {'; '.join(followed.missing)}.", style="red", markup=False)
        to.print("Late, or lost to a newer event about the same thing, or in a dead-letter queue: commonweal redrive list.", markup=False)
    if receipt["status"] == "duplicate":
        to.print("\nIt had been sent before: this is what it did then, and nothing was done again.")
    to.print(f"\nEverything that followed: {trace}", markup=False, soft_wrap=True)


def _print_json(event: "Event", receipt: dict[str, Any], told: "Sequence[Told]", followed: "Followed", trace: str) -> None:
    steps = [{"what": one.what, "after_ms": one.after_ms, **one.facts} for one in told]
    as_json({"id": event["id"], "receipt": receipt, "outcome": steps, "missing": followed.missing, "events": followed.hops, "trace": trace})
