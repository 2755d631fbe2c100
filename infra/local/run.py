"""What `make run` does: the whole platform on this machine, behind one address, until Ctrl-C."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.local import synth
from infra.local.deploy import DeploymentFailed
from infra.local.platform import ROOT, Aws, LocalPlatform, NotStarted, Outputs
from infra.local.seed import SeedRefused, seed

HOME = ROOT / ".local"
DEFAULT_PORT = 8000
screen = Console(highlight=False)


def run(port: int | None = None) -> int:
    """Start everything, say where it is, and stop it all on Ctrl-C or SIGTERM; answers the exit code."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        wanted = port or port_of(os.environ.get("PORT") or str(DEFAULT_PORT))
        with take_port(wanted) as door:
            (HOME / "platform.json").unlink(missing_ok=True)
            make_templates()
            with step("Starting the emulator"):
                platform = LocalPlatform(HOME, warm=True, public_url=f"http://127.0.0.1:{wanted}")
            with platform:
                with step("Deploying") as say:
                    outputs = platform.deploy(synth.assembly(ROOT, "local"), say)
                return asyncio.run(stay_open(door, platform, outputs, began))
    except (PortTaken, synth.SynthesisFailed, NotStarted, DeploymentFailed, SeedRefused) as error:
        screen.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 0


class PortTaken(RuntimeError):
    """The port we were to open is none, or another program listens on it."""


def port_of(text: str) -> int:
    """A port number as the environment gives it. Raises PortTaken."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise PortTaken(f"PORT is {text!r}: it must be a number from 1 to 65535.")
    return int(text)


def take_port(port: int) -> socket.socket:
    """The front door's port, ours but closed until it is served. Raises PortTaken."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(("127.0.0.1", port))
    except OSError:
        door.close()
        raise PortTaken(f"Port {port} is in use: stop what uses it, or choose another, as in `PORT={port + 1} make run`.") from None
    return door


@contextmanager
def step(what: str) -> Iterator[Callable[[str], None]]:
    """Show that something is under way, and how long it took."""
    began = time.monotonic()
    with screen.status(f"{what} …") as status:
        yield lambda line: status.update(f"{what}: {line}")
    screen.print(f"[green]✓[/] {what} [dim]{time.monotonic() - began:.1f} s[/]", soft_wrap=True)


def make_templates() -> None:
    """Synthesise the app unless nothing has changed."""
    if synth.is_fresh(ROOT):
        return
    with step("Synthesising the CDK app (again only when a source changes)"):
        synth.synthesise(ROOT)


async def stay_open(door: socket.socket, platform: LocalPlatform, outputs: Outputs, began: float) -> int:
    """Serve the front door, seed, say so, and stay until told to stop; answers the exit code."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from infra.local.front_door import front_door

    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    about: dict[str, Any] = {"url": url}
    config = Config()
    # The socket is the server's from here: it closes it.
    config.bind, config.loglevel, config.graceful_timeout = [f"fd://{door.detach()}"], "WARNING", 1.0
    config.h11_max_incomplete_size = 64 * 1024
    serving = asyncio.create_task(serve(front_door(platform, outputs, about), config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
    opening = asyncio.create_task(open_up(url, platform, about, began))
    ending = asyncio.create_task(wait_for_the_end(platform))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
        await asyncio.wait({ending, stopping, serving}, return_when=asyncio.FIRST_COMPLETED)
        if ending.done():
            screen.print(f"The emulator has ended; see {platform.log}", style="red")
        elif stop.is_set():
            screen.print("\nStopping: the state is kept, `make run` takes it up again.")
        return 1 if ending.done() else 0
    finally:
        stop.set()
        opening.cancel()
        ending.cancel()
        await serving


async def open_up(url: str, platform: Aws, about: dict[str, Any], began: float) -> None:
    """Seed what every run begins with, write `platform.json`, and say where everything is."""
    with step("Seeding the departments") as say:
        about |= await asyncio.to_thread(seed, url, platform.client, say, whole=True)
    keep(HOME / "platform.json", about)
    show(about, platform, time.monotonic() - began)


def keep(file: Path, about: Mapping[str, Any]) -> None:
    """Write the file at one stroke, for its owner only: it holds keys."""
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(about, indent=2) + "\n")
    fresh.replace(file)


async def wait_for_the_end(platform: LocalPlatform) -> None:
    """Until the emulator ends by itself, which it should not."""
    while platform.is_running():
        await asyncio.sleep(0.5)


def show(about: Mapping[str, Any], platform: Aws, seconds: float) -> None:
    """Say where everything is."""
    url = about["url"]
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for what, where in (
        ("Site", f"{url}/"),
        ("Events", f"POST {url}/events"),
        ("Notifications", f"POST {url}/v2/notifications/email, /sms, /letter"),
        ("Content", f"PUT {url}/v2/content/<id>"),
        ("Public data", f"{url}/data"),
        ("Registers", f"{url}/registers/<name>/records"),
        ("Departments", f"{url}/departments"),
        ("Developers", f"{url}/developers"),
        ("API docs", f"{url}/docs"),
        ("Outbox", f"{url}/local/outbox"),
        ("Letters", f"{url}/local/letters"),
        ("Everything", f"{url}/local/"),
        ("AWS, emulated", platform.endpoint),
    ):
        table.add_row(f"[bold]{what}[/]", where)
    screen.print(f"\n[bold green]Commonweal is running[/] [dim](ready in {seconds:.1f} s)[/]")
    screen.print(table)
    for line in keys(about):
        screen.print(line, soft_wrap=True)
    screen.print("\nIn another terminal, [bold]make emit[/]: one event publishes, tells and records.")
    screen.print("[bold]make watch[/] shows the bus. Ctrl-C stops it all.")


def keys(about: Mapping[str, Any]) -> Iterator[str]:
    """One line for each demo key."""
    if about.get("admin_key"):
        yield f"\n[bold]Admin key[/]  {about['admin_key']}"
    for department, declared in about.get("departments", {}).items():
        for service, one in declared["services"].items():
            for kind, key in one["keys"].items():
                yield f"[bold]{department} / {service} / {kind}[/]  {key}"


if __name__ == "__main__":
    sys.exit(run())
