"""`commonweal`: start the platform, send it an event, see what became of it, and put right what went wrong."""

from typing import Any

import typer
from typer.core import TyperGroup

from infra.tools import department, emit, explain, redrive, register, replay, run, schema, trace, watch
from infra.tools.failures import Failed
from infra.tools.running import NOT_RUNNING

FROM_OUTSIDE = ("botocore", "httpx")
"""Libraries whose failures are the network's or AWS's, and say themselves what is wrong."""


class Commands(TyperGroup):
    """All commands; one that fails for a known reason says so in a line, and exits with 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Exception as failure:
            if not isinstance(failure, Failed) and type(failure).__module__.partition(".")[0] not in FROM_OUTSIDE:
                raise
            # The emulator ended while a command was at work.
            gone = type(failure).__name__ in ("EndpointConnectionError", "ConnectionClosedError") and "127.0.0.1" in str(failure)
            typer.echo(NOT_RUNNING if gone else str(failure) or type(failure).__name__, err=True)
            raise typer.Exit(1) from None


app = typer.Typer(cls=Commands, help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("run")(run.run)
app.command("emit")(emit.emit)
app.command("explain")(explain.explain)
app.command("trace")(trace.trace)
app.command("watch")(watch.watch)
app.add_typer(redrive.commands, name="redrive")
app.command("replay")(replay.replay)
app.add_typer(schema.commands, name="schema")
app.add_typer(register.commands, name="register")
app.add_typer(department.commands, name="department")
