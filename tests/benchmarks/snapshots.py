"""What it costs to follow a log, and to write a snapshot: rows a second, in process, the log's entries made beforehand."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from functions.data_access.dictionary import Dictionary, Field
from functions.data_access.exports.parquet import write_parquet
from functions.data_access.exports.texts import write_csv, write_ndjson
from functions.data_access.registers import Logged, Origin
from functions.data_access.replica import kept
from functions.data_access.replica.copying import write_copy
from tests.benchmarks.report import Section, milliseconds, quantile

ROWS = int(os.environ.get("SNAPSHOT_ROWS", "100000"))
NEW, ONE_BY_ONE = 10_000, 200
ORIGIN = Origin("event", "uk.gov.communities.registers", "root", "1")
DICTIONARY = Dictionary(
    (
        Field("id"),
        Field("name", index=True),
        Field("amount", "number", index=True),
        Field("count", "integer"),
        Field("open", "boolean"),
        Field("start-date", "date", index=True),
        Field("region", index=True),
        Field("notes"),
    ),
    "id",
)


def measure() -> Section:
    """Follow and export a register of `ROWS` entries, a tenth of which replace others."""
    entries = [_entry(number) for number in range(1, ROWS + NEW + ONE_BY_ONE + 1)]
    rows: list[tuple[str, ...]] = []
    with _logged(entries), tempfile.TemporaryDirectory() as folder:
        home = Path(folder)

        def timed(what: str, count: int, work: Callable[[], object]) -> None:
            began, busy = time.perf_counter(), time.process_time()
            work()
            took, used = time.perf_counter() - began, time.process_time() - busy
            rows.append((what, f"{count:,}", f"{took:,.2f}", f"{count / took:,.0f}", f"{used / count * 1e6:,.0f}"))

        timed("follow the log from its beginning", ROWS, lambda: kept.at("bench", DICTIONARY, ROWS))
        timed("follow it from there", NEW, lambda: kept.at("bench", DICTIONARY, ROWS + NEW))
        each = [_seconds(ROWS + NEW + number) for number in range(1, ONE_BY_ONE + 1)]
        with kept.at("bench", DICTIONARY, ROWS) as current:
            held = current.bytes_held / current.size
            timed("CSV, plain and with gzip", ROWS, lambda: write_csv(current, home / "r.csv", home / "r.csv.gz"))
            timed("NDJSON with gzip", ROWS, lambda: write_ndjson(current, home / "r.ndjson.gz"))
            timed("both Parquet files", ROWS, lambda: list(write_parquet(current, home / "h.parquet", home / "r.parquet")))
            timed("the replica's copy", ROWS, lambda: write_copy(current, home / "r.sqlite"))
    return Section(
        "Replicas and snapshots",
        f"A register of {ROWS:,} entries of eight fields, four of them indexed; the log is in memory.",
        ("what", "entries", "s", "entries/s", "CPU µs an entry"),
        rows,
        f"One new entry is followed in {milliseconds(quantile(each, 0.5))} ms (p95 {milliseconds(quantile(each, 0.95))} ms). "
        f"A replica takes {held:,.0f} bytes an entry.",
    )


def _seconds(number: int) -> float:
    began = time.perf_counter()
    kept.at("bench", DICTIONARY, number).leave()
    return time.perf_counter() - began


def _entry(number: int) -> Logged:
    item = {
        "amount": str(number % 1000 / 4),
        "count": str(number),
        "id": f"K{number}",
        "name": f"Name {number % 5000} of things",
        "notes": f"some longer text about this row and others {number}",
        "open": "true" if number % 3 else "false",
        "region": f"r{number % 50}",
        "start-date": f"2026-01-{number % 28 + 1:02}",
    }
    canonical = json.dumps(item, separators=(",", ":"))
    key = f"K{number % (ROWS * 9 // 10)}"
    return Logged(number, key, "2026-11-23T09:30:00Z", canonical, sha256(canonical.encode()).digest(), ORIGIN)


@contextmanager
def _logged(entries: list[Logged]) -> Iterator[None]:
    log = SimpleNamespace(since=lambda _, number, upto: iter(entries[number:upto]))
    with patch.object(kept, "log", log), patch.object(kept, "snapshots", SimpleNamespace(newest=lambda _: None)):
        yield
