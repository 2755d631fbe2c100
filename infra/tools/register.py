"""`commonweal register`: the registers of a stage, looked into by whoever runs it."""

import base64
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.tools.failures import Failed
from infra.tools.screen import as_json, screen
from infra.tools.target import StageName, Target, target
from schemas.proof import printed

commands = typer.Typer(help="Look into registers, whose log nobody may change.", no_args_is_help=True)

Checkpoints = Annotated[
    list[Path] | None, typer.Option("--checkpoint", help="A file with an earlier checkpoint, which must hold still; may be given often.")
]


@commands.command()
def audit(
    name: Annotated[str, typer.Argument(metavar="REGISTER", help="E.g. flood-warning.")],
    checkpoint: Checkpoints = None,
    stage: StageName = "local",
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Recompute a register from all that is stored of it; names the first entry that was tampered with, and exits with 1 then."""
    found = audited(target(stage), name, dict(_size_and_root(path) for path in checkpoint or ()))
    if json:
        as_json({key: value for key, value in found.items() if key != "reached"})
    elif "what" not in found:
        screen().print(f"{name}: entries 1 to {found['size']:,} are as they were written, root hash {found['root-hash']}", markup=False)
    if "what" in found:
        raise Failed(f"Entry {found['entry']} of {name}: {found['what']}.")


def audited(stage: Target, register: str, roots: dict[str, str]) -> dict[str, Any]:
    """What the audit of a whole register finds, in as many calls as that takes. Raises Failed where it cannot be made."""
    asked: dict[str, Any] = {"register": register, "roots": roots}
    while True:
        found = stage.call("data-access-audit", asked)
        if found["is_done"]:
            return found
        asked["reached"] = found["reached"]


def _size_and_root(path: Path) -> tuple[str, str]:
    """The size and the root hash that a checkpoint says: its second and third lines (C2SP tlog-checkpoint)."""
    try:
        _, size, root, *_ = path.read_text("utf-8").splitlines()
        return str(int(size)), printed(base64.b64decode(root, validate=True))
    except (OSError, ValueError) as wrong:
        raise Failed(f"{path} is not a checkpoint: {wrong}") from None
