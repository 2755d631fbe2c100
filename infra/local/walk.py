"""A newcomer's walk, timed: from a clone to a new department's first page, message and record. `make walk` takes it.

Everything is done in a copy that is thrown away, on a platform of its own, by the commands that a newcomer types. What is installed
and built here (`.venv` and `build/`) is used there, so that the time to install is not in it.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
SLUG, FACT, HARBOUR = "harbour-board", "HarbourClosed", "north-quay"
PERSON = "rosalind.okafor@example.com"
MOST_SECONDS = 600
PATIENCE, TRIES = 540.0, 8

NEW = (
    *("department", "new", SLUG, "--yes", "--contact", "harbours@example.gov.uk", "--fact", FACT),
    *("--field", f"harbour={HARBOUR}", "--field", "reason:text=Storm damage to the outer wall.", "--field", "until:date?=2026-12-01"),
)
SAMPLE = f"events/{SLUG}/{FACT}/example.json"
PLACE = f"harbour-closed/{HARBOUR}"
REGISTER = "harbour-closed"


class Lost(RuntimeError):
    """The walk did not come to its end; the text says where it stopped."""


class Walk:
    """Steps that are said, done and timed, one after the other."""

    def __init__(self, copy: Path, port: int, say: Callable[[str], None] = print) -> None:
        self.copy, self.url, self.say = copy, f"http://127.0.0.1:{port}", say
        self.port = port
        self.times: dict[str, float] = {}

    def step(self, name: str, shown: str, do: Callable[[], str]) -> None:
        """Do one thing; raises Lost where it fails."""
        self.say(f"\n$ {shown}")
        began = time.monotonic()
        told = do()
        self.times[name] = time.monotonic() - began
        self.say("\n".join([*told.rstrip().splitlines(), f"({self.times[name]:.1f} s)"]))

    def command(self, *arguments: str) -> str:
        """What `commonweal` says, called in the copy. Raises Lost where it fails."""
        done = subprocess.run([sys.executable, "-m", "infra.tools", *arguments], cwd=self.copy, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Lost(f"commonweal {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def wait(self, started: "subprocess.Popen[bytes]") -> str:
        """Until the platform is ready. Raises Lost where it does not come to that."""
        about, end = self.copy / ".local" / "platform.json", time.monotonic() + PATIENCE
        while not about.exists():
            if started.poll() is not None or time.monotonic() > end:
                raise Lost(f"The platform did not start:\n{(self.copy / 'run.log').read_text()[-3000:]}")
            time.sleep(0.2)
        return f"Commonweal is running at {self.url}/"

    def subscribe(self) -> str:
        """Somebody wants to be told when the harbour closes."""
        [service] = self.about()["departments"][SLUG]["services"].values()
        path = f"/notifications/services/{service['id']}/subscribers/{PLACE}"
        answer = httpx.post(f"{self.url}{path}", json={"email_address": PERSON}, headers={"X-Api-Key": service["keys"]["live"]}, timeout=30)
        return self._told(answer)

    def emit(self) -> str:
        """Send the sample and follow it: the same one again where a slow machine has not done all of it, which changes nothing."""
        for _ in range(TRIES - 1):
            with suppress(Lost):
                return self.command("emit", "--same", SAMPLE)
        return self.command("emit", "--same", SAMPLE)

    def page(self) -> str:
        """What is on the page."""
        return self._told(httpx.get(f"{self.url}/api/content/{PLACE}", timeout=30), "base_path", "title", "schema_name")

    def message(self) -> str:
        """What the person was sent."""
        found = httpx.get(f"{self.url}/local/outbox", params={"to": PERSON}, timeout=30).text
        if "Harbour closed" not in found or PERSON not in found:
            raise Lost("No message is in the outbox.")
        return f"Harbour closed: {HARBOUR}  →  {PERSON}"

    def record(self) -> str:
        """What stands in the register."""
        return self._told(
            httpx.get(f"{self.url}/registers/{REGISTER}/records/{HARBOUR}", headers={"Accept": "application/json"}, timeout=30)
        )

    def about(self) -> dict[str, Any]:
        """Where the platform is, and its keys."""
        found: dict[str, Any] = json.loads((self.copy / ".local" / "platform.json").read_text())
        return found

    def _told(self, answer: httpx.Response, *members: str) -> str:
        if not answer.is_success:
            raise Lost(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:500]}")
        found = answer.json()
        return json.dumps({name: found[name] for name in members} if members else found, ensure_ascii=False)


def steps(walk: Walk, started: "Callable[[], subprocess.Popen[bytes]]") -> None:
    """The whole walk. Raises Lost."""
    walk.step("new", f"commonweal {_quoted(NEW)}", lambda: walk.command(*NEW))
    walk.step("check", "commonweal department check", lambda: walk.command("department", "check"))
    walk.step("schema check", "commonweal schema check", lambda: walk.command("schema", "check"))
    walk.step("diff", f"commonweal department diff {SLUG}", lambda: walk.command("department", "diff", SLUG))
    walk.step("run", "make run", lambda: walk.wait(started()))
    walk.step("subscribe", f"curl … /notifications/services/<id>/subscribers/{PLACE} -d …", walk.subscribe)
    walk.step("emit", f"commonweal emit --same {SAMPLE}", walk.emit)
    walk.step("page", f"curl {walk.url}/api/content/{PLACE}", walk.page)
    walk.step("message", f"curl {walk.url}/local/outbox", walk.message)
    walk.step("record", f"curl {walk.url}/registers/{REGISTER}/records/{HARBOUR}", walk.record)


@contextmanager
def cloned() -> Iterator[Path]:
    """A fresh clone of what is committed, which is thrown away. What was installed and built already is taken from here."""
    with tempfile.TemporaryDirectory(prefix="walk-") as folder:
        copy = Path(folder) / "commonweal"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        (copy / "build").symlink_to(ROOT / "build")
        yield copy


@contextmanager
def platform(copy: Path, port: int) -> "Iterator[Callable[[], subprocess.Popen[bytes]]]":
    """What starts a platform in the copy; it is stopped at the end, whatever happens."""
    running: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        with (copy / "run.log").open("wb") as log:
            command = [sys.executable, "-m", "infra.tools", "run", "--port", str(port)]
            running.append(subprocess.Popen(command, cwd=copy, stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": str(copy)}))
        return running[0]

    try:
        yield start
    finally:
        for one in running:
            one.send_signal(signal.SIGINT)
            try:
                one.wait(40)
            except subprocess.TimeoutExpired:
                one.kill()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


def main() -> int:
    """Take the walk; 1 where it does not end well, or not in time."""
    port = free_port()
    with cloned() as copy, platform(copy, port) as start:
        walk = Walk(copy, port)
        try:
            steps(walk, start)
        except Lost as lost:
            print(lost, file=sys.stderr)
            return 1
    total = sum(walk.times.values())
    print(f"\nFrom a clone, with all installed and built, to a page, a message and a record: {total:.0f} s.")
    return 0 if total <= MOST_SECONDS else 1


def _quoted(arguments: Sequence[str]) -> str:
    return " ".join(f"'{one}'" if set(one) & set(" ?|") else one for one in arguments)


if __name__ == "__main__":
    sys.exit(main())
