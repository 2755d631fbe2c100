"""`commonweal run`: the whole platform on this machine."""

from typing import Annotated

import typer


def run(port: Annotated[int | None, typer.Option(help="Where to listen; else PORT, else 8000.")] = None) -> None:
    """Start the whole platform on this machine, until Ctrl-C."""
    from infra.local.run import run as start  # local: it brings the emulator's launcher, which no other command needs

    raise typer.Exit(start(port))
