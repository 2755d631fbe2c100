"""The front door of `make run`, on a free port, in a thread of the test's own process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping

from hypercorn.asyncio import serve
from hypercorn.config import Config

from infra.local.front_door import front_door
from infra.local.platform import Aws


class Door:
    """Serves one platform until it is closed."""

    def __init__(self, aws: Aws, outputs: Mapping[str, Mapping[str, str]]) -> None:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = Config()
        config.bind, config.loglevel, config.graceful_timeout = [f"fd://{listening.detach()}"], "WARNING", 1.0
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        serving = serve(front_door(aws, outputs, {"url": self.url}), config, shutdown_trigger=self._end.wait)  # type: ignore[arg-type]
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[serving], daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
