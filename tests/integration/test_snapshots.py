"""A register can be downloaded whole: the builder, deployed as it is, writes files that anybody can read."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from tests.integration.stack import Stack, within

QUEUE = "commonweal-local-data-access-snapshot"
REGISTER, FILE = "local-authority-eng", "records.parquet"
SEEDED = 354
"""Councils that a run begins with; other tests may have added some."""


@pytest.fixture
def snapshot(stack: Stack) -> str:
    """Where the newest snapshot of the councils is asked for, once it holds them all: somebody has asked for it to be built."""
    sqs = stack.platform.client("sqs")
    assert within(120, lambda: _entries(stack) >= SEEDED)
    size = _entries(stack)
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], MessageBody=json.dumps({"build": REGISTER}))
    latest = f"/datasets/{REGISTER}/snapshots/latest/{FILE}"
    assert within(120, lambda: stack.http.get(latest).headers.get("Location") == f"/datasets/{REGISTER}/snapshots/{size}/{FILE}")
    return latest


def test_the_councils_are_built_into_files_that_duckdb_reads(stack: Stack, snapshot: str, tmp_path: Path) -> None:
    answer = stack.http.get(snapshot, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.history[1].headers["ETag"] == f'"{sha256(answer.content).hexdigest()}"'
    (tmp_path / FILE).write_bytes(answer.content)
    with duckdb.connect() as connection:
        found = connection.execute(
            'SELECT count(*), count(DISTINCT _key), min("start-date") FROM read_parquet(?)', [str(tmp_path / FILE)]
        ).fetchall()
        bath = connection.execute("SELECT name FROM read_parquet(?) WHERE _key = 'BAS'", [str(tmp_path / FILE)]).fetchall()
    [(records, keys, first)] = found
    assert records == keys >= SEEDED
    assert first == "1905-05-27"
    assert bath == [("Bath and North East Somerset",)]


def test_a_file_is_given_in_ranges(stack: Stack, snapshot: str) -> None:
    part = stack.http.get(snapshot, headers={"Range": "bytes=0-3"}, follow_redirects=True)
    assert (part.status_code, part.content) == (206, b"PAR1")


def _entries(stack: Stack) -> int:
    found: int = stack.http.get(f"/registers/{REGISTER}/register").json().get("total-entries", 0)
    return found
