"""The emulator's process: its folders and settings, its one port, and a stop that loses nothing."""

import asyncio
import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path

REGION = "eu-west-2"
HOUSE_FULL = 3
"""The exit code that says: another emulator runs on this state."""
LAST_ORDERS_SECONDS = 8.0


def open_house(home: Path, port: int) -> socket.socket:
    """Take the folder for this process alone, and open the port. Exits with HOUSE_FULL when another emulator has the folder."""
    (home / "state").mkdir(parents=True, exist_ok=True)
    lock = os.open(home / "state" / "lock", os.O_CREAT | os.O_RDWR)  # held until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another emulator is running on {home}", file=sys.stderr)
        raise SystemExit(HOUSE_FULL) from None
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def settle(home: Path, port: int, *, enforce_iam: bool, functions_endpoint: str, public_url: str) -> None:
    """Set what MiniStack reads from the environment when it is imported. Nothing of it may be imported before."""
    folder = home / "tmp"
    shutil.rmtree(folder, ignore_errors=True)  # upstream never removes its folders of functions
    folder.mkdir(parents=True)
    tempfile.tempdir = str(folder)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "SERVICES", "MINISTACK_HOST", "USE_SSL"):
        os.environ.pop(name, None)
    os.environ.update(
        AUTH="true" if enforce_iam else "false",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106  (what the emulator takes for the account's root)
        AWS_DEFAULT_REGION=REGION,
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        IOT_MTLS_ENABLED="0",
        LAMBDA_ASYNC_RETRY_BASE_SECONDS="1",
        LAMBDA_WARM_TTL_SECONDS="60",
        LOG_LEVEL="WARNING",
        MINISTACK_REGION=REGION,
        PERSIST_STATE="1",
        S3_DATA_DIR=str(home / "objects"),
        S3_PERSIST="1",
        SFTP_ENABLED="0",
        STATE_DIR=str(home / "state"),
        TMPDIR=str(folder),
    )
    if public_url:
        # In AWS the template says it; here only whoever opens the front door knows its port.
        os.environ["PUBLIC_URL"] = public_url
    if functions_endpoint:
        os.environ["AWS_ENDPOINT_URL"] = functions_endpoint


def serve(home: Path, listener: socket.socket, *, attached: bool, warm: bool) -> None:
    """Serve on `listener` until SIGTERM, SIGINT or, when `attached`, the end of standard input. The first line printed names the port."""
    from hypercorn.asyncio import serve as hypercorn
    from hypercorn.config import Config

    from infra.local import state, warmth
    from infra.local.upstream import upstream

    checkpoints = state.Checkpoints(home / "state")
    state.settle(checkpoints.folder)
    state.save_whole(checkpoints)
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    config.graceful_timeout = 1.0

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for wanted in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(wanted, stop.set)
        if attached:
            threading.Thread(target=stop_with_parent, args=(loop, stop), daemon=True).start()
        saving = asyncio.create_task(checkpoints.keep())
        announce(port)
        if warm:
            threading.Thread(target=warmth.warm_functions, daemon=True).start()
        await hypercorn(checkpoints.watch(upstream("app", "app")), config, shutdown_trigger=lambda: last_orders(stop))  # type: ignore[arg-type]
        saving.cancel()

    asyncio.run(run())
    upstream("core.lambda_runtime", "reset")()


def announce(port: int) -> None:
    """Print the port on the first line; all that MiniStack prints later goes to the log."""
    print(json.dumps({"port": port}), flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def stop_with_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Standard input, a pipe, ends when the process that started us does, however it ends."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(stop.set)


async def last_orders(stop: asyncio.Event) -> None:
    """Wait for the wish to stop; then take no new message or record, and let what is under way end, while AWS still answers."""
    from infra.local import streams

    await stop.wait()
    streams.resting.set()
    for _ in range(int(LAST_ORDERS_SECONDS / 0.05)):
        if not streams.busy():
            return
        await asyncio.sleep(0.05)
    logging.getLogger("commonweal").warning("stopped while functions were still at work; their messages will be delivered again")
