"""What a cold start costs: CPU to import a handler and make its client, over the least that any Lambda handler with a client pays."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from infra import declarations
from infra.bundling import Platform, bundle, entries
from infra.bundling.pinned import installed
from infra.bundling.proof import RUNTIME
from tests.benchmarks.report import Section, milliseconds

CLIENTS: Mapping[str, str | None] = {"bus.relay": "events", "bus.catalogue": None}
"""The one client that a handler's first call needs, where it is not DynamoDB's."""
APIS = frozenset(
    {
        "actions", "api", "catalogue", "configure", "content", "datasets", "developers", "drafts", "finding", "ingress", "linking",
        "load_rsf", "manage", "pages", "public", "reports", "reserving", "uploads",
    }
)  # fmt: skip
"""The modules that answer over HTTP; all others hear a queue, a stream or CloudFormation."""

ROUNDS = 9

HANDLER = """
import importlib, os, sys, time
bundle, runtime, entry, client = sys.argv[1:]
sys.path += [bundle, runtime]
began = time.process_time()
importlib.import_module("functions." + entry)
if client:
    from functions.common import clients
    getattr(clients, client)()
print(time.process_time() - began)
"""
FLOOR = """
import sys, time
sys.path += sys.argv[2:3]
began = time.process_time()
import boto3
boto3.client("dynamodb")
print(time.process_time() - began)
"""


def measure(rounds: int = ROUNDS) -> Section:
    """Each in a process of its own, with nothing but its bundle and Lambda's boto3 to import; in rounds, so that a busy moment hits all."""
    declarations.write()
    with runtime() as boto3:
        run = partial(_run, boto3)
        bundles = {entry: bundle(entry, Platform.HOST) for entry in entries()}
        times: dict[str, list[float]] = {entry: [] for entry in ("", *bundles)}
        for _ in range(rounds):
            times[""].append(run(FLOOR, Path(), "", ""))
            for entry, home in bundles.items():
                times[entry].append(run(HANDLER, home, entry, CLIENTS.get(entry, "dynamodb") or ""))
    best = {entry: min(found) for entry, found in times.items()}
    floor = best.pop("")
    ratios = {entry: seconds / floor for entry, seconds in best.items()}
    return Section(
        title="Starting a handler",
        how="CPU to import a handler and to make the client that it calls first, in a fresh interpreter whose path holds its bundle and "
        f"boto3 alone; the best of {rounds}. The floor is `import boto3` and one client. "
        "To reach: 1.9 for what answers HTTP, 1.7 for what hears a queue or a stream.",
        columns=("handler", "ms of CPU", "times the floor", "to reach"),
        rows=[
            ("*floor: `import boto3`, `boto3.client('dynamodb')`*", milliseconds(floor), "1.00", ""),
            *((f"`{entry}`", milliseconds(best[entry]), f"{ratio:.2f}", f"{goal(entry)}") for entry, ratio in ratios.items()),
        ],
        found=_found(ratios),
    )


def goal(entry: str) -> float:
    """How many times the floor a handler may take."""
    return 1.9 if entry.partition(".")[2] in APIS else 1.7


@contextmanager
def runtime() -> Iterator[Path]:
    """A folder of what Lambda's Python brings besides the standard library."""
    with tempfile.TemporaryDirectory() as folder:
        for path in (path for distribution in RUNTIME for path in installed(distribution)):
            (Path(folder) / path.name).symlink_to(path)
        yield Path(folder)


def _run(boto3: Path, script: str, *arguments: object) -> float:
    home, entry, client = map(str, arguments)
    clean = [sys.executable, "-I", "-S", "-B", "-c", script, home, str(boto3), entry, client]
    told = subprocess.run(clean, env={"AWS_DEFAULT_REGION": "eu-west-2"}, capture_output=True, text=True, check=True)
    return float(told.stdout)


def _found(ratios: Mapping[str, float]) -> str:
    missed = [f"`{entry}` ({ratio:.2f})" for entry, ratio in ratios.items() if ratio > goal(entry)]
    if missed:
        return f"Not reached: {', '.join(missed)}."
    return f"All {len(ratios)} are within it; the highest is {max(ratios.values()):.2f}."
