"""`commonweal redrive`: look into any dead-letter queue, mend what is in it, and send it back where it came from."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from infra.tools.failures import Failed
from infra.tools.screen import aligned, amount, as_json, screen
from infra.tools.target import StageName, target

if TYPE_CHECKING:
    from infra.tools.dead_letters import Home, Queue
    from infra.tools.letter import Letter
    from infra.tools.target import Target

commands = typer.Typer(help="Look into any dead-letter queue, mend messages, send them back where they came from.", no_args_is_help=True)

QueueName = Annotated[str, typer.Argument(metavar="QUEUE", help="With or without the stage's prefix, e.g. publishing-render-dead.")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="Only this message; may be given often.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


@commands.command("list")
def list_queues(stage: StageName = "local", json: Json = False) -> None:
    """List every dead-letter queue: how many messages wait there, and where they came from."""
    from infra.tools.dead_letters import dead_letter_queues

    found = sorted(dead_letter_queues(target(stage)), key=lambda pair: (-pair[0].waiting - pair[0].held, pair[0].name))
    if json:
        as_json([{"queue": queue.name, "waiting": queue.waiting, "held": queue.held, "from": home and home.name} for queue, home in found])
        return
    rows = [("Messages", "Queue", "From")]
    for queue, home in found:
        rows.append((f"{queue.waiting}{f' (and {queue.held} held)' if queue.held else ''}", queue.name, _called(home)))
    for line in aligned(rows):
        screen().print(line, style="dim" if line.startswith("0 ") else "bold", soft_wrap=True)


@commands.command()
def show(queue_name: QueueName, id_: Ids = None, stage: StageName = "local", data: bool = False, json: Json = False) -> None:
    """Show the messages of a dead-letter queue: envelopes and reasons. Their data, which may be personal, only with --data."""
    from infra.tools.dead_letters import dead_letter_queue, release

    deployed = target(stage)
    queue, home = dead_letter_queue(deployed, queue_name)
    found = _chosen(deployed, queue, id_)
    release(deployed, queue, found)
    if json:
        as_json([_view(letter, data=data) for letter in found])
        return
    screen().print(f"{amount(len(found), 'message')} in {queue.name}, from {_called(home)}", markup=False)
    for letter in found:
        _print(letter, data=data)


@commands.command()
def edit(
    queue_name: QueueName,
    id_: Annotated[str, typer.Option("--id", help="The message.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; it must not exist yet.")],
    stage: StageName = "local",
) -> None:
    """Write one message to a file (for its owner only), to be edited and sent back with `return --edit`."""
    from infra.tools.dead_letters import dead_letter_queue, release

    deployed = target(stage)
    queue, _ = dead_letter_queue(deployed, queue_name)
    found = _chosen(deployed, queue, [id_])
    release(deployed, queue, found)
    if file.exists():
        raise Failed(f"{file} exists already.")
    file.touch(mode=0o600)
    file.write_text(_pretty(found[0].body) + "\n", encoding="utf-8")
    again = f" --stage {stage}" if stage != "local" else ""
    screen().print(f"Written. When it is right: commonweal redrive return {queue.name} --id {id_} --edit {file}{again} --yes", markup=False)


@commands.command("return")
def give_back(
    queue_name: QueueName,
    id_: Ids = None,
    edited: Annotated[Path | None, typer.Option("--edit", help="Send this file in the place of the one message.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, only say what would be done.")] = False,
    stage: StageName = "local",
) -> None:
    """Send messages back where they came from: each is sent, then deleted here. Says what it would do, unless --yes."""
    from functions.common import clock
    from infra.tools import dead_letters

    deployed = target(stage)
    queue, home = dead_letters.dead_letter_queue(deployed, queue_name)
    if home is None:
        raise Failed(f"What filled {queue.name} is gone: there is nowhere to send its messages back to.")
    if edited and len(id_ or []) != 1:
        raise Failed("--edit replaces one message: say which with --id.")
    body = _edited(edited) if edited else None
    if not yes:
        _only_say(deployed, queue, home, _chosen(deployed, queue, id_))
        return
    # Named messages are looked for first: one that is not there stops the command before anything is sent.
    sending = _chosen(deployed, queue, id_) if id_ else dead_letters.letters(deployed, queue, before=clock.stamp())
    done, failed = _send_back(deployed, queue, home, sending, body)
    screen().print(f"{amount(done, 'message')} sent back to {_called(home)}.", markup=False)
    if failed:
        raise typer.Exit(1)


def _only_say(deployed: "Target", queue: "Queue", home: "Home", found: "list[Letter]") -> None:
    from infra.tools.dead_letters import release

    release(deployed, queue, found)
    for letter in found:
        screen().print(f"would send back {letter.id}  {_title(letter)}", markup=False)
    screen().print(f"{amount(len(found), 'message')} would go to {_called(home)}. Nothing is done without --yes.", markup=False)


def _send_back(deployed: "Target", queue: "Queue", home: "Home", sending: "Iterable[Letter]", body: str | None) -> tuple[int, int]:
    """How many were sent, and how many could not be: those stay where they are."""
    from infra.tools import dead_letters

    done, stay = 0, []
    for letter in sending:
        try:
            dead_letters.give_back(deployed, queue, home, letter, body)
        except Exception as failure:  # whatever it is, the message is still there, and the others may go
            stay.append(letter)
            screen().print(f"{letter.id} stays: {failure}", style="red", markup=False)
        else:
            done += 1
    dead_letters.release(deployed, queue, stay)
    return done, len(stay)


def _chosen(deployed: "Target", queue: "Queue", ids: list[str] | None) -> "list[Letter]":
    """The messages asked for, held; all of them where none is named. Raises Failed when one is not there."""
    from infra.tools.dead_letters import letters, release

    found: list[Letter] = []
    others: list[Letter] = []
    for letter in letters(deployed, queue):
        (found if not ids or letter.id in ids else others).append(letter)
    release(deployed, queue, others)
    missing = set(ids or []) - {letter.id for letter in found}
    if missing:
        release(deployed, queue, found)
        raise Failed(f"{queue.name} holds no message {', '.join(sorted(missing))} (or somebody else holds it just now).")
    return found


def _edited(file: Path) -> str:
    from infra.tools.letter import check_edited

    try:
        return check_edited(file.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise Failed(f"{file}: {wrong.strerror}") from None


def _called(home: "Home | None") -> str:
    if home is None:
        return "something that is gone"
    return home.name if home.url else f"the bus {home.name}"


def _title(letter: "Letter") -> str:
    about = letter.about
    return " ".join(about[name] for name in ("type", "subject") if name in about) or "not an event that can be read"


def _view(letter: "Letter", *, data: bool) -> dict[str, Any]:
    shown = {"id": letter.id, "sent_at": letter.sent_at, "received": letter.received, "event": letter.about, "attributes": letter.said}
    return shown | ({"body": letter.body} if data else {})


def _print(letter: "Letter", *, data: bool) -> None:
    to = screen()
    to.print(f"\n[bold]{letter.id}[/]  {escape(_title(letter))}")
    to.print(f"  sent {letter.sent_at}, received {amount(letter.received, 'time')}")
    for name, value in {**letter.about, **letter.said}.items():
        if name not in ("type", "subject"):
            to.print(f"  {name}: {value}", markup=False)
    if data:
        to.print(_pretty(letter.body), markup=False, soft_wrap=True)


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
