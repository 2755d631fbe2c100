"""`commonweal trace`: the tree of everything that followed from an event."""

from json import loads as from_json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.tools.failures import Failed
from infra.tools.screen import amount, as_json, screen
from infra.tools.target import StageName, target

if TYPE_CHECKING:
    from rich.tree import Tree

    from infra.local.trace import Step


def trace(
    identity: Annotated[str, typer.Argument(metavar="ID", help="The id of any event of the tree, or its correlation id.")],
    stage: StageName = "local",
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show everything that followed from an event, who caused whom, and when (milliseconds since the first)."""
    from infra.local.trace import find

    deployed = target(stage)
    found = find(deployed.dynamodb, f"{deployed.prefix}-bus", identity)
    if found is None:
        raise Failed(f"Nothing is known of {identity}.")
    if json:
        as_json(found.view())
        return
    for root in found.roots:
        screen().print(branch(root))
    screen().print(f"{amount(found.events, 'event')}, correlation id {found.correlation_id}", markup=False)


def branch(step: "Step") -> "Tree":
    """One event and what it caused."""
    from rich.text import Text
    from rich.tree import Tree

    grown = Tree(Text.assemble(*_line(step)))
    for caused in step.caused:
        grown.children.append(branch(caused))
    return grown


def _line(step: "Step") -> list[Any]:
    said = step.said
    became = from_json(said.get("data") or "{}").get("status", "")
    when = "" if step.after_ms is None else f"{step.after_ms:+d} ms  "
    return [(when, "dim"), (said["type"], "bold"), f"  {said.get('subject', '')}  {became and f'{became}  '}", (said["id"], "dim")]
