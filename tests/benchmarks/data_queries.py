"""What it costs to ask for records: our handler, called with its event, beside Datasette, called by its own in-process client.

Both read SQLite files of the same rows and indexes on this machine. Datasette suggests no facets and counts nothing (`_nocount=1`), nor do
we; it gives as many rows to a page as CKAN does. `python -m tests.benchmarks.data_queries 10000000` takes another number of rows.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, quote, urlsplit

from functions.common import declarations, developer_keys, keyring, quota
from functions.common.log import logger
from functions.common.quota import Admitted
from functions.data_access import dictionary
from functions.data_access.canonical import canonical_json
from functions.data_access.datasets import datasets
from functions.data_access.merkle import Frontier
from functions.data_access.registers import Head, Logged, Origin
from functions.data_access.replica import kept
from functions.data_access.store import log, snapshots
from tests.benchmarks.report import Section, milliseconds, quantile

ROWS, MANY, ROUNDS = 100_000, 10_000_000, 30
PAGE_OF_CKAN = 32_000
REGIONS = ("North", "South", "East", "West", "Éire", "Wales", "Ulster", "Isles")
KINDS = ("river", "tidal", "groundwater", "rainfall")
FIELDS = ("station", "name", "region", "kind", "level", "height", "opened", "open")
INDEXED = ("region", "level", "opened")
DATATYPES = {"level": "integer", "height": "number", "opened": "date", "open": "boolean"}
DECLARED: dict[str, Any] = {
    "department": "environment-agency",
    "title": "Stations",
    "description": "Stations",
    "key": "((station))",
    "licence": "OGL",
    "fields": [{"field": name, "datatype": DATATYPES.get(name, "string"), "cardinality": "1", "index": name in INDEXED} for name in FIELDS],
}

type Asked = Callable[[], bytes]


@dataclass(frozen=True)
class Pair:
    """One question, put to both: what each answers is its body."""

    ours: Asked
    theirs: Asked
    rounds: int = ROUNDS


def measure(rows: int = ROWS) -> Section:
    """Each question in turn, round by round, so that a busy moment hits both."""
    with tempfile.TemporaryDirectory() as folder, _ours(rows) as ask, _datasette(Path(folder), rows) as theirs:
        pairs = _pairs(ask, theirs, rows)
        found = {name: _timed(pair) for name, pair in pairs.items()}
    return Section(
        title=f"Asking for records, of {rows:,}",
        how=f"{rows:,} rows × {len(FIELDS)} columns; each call in process, from request to whole answer, warm, one at a time; "
        f"{ROUNDS} of each. Ours reads the register's head (from memory here: one GetItem in AWS) and then its replica; it signs each next "
        "link. Datasette without suggested facets and without counting. 32,000 rows are seven pages of ours, each found by the link of "
        "the last, and one of Datasette's, which is told to give so many. The whole CSV is, of ours, every page of 5,000: a caller is led "
        "to the snapshot's file instead.",
        columns=("asked", "ours, p50 ms", "p95", "Datasette, p50 ms", "p95", "times as fast"),
        rows=[_row(name, *times) for name, times in found.items()],
        found=_found(found),
    )


def _pairs(ask: Callable[[str], bytes], theirs: Callable[[str], bytes], rows: int) -> dict[str, Pair]:
    ours, table = "/datasets/station/records", "/stations/records.json"
    middle, some = f"S{rows // 2:08}", "region=South&kind=river"
    key, token = f"S{rows // 3:08}", rows // 2
    narrow = "level__gte=400&level__lt=600&region=South&kind=tidal"
    return {
        "first 100": Pair(lambda: ask(ours), lambda: theirs(f"{table}?_size=100&_nocount=1")),
        "two filters, 100 rows": Pair(lambda: ask(f"{ours}?{some}"), lambda: theirs(f"{table}?{some}&_size=100&_nocount=1")),
        "1,000 rows": Pair(lambda: ask(f"{ours}?_limit=1000"), lambda: theirs(f"{table}?_size=1000&_nocount=1")),
        "a keyset page from the middle": Pair(
            _following(ask, f"{ours}?_key__gt={middle}&_sort=_key"), lambda: theirs(f"{table}?_next={token}&_size=100&_nocount=1")
        ),
        "three filters with a range, sorted": Pair(
            lambda: ask(f"{ours}?{narrow}&_sort_desc=level"), lambda: theirs(f"{table}?{narrow}&_sort_desc=level&_size=100&_nocount=1")
        ),
        "one record by its key": Pair(
            lambda: ask(f"{ours}/{key}"), lambda: theirs(f"{table}?station={quote(key)}&_size=1&_nocount=1&_shape=objects")
        ),
        "32,000 rows": Pair(lambda: _all(ask, f"{ours}?_limit=5000", PAGE_OF_CKAN), lambda: theirs(f"{table}?_size=max&_nocount=1"), 5),
        **({"the whole as CSV": _whole(ask, theirs, rows)} if rows <= ROWS else {}),
    }


def _whole(ask: Callable[[str], bytes], theirs: Callable[[str], bytes], rows: int) -> Pair:
    ours = "/datasets/station/records.csv?_limit=5000"
    return Pair(lambda: _all(ask, ours, rows), lambda: theirs("/stations/records.csv?_stream=on"), 2)


def _following(ask: Callable[[str], bytes], first: str) -> Asked:
    """The second page, whose link the first one gives."""
    address = urlsplit(json.loads(ask(first))["next"])
    return lambda: ask(f"{address.path}?{address.query}")


def _all(ask: Callable[[str], bytes], address: str, rows: int) -> bytes:
    """So many rows, page by page."""
    made = bytearray()
    for _ in range(-(-rows // 5000)):
        body = ask(address)
        made += body
        link = ask.following  # type: ignore[attr-defined]
        if not link:
            break
        address = link
    return bytes(made)


def _timed(pair: Pair) -> tuple[list[float], list[float]]:
    both: tuple[list[float], list[float]] = ([], [])
    for _ in range(pair.rounds + 1):
        for asked, times in zip((pair.ours, pair.theirs), both, strict=True):
            began = time.perf_counter()
            assert asked()
            times.append(time.perf_counter() - began)
    return both[0][1:], both[1][1:]  # the first of each warms what it reads


def _row(name: str, ours: Sequence[float], theirs: Sequence[float]) -> tuple[str, ...]:
    figures = [milliseconds(quantile(times, part)) for times in (ours, theirs) for part in (0.5, 0.95)]
    return name, *figures, f"{quantile(theirs, 0.5) / quantile(ours, 0.5):,.1f}"


def _found(found: dict[str, tuple[list[float], list[float]]]) -> str:
    slower = [name for name, (ours, theirs) in found.items() if quantile(ours, 0.5) >= quantile(theirs, 0.5)]
    return f"Not faster: {', '.join(slower)}." if slower else "Faster on every line."


def _items(rows: int) -> Iterator[dict[str, str]]:
    drawn = random.Random(7)  # the same rows in each run
    for number in range(1, rows + 1):
        yield {
            "station": f"S{number:08}",
            "name": f"Station number {number} at the weir",
            "region": drawn.choice(REGIONS),
            "kind": drawn.choice(KINDS),
            "level": str(drawn.randrange(1000)),
            "height": f"{drawn.randrange(10_000) / 100}",
            "opened": f"{drawn.randrange(1950, 2020)}-{drawn.randrange(1, 13):02}-{drawn.randrange(1, 29):02}",
            "open": "true" if drawn.random() < 0.8 else "false",
        }


@contextmanager
def _ours(rows: int) -> Iterator[Callable[[str], bytes]]:
    """Our handler over a register of these rows: its replica is made from its log, and its head is read from memory."""
    origin = Origin("load", "uk.gov.environment-agency.floods", "root", "1")

    def since(_: str, number: int, upto: int) -> Iterator[Logged]:
        for at, item in enumerate(_items(rows), 1):
            if number < at <= upto:
                text = canonical_json(item)
                yield Logged(at, item["station"], "2026-11-23T09:30:00Z", text.decode(), sha256(text).digest(), origin)

    head = Head("environment-agency", Frontier(rows), "2026-11-23T09:30:00Z")
    asking = _Asking()
    with ExitStack() as stack:
        for owner, name, value in (
            (log, "head", lambda _: head),
            (log, "since", since),
            (snapshots, "newest", lambda _: None),
            (declarations, "compiled", lambda: {"registers": {"station": DECLARED}}),
            (keyring, "pepper", lambda: b"pepper"),
            (quota, "admit", lambda request: Admitted("holder", {}, developer_keys.without(request))),
        ):
            stack.enter_context(patch.object(owner, name, value))
        stack.enter_context(patch.dict(os.environ, {"REPLICA_BYTES": str(10**11), "POWERTOOLS_METRICS_NAMESPACE": "Commonweal"}))
        logger.setLevel(logging.WARNING)
        stack.enter_context(redirect_stdout(open(os.devnull, "w")))  # noqa: PTH123, SIM115  # metrics, which a benchmark does not read
        kept._all.clear()
        asking("/datasets/station/records")
        yield asking
        kept._all.clear()


class _Asking:
    """Asks our handler, as API Gateway does; `following` is where the last answer's next page is."""

    following = ""

    def __call__(self, address: str) -> bytes:
        parts = urlsplit(address)
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {"host": "data.example", "x-api-key": "key"},
            "queryStringParameters": dict(parse_qsl(parts.query, keep_blank_values=True)) or None,
            "requestContext": {"http": {"method": "GET", "path": parts.path}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        answer = datasets(event, SimpleNamespace())  # type: ignore[arg-type]  # any context will do
        assert answer["statusCode"] == 200, answer
        link = urlsplit(answer["headers"].get("Link", "").removeprefix("<").partition(">")[0])
        self.following = f"{link.path}?{link.query}" if link.path else ""
        # What Lambda sends on: the answer as JSON.
        return json.dumps(answer).encode() and answer["body"].encode()


@contextmanager
def _datasette(folder: Path, rows: int) -> Iterator[Callable[[str], bytes]]:
    from datasette.app import Datasette

    path = folder / "stations.db"
    known = dictionary.of(DECLARED)
    with sqlite3.connect(path) as made:
        fields = ", ".join(f'"{field.name}" {field.column_type}' for field in known.fields)
        made.execute(f"CREATE TABLE records (id INTEGER PRIMARY KEY, {fields})")
        made.executemany(
            f"INSERT INTO records VALUES ({', '.join('?' * (len(FIELDS) + 1))})",
            ((number, *known.cells(item)) for number, item in enumerate(_items(rows), 1)),
        )
        made.execute("CREATE UNIQUE INDEX by_station ON records(station)")
        for name in INDEXED:
            made.execute(f"CREATE INDEX by_{name} ON records({name})")
    loop = asyncio.new_event_loop()
    given = {
        "suggest_facets": False,
        "default_page_size": 100,
        "max_returned_rows": PAGE_OF_CKAN,
        "max_csv_mb": 0,
        "sql_time_limit_ms": 60_000,
    }
    served = Datasette([str(path)], settings=given, immutables=[])

    def ask(address: str) -> bytes:
        answer = loop.run_until_complete(served.client.get(address))
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)

    try:
        yield ask
    finally:
        loop.close()


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS).markdown())
