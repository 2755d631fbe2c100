"""Somebody's own server that hears callbacks, on this machine: it keeps what it heard, and answers what it was told to answer."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.integration.faults import eventually


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    """By their names in lower case."""
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found


class Receiver:
    """Answers 204, unless it was told to answer otherwise."""

    def __init__(self) -> None:
        self._answers: defaultdict[str, list[int]] = defaultdict(list)
        self._heard: list[Heard] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's own name
                return

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._heard.append(Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, content))
                self.send_response(receiver._answers[self.path].pop(0) if receiver._answers[self.path] else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def will_answer(self, path: str, *statuses: int) -> None:
        """The next requests to a path are answered so, each with one of these."""
        self._answers[path] += statuses

    def heard(self, path: str, about: str = "", number: int = 1, seconds: float = 30) -> list[Heard]:
        """What came to a path, perhaps about one thing alone, once there are so many of it or time is out."""

        def look() -> list[Heard]:
            return [one for one in self._heard if one.path == path and about.encode() in one.content]

        eventually(lambda: len(look()) >= number, seconds)
        return look()
