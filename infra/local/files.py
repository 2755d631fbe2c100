"""The registers that a run on this machine begins with by file: sent as a department sends one, and waited for."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from infra.local.seed import Door

FOLDER = Path(__file__).parents[1] / "departments" / "registers"
OWNERS = {"government-organisation": ("cabinet-office", "registers"), "territory": ("foreign-office", "registers")}
"""Each such register, and the service that loads it."""
PATIENCE, PAUSE = 180, 0.2
UNDER_WAY = frozenset({"waiting", "checking", "loading"})


class FileRefused(RuntimeError):
    """A file was not loaded; the text says what became of it."""


def load(door: Door, register: str) -> None:
    """Load the rows of a register as published. Raises FileRefused."""
    path = f"/datasets/{register}/uploads"
    for body in files_of(FOLDER / f"{register}.tsv", register):
        announced = door.ask(OWNERS[register], "POST", path, {"format": "csv", "bytes": len(body)})
        send = announced["send"]
        httpx.request(send["method"], send["url"], content=body, headers=send["headers"], trust_env=False, timeout=60).raise_for_status()
        _await(door, register, announced["links"]["self"])


def files_of(rows: Path, key: str) -> Iterator[bytes]:
    """The rows as CSV: a file of those whose key comes for the first time, one of those whose key comes for the second, and so on."""
    with rows.open(encoding="utf-8", newline="") as lines:
        read = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        fields, came = list(read.fieldnames or ()), Counter[str]()
        files: dict[int, list[dict[str, Any]]] = {}
        for row in read:
            came[row[key]] += 1
            files.setdefault(came[row[key]], []).append(row)
    for file in files.values():
        text = io.StringIO()
        writer = csv.DictWriter(text, fields)
        writer.writeheader()
        writer.writerows(file)
        yield text.getvalue().encode()


def _await(door: Door, register: str, path: str) -> None:
    until = time.monotonic() + PATIENCE
    while (found := door.ask(OWNERS[register], "GET", path, None))["state"] in UNDER_WAY:
        if time.monotonic() > until:
            raise FileRefused(f"{register}: its file is {found['state']} after {PATIENCE} seconds")
        time.sleep(PAUSE)
    if found["state"] != "loaded":
        raise FileRefused(f"{register}: {found}")
