"""What it costs to load a file of a gigabyte into a register: rows a second, and the memory that it takes.

Run by itself (`python -m tests.benchmarks.loading 100`) it loads so many megabytes and prints what it measured as JSON.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from functions.common import clients, clock, declarations
from functions.data_access import load
from functions.data_access.replica import kept
from functions.data_access.store import log, uploads
from functions.data_access.store.uploads import Upload
from tests.benchmarks.account import account, room, unheard
from tests.benchmarks.folder import FolderS3
from tests.benchmarks.report import Section

MEGABYTES = 1_000
MEGA = 1_000_000
REGISTER, UPLOAD = "school", "01928f3c-7a10-7c3e-8b5d-2f4a6c8e0b12"
DATATYPES = {
    "school": "string",
    "name": "string",
    "phase": "string",
    "opened": "date",
    "pupils": "integer",
    "rate": "number",
    "town": "string",
    "note": "text",
}
FIELDS = [{"field": name, "datatype": datatype, "cardinality": "1"} for name, datatype in DATATYPES.items()]
SCHOOLS = {"department": "education", "title": "Schools", "description": "Schools", "key": "school", "licence": "none", "fields": FIELDS}


def measure(megabytes: int = MEGABYTES) -> Section:
    """In a process of its own: memory that was once taken is counted for ever."""
    command = [sys.executable, "-m", "tests.benchmarks.loading", str(megabytes)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # ourselves
    rows = found["rows"]
    return Section(
        "A file loaded into a register",
        f"A CSV file of {megabytes:,} MB, {rows:,} rows of {len(FIELDS)} columns, of five datatypes, each row checked, written to segments "
        "and appended to the log with its Merkle tree, all or nothing. A folder stands in the place of S3, moto in that of DynamoDB. The "
        "floor only parses the same file with Python's `csv`.",
        ("", "rows a second of CPU", "CPU s", "s", "peak memory, MB above the start"),
        [
            ("*floor: `csv.reader`*", f"{rows / found['floor']:,.0f}", f"{found['floor']:.0f}", "", ""),
            (
                "checked, loaded and proven",
                f"{rows / found['cpu']:,.0f}",
                f"{found['cpu']:.0f}",
                f"{found['seconds']:.0f}",
                f"{found['memory']:.0f}",
            ),
        ],
        f"The whole took {found['cpu'] / found['floor']:.1f} times the CPU of the floor. A function lives 900 s.",
    )


def _measured(megabytes: int) -> dict[str, float]:
    with bucket() as s3:
        upload = announced(s3, megabytes * MEGA)
        floor = _floor(s3.path(uploads.address(REGISTER, UPLOAD)))
        before, cpu, began = _peak(), time.process_time(), time.monotonic()
        size = load_it(upload)
        took = {"cpu": time.process_time() - cpu, "seconds": time.monotonic() - began, "memory": _peak() - before}
    return {"rows": size, "floor": floor, **took}


@contextmanager
def bucket() -> Iterator[FolderS3]:
    """The room of registers, which has one register of schools, with a folder for its bucket."""
    with tempfile.TemporaryDirectory() as folder, account():
        s3 = FolderS3(Path(folder))
        declared = {**declarations.compiled(), "registers": {REGISTER: SCHOOLS}}
        with patch.object(declarations, "compiled", lambda: declared), patch.object(clients, "s3", lambda: s3), room("data-access"):
            # What the process knows of another register of schools is not of this one.
            kept._all.clear()
            yield s3


def announced(s3: FolderS3, size: int) -> Upload:
    """A file of schools, of so many bytes, that has been sent."""
    file = s3.path(uploads.address(REGISTER, UPLOAD))
    file.parent.mkdir(parents=True)
    _write(file, size)
    upload = Upload(UPLOAD, REGISTER, "education", "csv", "upsert", file.stat().st_size, clock.stamp(), "benchmark")
    uploads.request(upload)
    return upload


def load_it(upload: Upload) -> int:
    """Load it; how many entries the register has then."""
    with unheard():
        load.load({"Records": [_record()]}, None)  # type: ignore[arg-type]  # it asks nothing of its context
    head, done = log.head(REGISTER), uploads.find(REGISTER, upload.id)
    assert head is not None
    assert done is not None
    assert head.size == done.counts.rows > 0
    return head.size


def _write(file: Path, size: int) -> None:
    with file.open("w", newline="") as to:
        to.write(",".join(DATATYPES) + "\n")
        for number in count():
            to.write(
                f"S{number},School {number} of the county,primary,19{number % 90 + 10}-09-01,{number % 2000},{number % 100}.5,"
                f"Town {number % 500},The head teacher of school {number} answers letters\n"
            )
            if number % 1000 == 0 and to.tell() >= size:
                return


def _floor(file: Path) -> float:
    began = time.process_time()
    with file.open(newline="") as rows:
        for _ in csv.reader(rows):
            pass
    return time.process_time() - began


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _record() -> dict[str, Any]:
    return {
        "messageId": "1",
        "receiptHandle": "1",
        "body": json.dumps({"detail": {"object": {"key": uploads.address(REGISTER, UPLOAD)}}}),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-2:123456789012:load",
    }


if __name__ == "__main__":
    print(json.dumps(_measured(int(sys.argv[1]))))  # its one line is what was measured
