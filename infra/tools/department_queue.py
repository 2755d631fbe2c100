"""`commonweal department queue`: what came to a department's own queue on this machine."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from infra.tools.failures import Failed
from infra.tools.screen import amount, screen
from infra.tools.target import StageName, target

if TYPE_CHECKING:
    from infra.tools.dead_letters import Queue
    from infra.tools.target import Target

WHO_HAS_ONE = "A department has one where it subscribes to others' events without a webhook, from the next `make run` on."


def queue(slug: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="E.g. communities.")], stage: StageName = "local") -> None:
    """Show what waits in a department's own queue, and in its dead-letter queue, on the platform of this machine. Nothing is taken.

    To look counts as one of the five times that a message is handed out before it goes to the dead-letter queue.
    """
    from infra.stages import STAGES
    from infra.tools import dead_letters
    from schemas.sharing import queue_name

    if stage != "local" and stage in STAGES:
        raise Failed(f"In {stage} nobody reads the queue of {slug} but the department itself, by its role or from its own account.")
    running = target(stage)
    try:
        found = dead_letters.queue_named(running, queue_name(running.prefix, slug))
    except Failed as missing:
        raise Failed(f"{missing} {WHO_HAS_ONE}") from None
    _show(running, found)
    if found.dead_letters:
        _show(running, dead_letters.queue_named(running, found.dead_letters.rpartition(":")[2]))


def _show(running: "Target", one: "Queue") -> None:
    from infra.tools.dead_letters import letters, release

    found = list(letters(running, one))
    release(running, one, found)
    held = f", and {one.held} that somebody has taken and not deleted" if one.held else ""
    screen().print(f"{amount(len(found), 'message') if found else 'No message'} in {one.name}{held}", markup=False, soft_wrap=True)
    for letter in found:
        screen().print(_indented(letter.body), markup=False, soft_wrap=True)


def _indented(body: str) -> str:
    """A message as JSON that can be read; as it stands where it is none."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
